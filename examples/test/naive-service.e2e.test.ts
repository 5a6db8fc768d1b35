import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CheckContext,
  createRandom,
  loadConfig,
  type RunningService,
  startService,
  systemClock,
} from '../../packages/core/src/index.ts';
import {
  defineExperiment,
  failoverCheck,
  networkFault,
  serviceDataFaults,
  type ToxicInput,
} from '../../packages/failover/src/index.ts';

const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
const noPython = python.status !== 0 ? ' (skipped: python3 of 3.10 or newer is not installed here)' : '';
const folder = mkdtempSync(join(tmpdir(), 'preopen-naive-'));
const { signal } = new AbortController();
let store: ChildProcess;
let service: RunningService;
let storeUrl: string;

const contextOf = (seed: number): CheckContext => ({
  signal,
  clock: systemClock,
  seed,
  random: (purpose) => createRandom(seed, purpose),
  scale: { stocks: 10, days: 10, users: 1 },
  budgetMs: 60_000,
  workDir: folder,
  keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
  emit: () => undefined,
  service,
  undecided: () => false,
  shared: (_key, make) => make(),
});

/** What is said of the service after a fault between it and the feature store. */
async function notesAfter(toxic: ToxicInput, durationMs: number): Promise<string> {
  const experiment = defineExperiment({
    fault: networkFault(toxic, { durationMs, upstream: 'features' }),
    // The machine may be busy: what is proved here does not depend on how long anything takes.
    steadyState: {
      warmUpMs: 500,
      baselineMs: 2500,
      tolerance: { p50Ratio: 5, p95Ratio: 5, absoluteMs: 60, holdMs: 1000 },
    },
    workload: { ratePerSecond: 50, timeoutMs: 1000 },
    horizonMs: 3000,
    control: 'none',
  });
  for (let seed = 1; ; seed++) {
    const outcome = await failoverCheck(experiment, { id: 'test/naive', title: '' }).run(contextOf(seed));
    if (outcome.measurements.length > 0 || seed === 3) return outcome.notes.join('\n');
  }
}

describe.skipIf(noPython)(`the naive service${noPython}`, () => {
  beforeAll(async () => {
    const configDir = join(folder, 'naive-service');
    cpSync(fileURLToPath(new URL('../naive-service', import.meta.url)), configDir, { recursive: true });
    store = spawn('python3', ['feature_store.py', '--port', '0'], {
      cwd: configDir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise<string>((resolve) =>
      store.stdout!.once('data', (chunk) => resolve(String(chunk).trim())),
    );
    const config = await loadConfig(join(configDir, 'preopen.config.json'));
    storeUrl = `http://127.0.0.1:${port}`;
    const features = { env: 'FEATURE_STORE_URL', url: storeUrl };
    const { service: base } = config.targets[0]!;
    if (base?.kind !== 'command') throw new Error('the example starts its service by a command');
    const env = { FEATURE_STORE_URL: features.url };
    service = await startService(
      { ...base, env, upstreams: { features }, name: 'naive' },
      { clock: systemClock, signal, configDir, workDir: join(folder, 'logs') },
    );
  });
  afterAll(async () => {
    await service?.stop();
    store?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  // First: the experiments below leave it with the address of a proxy that is gone.
  it('drops the connection on a request that it cannot read', async () => {
    const { measurements, notes } = await serviceDataFaults.run(contextOf(1));
    const failed = measurements.filter(({ value }) => value > 0).map(({ metric }) => metric);
    expect(failed).toEqual(expect.arrayContaining(['data.truncated-payload.failed', 'data.words-for-numbers.failed']));
    expect(notes.join('\n')).toMatch(/the connection broke and no 4xx came .* answer 400/);
  });

  it('hangs for as long as the feature store does, and its author is told why', async () => {
    const notes = await notesAfter({ type: 'timeout', timeoutMs: 0 }, 2500);
    expect(notes).toContain('no-deadline: ');
    expect(notes).toContain('calls to it have no time-out');
  });

  it('gives old scores for new while the feature store is down', async () => {
    const notes = await notesAfter({ type: 'down' }, 1500);
    expect(notes).toContain('stale-as-fresh: ');
    expect(notes).toContain('Mark what is stale');
  });

  // The faults of the suite that it does not bear, and one that it does; all of them take five minutes (README.md).
  it('is not ready by the failover suite, which says what to mend', async () => {
    const cwd = join(folder, 'suite');
    cpSync(join(folder, 'naive-service'), cwd, { recursive: true });
    const config = join(cwd, 'preopen.config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('http://127.0.0.1:9100', storeUrl));
    const only = ['data-service', 'features-timeout', 'features-down', 'pause', 'memory']
      .map((id) => `failover/${id}`)
      .join();
    const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url));
    const args = ['run', '--suite', 'failover', '--only', only, '--validate-requirements', '--json'];
    for (let attempt = 1; ; attempt++) {
      const run = spawn(process.execPath, [bin, ...args], {
        cwd,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, FEATURE_STORE_URL: storeUrl, CI: 'true' },
      });
      let text = '';
      run.stdout.on('data', (chunk) => {
        text += String(chunk);
      });
      const code = await new Promise((resolve) => run.once('close', resolve));
      const { requirements } = JSON.parse(text) as {
        requirements: { metric: string; verdict: string; measured?: { how?: string } }[];
      };
      const verdictOf = (metric: string) => requirements.find((one) => one.metric === metric);
      const [hangs, stale] = ['timeout', 'down'].map((fault) => verdictOf(`recovery.features-${fault}.findings`));
      // A machine without any steady state measures nothing; it is asked again, and not for ever.
      if (attempt < 3 && [hangs, stale].some((one) => one?.verdict === 'not-measured')) continue;
      expect(code).toBe(1);
      expect(hangs).toMatchObject({ verdict: 'fail' });
      expect(stale).toMatchObject({ verdict: 'fail' });
      // Both are true of it; how fast the machine is decides whether a backlog shows as well.
      expect(hangs?.measured?.how).toContain('calls to it have no time-out');
      expect(stale?.measured?.how).toContain('Mark what is stale');
      expect(verdictOf('data.truncated-payload.failed')).toMatchObject({ verdict: 'fail' });
      expect(verdictOf('recovery.pause.findings')?.verdict).not.toBe('fail');
      // A service of 20 MB is killed in the place of what takes its memory, too, where nothing can be spared.
      expect(JSON.stringify(verdictOf('recovery.memory.findings'))).not.toContain('killed another process');
      return;
    }
  }, 400_000);
});
