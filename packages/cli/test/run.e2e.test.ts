import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseResults, readResults } from '@preopen/core';
import { afterEach, describe, expect, it } from 'vitest';
import { styleFor } from '../src/terminal/style.ts';
import { verdictTable } from '../src/terminal/verdict-table.ts';
import { aFolder, commandLine, preopen, processesOf, until } from './support/command.ts';

const example = fileURLToPath(new URL('../../../examples/python-stdlib', import.meta.url));
const misbehaving = fileURLToPath(new URL('./support/misbehaving-server.mjs', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

const folders: string[] = [];
const folder = (name: string): string => {
  const made = aFolder(name);
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) {
    // Whatever a test found, nothing of its run may live on.
    for (const pid of processesOf(made)) process.kill(pid, 'SIGKILL');
    rmSync(made, { recursive: true, force: true });
  }
});

/** A folder with the Python example in it. */
function pythonExample(name: string): string {
  const made = folder(name);
  cpSync(example, made, { recursive: true });
  return made;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The process that watches over the others ends a moment after them. */
const nothingLeft = (made: string): Promise<void> =>
  until('no process is left', () => processesOf(made).length === 0, 10_000);

const writeConfig = (made: string, config: object): void =>
  writeFileSync(join(made, 'preopen.config.json'), JSON.stringify(config));

describe('preopen run --suite quick', () => {
  it('measures the reference target on a simulated market; every figure on the screen is in results.json', async () => {
    const made = folder('reference');
    const run = preopen(
      ['run', '--suite', 'quick', '--generate-report', '--output-dir', 'out', '--log-file', 'log.jsonl'],
      made,
    );
    expect(await run.ended, run.err()).toBe(0);
    const results = await readResults(join(made, 'out', 'results.json'));
    expect(results.checks.map((check) => [check.id, check.status, check.reason])).toEqual(
      ['latency/inference', 'load/throughput', 'memory/pipeline', 'scale/pipeline', 'signal/ic'].map((id) => [
        id,
        'completed',
        undefined,
      ]),
    );
    expect(results.requirements.map(({ metric }) => metric)).toEqual([
      'latency.inference.p95',
      'throughput.predictions',
      'memory.pipeline.peakRss',
      'ic.mean',
      'features.duration',
      'errors.rate',
    ]);
    expect(run.out()).toContain(verdictTable(results, styleFor({}, { NO_COLOR: '1' })));
    expect(run.out() + run.err()).not.toContain('\x1b');
    for (const name of ['report.html', 'summary.md', 'junit.xml'])
      expect(readFileSync(join(made, 'out', name), 'utf8')).not.toBe('');
    for (const { evidence } of results.checks)
      for (const { path } of evidence) expect(existsSync(join(made, 'out', path)), path).toBe(true);
    const log = readFileSync(join(made, 'log.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(log[0]?.type).toBe('run-started');
    expect(log.at(-1)?.type).toBe('run-ended');
    await nothingLeft(made);
  }, 240_000);

  it.skipIf(!hasPython)(
    'measures a service and a pipeline in Python, started by command (needs python3)',
    async () => {
      const made = pythonExample('python');
      const run = preopen(['run', '--json', '--output-dir', 'out'], made);
      expect(await run.ended, run.err()).toBe(0);
      const results = await parseResults(run.out());
      expect(results.target).toMatchObject({ name: 'mine', kind: ['service', 'pipeline'] });
      expect(results.checks.filter((check) => check.status !== 'completed')).toEqual([]);
      expect(results.checks.find(({ id }) => id === 'signal/ic')?.measurements[0]).toMatchObject({ metric: 'ic.mean' });
      expect(
        results.checks.find(({ id }) => id === 'scale/pipeline')?.measurements.map(({ metric }) => metric),
      ).toContain('features.duration');
      await nothingLeft(made);
    },
    240_000,
  );

  it.skipIf(!hasPython)(
    'measures a service that is given only by its address, and says what it cannot (needs python3)',
    async () => {
      const made = pythonExample('url');
      const port = await freePort();
      const server = spawn('python3', ['serve.py', '--port', String(port)], { cwd: made, stdio: 'ignore' });
      try {
        writeConfig(made, { targets: { mine: { service: { url: `http://127.0.0.1:${port}`, model: 'alpha' } } } });
        const listening = (): boolean =>
          spawnSync(process.execPath, [
            '-e',
            `fetch('http://127.0.0.1:${port}/v2/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
          ]).status === 0;
        await until('the service is up', listening);
        const run = preopen(['run', '--json', '--output-dir', 'out', '--validate-requirements'], made);
        expect(await run.ended, run.err()).toBe(3);
        const results = await parseResults(run.out());
        expect(results.checks.find(({ id }) => id === 'latency/inference')?.status).toBe('completed');
        expect(results.checks.find(({ id }) => id === 'memory/pipeline')).toMatchObject({
          status: 'skipped',
          reason: expect.stringContaining('has no pipeline'),
        });
        expect(results.requirements.find(({ metric }) => metric === 'ic.mean')).toMatchObject({
          verdict: 'not-measured',
        });
        // It is not ours to end.
        expect(server.exitCode).toBeNull();
      } finally {
        server.kill('SIGKILL');
      }
    },
    240_000,
  );
});

describe('a run that goes wrong', () => {
  it.skipIf(!hasPython)(
    'tells of a target that was killed in mid-check, and starts it again for the next one (needs python3)',
    async () => {
      const made = pythonExample('killed');
      const run = preopen(['run', '--only', 'latency/inference,load/throughput', '--output-dir', 'out'], made);
      const serving = (): number[] => processesOf(made).filter((pid) => commandLine(pid).includes('serve.py'));
      await until('the service runs', () => serving().length > 0);
      const [first] = serving();
      // Long enough for it to be ready and under load.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      process.kill(first!, 'SIGKILL');
      expect(await run.ended, run.err()).toBe(0);
      expect(run.err()).toContain('was ended by SIGKILL while latency/inference ran');
      const results = await readResults(join(made, 'out', 'results.json'));
      expect(results.checks.find(({ id }) => id === 'latency/inference')?.notes.join()).toContain('SIGKILL');
      expect(results.requirements.find(({ metric }) => metric === 'latency.inference.p95')?.verdict).not.toBe('pass');
      expect(results.checks.find(({ id }) => id === 'load/throughput')?.status).toBe('completed');
      await nothingLeft(made);
    },
    240_000,
  );

  it.skipIf(!hasPython).each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'saves what was measured on %s, and leaves no process behind (needs python3)',
    async (signal, code) => {
      const made = pythonExample('interrupted');
      const run = preopen(['run', '--only', 'scale/pipeline,latency/inference', '--output-dir', 'out'], made);
      await until('the first check runs', () => processesOf(made).length > 1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      run.child.kill(signal);
      expect(await run.ended, run.err()).toBe(code);
      const results = await readResults(join(made, 'out', 'results.json'));
      expect(results.run.status).toBe('interrupted');
      expect(results.checks.some((check) => check.status === 'skipped')).toBe(true);
      expect(results.verdict).not.toBe('pass');
      expect(run.out()).toContain('INTERRUPTED');
      await until('no process is left', () => processesOf(made).length === 0, 10_000);
    },
    120_000,
  );

  it.skipIf(!hasPython)(
    'leaves no process behind when it is killed itself (needs python3)',
    async () => {
      const made = pythonExample('tester-killed');
      const run = preopen(['run', '--only', 'latency/inference', '--output-dir', 'out'], made);
      await until('the service runs', () => processesOf(made).length > 1);
      run.child.kill('SIGKILL');
      await run.ended;
      await until('no process is left', () => processesOf(made).length === 0, 20_000);
      // What it had begun to write is whole.
      const left = join(made, 'out', 'results.json');
      if (existsSync(left)) expect((await readResults(left)).run.status).toBe('interrupted');
    },
    120_000,
  );

  it('says that the disk is full, keeps what was measured, and ends with 2 (needs the right to mount)', async (context) => {
    const made = folder('disk');
    const out = join(made, 'out');
    spawnSync('mkdir', [out]);
    // Room for the held-back megabyte and the first results, not for the evidence that follows.
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1100k', 'tmpfs', out]).status === 0;
    if (!mounted) context.skip('this machine does not allow mounting a small file system');
    try {
      writeFileSync(join(out, 'filler'), Buffer.alloc(60_000));
      const run = preopen(['run', '--only', 'scale/pipeline,latency/inference', '--output-dir', out], made);
      expect(await run.ended, run.err()).toBe(2);
      expect(run.err()).toMatch(/cannot write to .*ENOSPC/);
      const results = await readResults(join(out, 'results.json'));
      expect(results.checks.length).toBeGreaterThan(1);
      await nothingLeft(made);
    } finally {
      spawnSync('umount', [out]);
    }
  }, 120_000);

  it('tells all mistakes of a config at once and starts nothing', async () => {
    const made = folder('mistakes');
    writeConfig(made, {
      targets: {
        mine: {
          service: { url: 'ftp://x', modle: 'alpha', graceMs: 'long' },
          pipeline: { command: 'python3 pipeline.py' },
        },
        none: {},
        both: { service: { url: 'http://127.0.0.1:1', module: './m.js' } },
      },
      requirements: ['latency.inference.p95 < 80 msec', 'p95 < 1', 12],
      suites: { nightly: { stocks: 1.5 } },
    });
    const run = preopen(['run'], made);
    expect(await run.ended).toBe(2);
    expect(run.err()).toMatch(/error\[E110\]: 10 mistakes in .*preopen\.config\.json/);
    expect(run.err()).toContain('targets.mine.service.url: expected an http:// or https:// address, got "ftp://x"');
    expect(run.err()).toContain('Nothing was started.');
    expect(existsSync(join(made, 'preopen-results'))).toBe(false);
  });

  it.each([
    ['rubbish', 'protocol'],
    ['hang', 'timeout'],
    ['too-few', 'wrong-shape'],
    ['non-finite', 'non-finite|protocol'],
  ])(
    'fails a service that answers with %s, and says what came',
    async (mode, kind) => {
      const made = folder(mode);
      writeConfig(made, {
        targets: {
          mine: {
            service: {
              command: [process.execPath, misbehaving, '{port}', mode],
              readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
              model: 'm',
            },
          },
        },
        requirements: ['latency.inference.p95 < 100 ms', 'errors.rate < 1 %'],
      });
      const run = preopen(
        ['run', '--only', 'latency/inference', '--output-dir', 'out', '--validate-requirements'],
        made,
      );
      expect(await run.ended, run.err()).toBe(1);
      const results = await readResults(join(made, 'out', 'results.json'));
      expect(results.requirements.find(({ metric }) => metric === 'errors.rate')).toMatchObject({ verdict: 'fail' });
      expect(results.requirements.find(({ metric }) => metric === 'latency.inference.p95')?.verdict).not.toBe('pass');
      expect(JSON.stringify(results.checks[0])).toMatch(new RegExp(kind));
      await nothingLeft(made);
    },
    120_000,
  );

  it('ends with 4 when the target cannot be started or is never ready, and shows its last words', async () => {
    const made = folder('never-ready');
    const service = (command: string[]) => ({
      targets: {
        mine: {
          service: { command, readyUrl: 'http://127.0.0.1:{port}/v2/health/ready', model: 'm', readyTimeoutMs: 1500 },
        },
      },
    });
    writeConfig(made, service([process.execPath, misbehaving, '{port}', 'slow-start']));
    const slow = preopen(['run', '--only', 'latency/inference', '--output-dir', 'out'], made);
    expect(await slow.ended, slow.err()).toBe(4);
    expect(slow.err()).toContain('target “mine” was not ready');
    writeConfig(
      made,
      service([process.execPath, '-e', 'console.error("no module named lightgbm"); process.exit(1)', '{port}']),
    );
    const crashing = preopen(['run', '--only', 'latency/inference', '--output-dir', 'out'], made);
    expect(await crashing.ended, crashing.err()).toBe(4);
    expect(crashing.err()).toContain('no module named lightgbm');
    writeConfig(made, service(['./no-such-program', '{port}']));
    const absent = preopen(['run', '--only', 'latency/inference', '--output-dir', 'out'], made);
    expect(await absent.ended, absent.err()).toBe(4);
    expect(absent.err()).toContain('no-such-program');
    await nothingLeft(made);
  }, 60_000);
});

describe('wrong usage', () => {
  it.each([
    [['run', '--suite', 'quik'], /unknown suite “quik”.*Did you mean quick\?/],
    [['run', '--stocks', 'all'], /whole number of at least 2/],
    [['run', '--sute', 'quick'], /Did you mean --suite\?/],
    [['rnu'], /Did you mean run\?/],
    [['run', '--target', 'nobody'], /no target is called “nobody”/],
    [
      ['run', '--only', 'latency/inferense'],
      /no check is called “latency\/inferense”.*Did you mean latency\/inference\?/,
    ],
    [['run', '--data', 'nowhere.csv'], /no market data at/],
    [['run', '--config', 'nowhere.json'], /no config at nowhere\.json/],
    [['list', 'chekcs'], /Did you mean checks\?/],
  ])('%j ends with 2 and says what was meant', async (args, message) => {
    const made = folder('usage');
    const run = preopen(args, made);
    expect(await run.ended).toBe(2);
    expect(run.err()).toMatch(message);
    expect(run.out()).toBe('');
  });

  it('with --json the error is a JSON document too', async () => {
    const run = preopen(['run', '--json', '--suite', 'quik'], folder('json'));
    expect(await run.ended).toBe(2);
    expect(JSON.parse(run.out())).toMatchObject({ error: { code: 'E103', message: expect.stringContaining('quik') } });
  });
});

describe('help and lists', () => {
  it('help names the commands, the suites’ flags and the exit codes', async () => {
    const made = folder('help');
    const help = preopen(['--help'], made);
    expect(await help.ended).toBe(0);
    expect(help.out()).toMatch(/preopen run[\s\S]*Exit codes:[\s\S]*130/);
    const run = preopen(['run', '--help'], made);
    expect(await run.ended).toBe(0);
    for (const flag of [
      '--suite',
      '--config',
      '--target',
      '--data',
      '--stocks',
      '--days',
      '--users',
      '--seed',
      '--output-dir',
      '--validate-requirements',
      '--generate-report',
      '--json',
      '--log-level',
      '--log-file',
    ]) {
      expect(run.out()).toContain(flag);
    }
  });

  it('lists suites, checks and metrics, for people and as JSON', async () => {
    const made = folder('list');
    const suites = preopen(['list', '--json'], made);
    expect(await suites.ended).toBe(0);
    expect((JSON.parse(suites.out()) as { name: string }[]).map(({ name }) => name)).toEqual([
      'quick',
      'comprehensive',
      'taiwan',
      'failover',
      'load',
      'all',
    ]);
    const checks = preopen(['list', 'checks'], made);
    expect(await checks.ended).toBe(0);
    expect(checks.out()).toContain('latency/inference');
    const metrics = preopen(['list', 'metrics', '--json'], made);
    expect(await metrics.ended).toBe(0);
    expect(JSON.parse(metrics.out())).toContainEqual({
      metric: 'ic.mean',
      check: 'signal/ic',
      requirements: ['ic.mean > 0.05'],
    });
  });
});
