import type { CheckResult, NoiseReading, Results } from '../../src/results.ts';

export const aNoiseReading = (change: Partial<NoiseReading> = {}): NoiseReading => ({
  foreignCpuShare: 0.01,
  stealShare: 0,
  cpuPressureShare: 0.02,
  calibrationRatio: 1.01,
  contaminated: false,
  reason: '',
  ...change,
});

export const aCheckResult = (change: Partial<CheckResult> = {}): CheckResult => ({
  id: 'latency/inference',
  title: 'Inference latency',
  status: 'completed',
  startedAt: '2026-01-05T00:00:00.000Z',
  durationMs: 1000,
  noise: aNoiseReading(),
  measurements: [],
  notMeasured: [],
  series: [],
  evidence: [],
  notes: [],
  ...change,
});

export const aRun = (change: Partial<Results> = {}): Results => ({
  schemaVersion: 1,
  run: {
    id: '2026-01-05T000000-quick',
    suite: 'quick',
    startedAt: '2026-01-05T00:00:00.000Z',
    durationMs: 1000,
    seed: 42,
    seedGiven: false,
    scale: { stocks: 100, days: 63, users: 2 },
    tool: { name: 'preopen', version: '0.1.0' },
    status: 'completed',
  },
  environment: {
    cpu: 'Test CPU',
    cores: 2,
    memoryBytes: 8e9,
    os: 'Linux 6.1',
    node: '20.20.2',
    container: null,
    cgroup: { version: 2, memoryLimitBytes: null, cpuLimitCores: null },
    cpuGovernor: null,
    noise: aNoiseReading(),
  },
  target: { name: 'mine', kind: ['service'], digest: `sha256:${'0'.repeat(64)}`, description: 'http://127.0.0.1:1' },
  dataset: { source: 'none', stocks: 0, days: 0, digest: null, origin: 'none' },
  checks: [aCheckResult()],
  requirements: [],
  verdict: 'not-measured',
  notes: [],
  ...change,
});
