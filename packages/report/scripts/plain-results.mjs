/** What every results document of a script or a benchmark has in common; nothing in it was measured. */
export function plainResults(change = {}) {
  const noise = {
    foreignCpuShare: 0,
    stealShare: 0,
    cpuPressureShare: null,
    calibrationRatio: 1,
    contaminated: false,
    reason: '',
  };
  return {
    schemaVersion: 1,
    run: {
      id: 'one',
      suite: 'comprehensive',
      startedAt: '2026-01-05T00:00:00.000Z',
      durationMs: 1300,
      seed: 42,
      seedGiven: false,
      scale: { stocks: 2000, days: 252, users: 50 },
      tool: { name: 'preopen', version: '0.1.0' },
      status: 'completed',
    },
    environment: {
      cpu: 'Test CPU',
      cores: 2,
      memoryBytes: 8e9,
      os: 'Linux 6.1.0 x64',
      node: '20.20.2',
      container: null,
      cgroup: { version: 2, memoryLimitBytes: null, cpuLimitCores: null },
      cpuGovernor: null,
      noise,
    },
    target: {
      name: 'mine',
      kind: ['service'],
      digest: `sha256:${'0'.repeat(64)}`,
      binding: 'bytes',
      description: 'python3 serve.py',
    },
    dataset: { source: 'none', stocks: 0, days: 0, digest: null, origin: 'no check needed market data' },
    checks: [],
    requirements: [],
    verdict: 'not-measured',
    notes: [],
    ...change,
  };
}

/** A check that completed. */
export const plainCheck = (change = {}) => ({
  id: 'latency/inference',
  title: 'Inference latency',
  status: 'completed',
  startedAt: '2026-01-05T00:00:00.000Z',
  durationMs: 1234,
  noise: null,
  measurements: [],
  notMeasured: [],
  series: [],
  evidence: [],
  notes: [],
  ...change,
});
