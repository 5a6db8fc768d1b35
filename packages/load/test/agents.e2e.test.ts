import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService, systemClock } from '@preopen/core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runLoadOnAgents } from '../src/agents/coordinator.ts';
import type { LoadScenario } from '../src/load-result.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'agents-'));
const redisPort = 20_000 + (process.pid % 10_000);
const redisUrl = `redis://127.0.0.1:${redisPort}`;
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers at once, and writes when it ends how often it was asked. */
const countingModel = `
import { writeFileSync } from 'node:fs';
let asked = 0;
process.on('exit', () => writeFileSync(new URL('./asked.json', import.meta.url), String(asked)));
export default { features: 2, predict(values, rows) { asked++; return new Float64Array(rows); } };
`;

const children: ChildProcess[] = [];
const started = async (command: string, args: readonly string[], until: RegExp): Promise<ChildProcess> => {
  // Like a user's shell, without what the test runner adds for itself.
  const child = spawn(command, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
    child.stdout?.on('data', (text) => until.test(String(text)) && resolve());
  });
  return child;
};
const startAgentProcess = (name: string) =>
  started(
    process.execPath,
    [fileURLToPath(new URL('./support/agent.mjs', import.meta.url)), redisUrl, name],
    /is ready/,
  );
const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    (child.exitCode ?? child.signalCode) !== null ? resolve() : child.once('exit', () => resolve()),
  );

/** Load from two agents that would send nothing. */
const loadNothing = (redisUrl: string) =>
  runLoadOnAgents(
    { codec: { name: 'open-inference/json' }, url: new URL('http://127.0.0.1:9') } as never,
    {
      arrivals: { kind: 'constant', ratePerSecond: 1 },
      payloads: [{ method: 'GET', path: '/', headers: {}, body: null, predictions: 1 }],
      durationMs: 1000,
      seed: 1,
    },
    { redisUrl, agents: 2, waitMs: 500, clock: systemClock, signal, emit: () => undefined },
  );

describe.skipIf(!hasRedis)('load from several machines (needs redis-server)', () => {
  beforeEach(async () => {
    await started(
      'redis-server',
      ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
      /Ready to accept connections/,
    );
  });
  afterEach(async () => {
    for (const child of children.splice(0).reverse()) {
      child.kill('SIGTERM');
      await ended(child);
    }
    rmSync(join(folder, 'asked.json'), { force: true });
  });

  const load = async (
    durationMs: number,
    meanwhile: () => void = () => undefined,
    more: Partial<LoadScenario> = {},
    claimProcesses: (pids: readonly number[]) => void = () => undefined,
  ) => {
    writeFileSync(join(folder, 'model.mjs'), countingModel);
    const service = await startService(
      { kind: 'module', name: 'counting', module: './model.mjs', model: 'counting' },
      { clock: systemClock, signal, workDir: folder, configDir: folder },
    );
    try {
      meanwhile();
      return await runLoadOnAgents(
        service,
        { arrivals: { kind: 'poisson', ratePerSecond: 90 }, batch: 2, durationMs, seed: 5, limitMs: 60_000, ...more },
        { redisUrl, agents: 3, clock: systemClock, signal, emit: () => undefined, claimProcesses },
      );
    } finally {
      await service.stop();
    }
  };

  it('three agents send one schedule, and their totals are the service’s own', async () => {
    const started = [];
    for (const name of ['a', 'b', 'c']) started.push(await startAgentProcess(name));
    const claimed: number[] = [];
    const result = await load(3000, undefined, {}, (pids) => claimed.push(...pids));
    // They are on this machine, and their work is not that of others.
    if (process.platform === 'linux') expect(claimed).toEqual(started.map(({ pid }) => pid));
    expect(result.agents.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['a', 'done'],
      ['b', 'done'],
      ['c', 'done'],
    ]);
    const sent = result.agents.reduce((sum, { requests }) => sum + requests, 0);
    expect(result.ledger).toMatchObject({ scheduled: sent, ok: sent, pending: 0 });
    expect(Number(readFileSync(join(folder, 'asked.json'), 'utf8'))).toBe(sent);
    // Request i went to agent i mod 3.
    const counts = result.agents.map(({ requests }) => requests);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    for (const { clockErrorMs } of result.agents) expect(clockErrorMs).toBeLessThan(50);
    expect([...result.recorder.dueMs]).toEqual([...result.recorder.dueMs].toSorted((x, y) => x - y));
  });

  it('an agent that is killed is noticed, and nothing is measured without its share', async () => {
    const agents = await Promise.all(['a', 'b', 'c'].map(startAgentProcess));
    const result = await load(6000, () => setTimeout(() => agents[1]?.kill('SIGKILL'), 4000));
    expect(result.state).toBe('partial');
    expect(result.measurements).toHaveLength(0);
    expect(result.agents.find(({ name }) => name === 'b')).toMatchObject({ outcome: 'lost' });
    expect(result.notMeasured[0]?.reason).toContain('1 in 3');
  });

  it('a run that is hopeless is given up on all of them, and what was sent until then is accounted for', async () => {
    for (const name of ['a', 'b', 'c']) await startAgentProcess(name);
    // No answer comes in a nanosecond.
    const result = await load(30_000, undefined, { abortWhen: [{ metric: 'p50Ms', above: 1e-6, forMs: 1000 }] });
    expect(result.reasons.join()).toContain('p50Ms stayed above 0.000001 for 1.0 s');
    expect(result.ledger.scheduled).toBeLessThan(90 * 25);
    expect(result.ledger.pending).toBe(0);
    const { scheduled, ok, aborted } = result.ledger;
    expect(ok + aborted).toBe(scheduled);
  });

  it('says so when nothing answers at the address, or it is none', async () => {
    await expect(loadNothing('redis://127.0.0.1:9')).rejects.toThrow('no Redis answers at redis://127.0.0.1:9');
    await expect(loadNothing('localhost')).rejects.toThrow('redis://127.0.0.1:6379');
  });

  it('says so when there are too few', async () => {
    await startAgentProcess('only');
    await expect(loadNothing(redisUrl)).rejects.toThrow('2 agents were asked for and 1 are there (only)');
  });
});
