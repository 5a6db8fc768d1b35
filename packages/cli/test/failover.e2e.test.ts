import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseResults, type Results } from '@preopen/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, type Command, preopen, processesOf, until } from './support/command.ts';

const made = aFolder('failover');
const state = join(made, 'state');
const env = { PREOPEN_STATE_DIR: state };
let strangers: ChildProcess[] = [];

beforeAll(() => {
  const model =
    'export default { features: 4, predict: (values, rows) => Float64Array.from({ length: rows }, (_, i) => values[4 * i]) };';
  writeFileSync(join(made, 'model.mjs'), model);
  const config = { targets: { mine: { service: { module: './model.mjs', model: 'alpha' } } } };
  writeFileSync(join(made, 'preopen.config.json'), JSON.stringify(config));
});
afterEach(() => {
  for (const one of strangers) one.kill('SIGKILL');
  strangers = [];
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

const run = async (...args: string[]) => {
  const command = preopen(['failover', ...args], made, env);
  const code = await command.ended;
  return { code, out: command.out(), err: command.err() };
};

/** A service that Preopen did not start, with its address. */
async function aStranger(): Promise<{ pid: number; url: string }> {
  const core = new URL('../../core/dist/index.js', import.meta.url).href;
  const script = `import { serveModel } from ${JSON.stringify(core)};
    const { url } = await serveModel({ features: 4, predict: (values, rows) => new Float64Array(rows) });
    console.log(url + '/v2/models/model');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  strangers.push(child);
  const url = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (chunk) => resolve(String(chunk).trim())),
  );
  return { pid: child.pid!, url };
}

/** Faults on a stranger, the last of which freezes it; begun anew where the machine was too busy for a steady state. */
async function frozenBy(faults: readonly string[]): Promise<{ pid: number; command: Command }> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const { pid, url } = await aStranger();
    const flags = [
      ...faults.flatMap((fault) => ['--fault', fault]),
      '--duration',
      '300ms',
      '--horizon',
      '3s',
      '--json',
    ];
    const command = preopen(['failover', url, ...flags, '--pid', String(pid), '--allow-external-pid'], made, env);
    let hasEnded = false;
    void command.ended.then(() => {
      hasEnded = true;
    });
    await until('the service is frozen', () => stateOf(pid) === 'T' || hasEnded, 200_000);
    if (!hasEnded) return { pid, command };
    expect(command.out()).toContain('no steady state before the fault');
  }
  throw new Error('no steady state in three runs');
}

const stateOf = (pid: number): string =>
  /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '?';
const journals = (): string[] =>
  (existsSync(state) ? readdirSync(state, { recursive: true }).map(String) : []).filter((name) =>
    name.endsWith('.ndjson'),
  );
const figure = ({ checks }: Results, metric: string): number | undefined =>
  checks.flatMap(({ measurements }) => measurements).find((one) => one.metric === metric)?.value;

describe('preopen failover', () => {
  it('lists the faults, for people and for programs', async () => {
    const { code, out } = await run('list');
    expect(code).toBe(0);
    for (const synopsis of ['kill', 'pause[:TIME]', 'latency[@UPSTREAM]:TIME', 'dns@UPSTREAM'])
      expect(out).toContain(synopsis);
    const kinds: { name: string; synopsis: string; title: string }[] = JSON.parse((await run('list', '--json')).out);
    expect(kinds.map(({ name }) => name)).toContain('memory-limit');
    for (const { name, synopsis, title } of kinds) {
      expect(synopsis.startsWith(name)).toBe(true);
      expect(title).not.toBe('');
    }
  });

  it('breaks a target and prints one results document with its recovery', async () => {
    // A machine that is busy with other things has no steady state to begin from: that is said, and tried again.
    for (let attempt = 0; ; attempt++) {
      const { code, out, err } = await run('mine', '--fault', 'pause:500ms', '--duration', '2s', '--json');
      expect(code, err).toBe(0);
      const results = await parseResults(out);
      expect(results.checks.map(({ id }) => id)).toEqual(['failover/pause']);
      expect(journals()).toEqual([]);
      const outageS = figure(results, 'recovery.pause.outage');
      if (outageS === undefined) {
        expect(results.checks[0]!.notMeasured[0]!.reason).toContain('no steady state before the fault');
        expect(attempt, 'no steady state in three runs').toBeLessThan(2);
        continue;
      }
      expect(outageS).toBeGreaterThan(0.4);
      expect(figure(results, 'recovery.pause.findings')).toBe(0);
      break;
    }
  }, 600_000);

  it.each([
    [['--fault', 'pasue:500ms'], 'no fault is called “pasue”', 'Did you mean pause?'],
    [['--fault', 'pause:soon'], 'expected a time such as 500ms', 'It is written pause[:TIME].'],
    [['--fault', 'kill:5'], 'takes nothing after a colon', 'It is written kill.'],
    [['--fault', 'kill', '--fault', 'kill'], 'given twice', ''],
    [[], 'Which fault?', 'preopen failover list'],
  ])('refuses %j with what was expected', async (args, ...words) => {
    const { code, out, err } = await run('mine', ...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const word of words) expect(err).toContain(word);
  });

  it('touches no process that it did not start unless told so', async () => {
    const { pid, url } = await aStranger();
    const refused = await run(url, '--fault', 'pause:10s', '--pid', String(pid));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('Add --allow-external-pid if that is meant');
    expect(stateOf(pid)).not.toBe('T');
    const own = await run(url, '--fault', 'pause:10s', '--pid', '1', '--allow-external-pid');
    expect(own.err).toContain('that is not a service');
    const gone = await run(url, '--fault', 'pause:10s', '--pid', '4194303', '--allow-external-pid');
    expect(gone.err).toContain('there is no such process');
  });

  it('leaves nothing behind when it is interrupted during a fault, and keeps what was measured until then', async () => {
    const { pid, command } = await frozenBy(['latency:5ms', 'pause:60s']);
    expect(journals()).toHaveLength(1);
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(130);
    await until('the service goes on', () => stateOf(pid) !== 'T', 5000);
    await until('the journal is gone', () => journals().length === 0, 5000);
    await until('no helper is left', () => processesOf(state).length === 0, 5000);
    const results = await parseResults(command.out());
    expect(results.run.status).toBe('interrupted');
    const [latency, pause] = results.checks;
    expect(latency).toMatchObject({ id: 'failover/latency', status: 'completed' });
    expect(pause!.measurements).toEqual([]);
    expect(pause!.status).not.toBe('completed');
  }, 600_000);

  it('undoes what a run left behind that was killed together with its guardian', async () => {
    expect((await run('undo')).out).toContain('Nothing was left behind.');
    const { pid, command } = await frozenBy(['pause:60s']);
    const guardians = processesOf(state);
    expect(guardians).toHaveLength(1);
    process.kill(guardians[0]!, 'SIGKILL');
    command.child.kill('SIGKILL');
    await command.ended;
    expect(stateOf(pid)).toBe('T');
    const { code, out } = await run('undo');
    expect(code).toBe(0);
    expect(out).toMatch(/^undone: /m);
    expect(stateOf(pid)).not.toBe('T');
    expect(journals()).toEqual([]);
    expect(JSON.parse((await run('undo', '--json')).out)).toEqual({ undone: [], failed: [] });
  }, 600_000);
});
