import {
  type CheckResult,
  judgeRequirements,
  type Measurement,
  overallVerdict,
  parseRequirement,
  type Results,
} from '@preopen/core';

/** Text that would do harm wherever it is not escaped. */
export const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" 'single' | pipe | ]]> &amp; \u0007`;

export const aCheck = (change: Partial<CheckResult> = {}): CheckResult => ({
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

const measured = (
  metric: string,
  value: number,
  unit: Measurement['unit'],
  low: number,
  high: number,
): Measurement => ({
  metric,
  value,
  unit,
  samples: 4000,
  interval: { low, high, confidence: 0.95, method: 'batch-exceedance' },
});

/** A run with every kind of verdict, a failed and a skipped check, and charts. */
export function aRun(change: Partial<Results> = {}): Results {
  const checks: CheckResult[] = [
    aCheck({
      measurements: [measured('latency.inference.p95', 61, 'ms', 59, 64)],
      notMeasured: [{ metric: 'latency.inference.p99', reason: 'too few samples' }],
      series: [
        {
          id: 'latency.percentiles',
          title: 'Latency by percentile',
          columns: [
            { name: 'quantile', unit: 'ratio', values: [0, 0.5, 0.9, 0.99, 1] },
            { name: 'response', unit: 'ms', values: [1, 20, 55, 80, 95] },
            { name: 'service', unit: 'ms', values: [1, 18, 50, null, 90] },
          ],
        },
      ],
      evidence: [{ title: 'Histogram', path: 'evidence/latency-inference/response.hgrm', mediaType: 'text/plain' }],
    }),
    aCheck({
      id: 'load/throughput',
      title: 'Throughput',
      measurements: [measured('throughput.predictions', 900, '1/s', 850, 1000)],
    }),
    aCheck({
      id: 'signal/ic',
      title: 'Information coefficient',
      measurements: [measured('ic.mean', 0.054, 'ratio', 0.046, 0.062)],
      series: [
        {
          id: 'ic.byDate',
          title: 'Rank IC by day',
          columns: [
            { name: 'date', values: ['2026-01-02', '2026-01-05', '2026-01-06'] },
            { name: 'pipeline', unit: 'ratio', values: [0.1, -0.02, 0.08] },
          ],
        },
      ],
    }),
    aCheck({ id: 'memory/pipeline', title: 'Memory', status: 'failed', reason: 'the pipeline ended with code 1' }),
    aCheck({ id: 'failover/kill', title: 'Kill', status: 'skipped', reason: 'given by URL', startedAt: null }),
  ];
  const requirements = judgeRequirements(
    [
      'latency.inference.p95 < 100 ms',
      'throughput.predictions > 1500 /s',
      'ic.mean > 0.05',
      'memory.pipeline.peakRss < 16 GB',
    ].map((expression) => parseRequirement(expression)),
    checks,
    new Map([['memory/pipeline', ['memory.pipeline.peakRss']]]),
  );
  return {
    schemaVersion: 1,
    run: {
      id: '2026-01-05T000000-quick',
      suite: 'quick',
      startedAt: '2026-01-05T00:00:00.000Z',
      durationMs: 65_000,
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
      noise: {
        foreignCpuShare: 0.01,
        stealShare: 0,
        cpuPressureShare: null,
        calibrationRatio: 1,
        contaminated: false,
        reason: '',
      },
    },
    target: {
      name: 'mine',
      kind: ['service', 'pipeline'],
      digest: `sha256:${'0'.repeat(64)}`,
      description: 'python3 serve.py',
    },
    dataset: { source: 'simulated', stocks: 100, days: 63, digest: `sha256:${'1'.repeat(64)}`, origin: 'simulated' },
    checks,
    requirements,
    verdict: overallVerdict(requirements),
    notes: ['quick scores 100 stocks.'],
    ...change,
  };
}

/** The same with hostile text wherever text comes from outside. */
export function aHostileRun(): Results {
  const run = aRun();
  return {
    ...run,
    target: { ...run.target, name: hostile, description: hostile },
    dataset: { ...run.dataset, origin: hostile },
    notes: [hostile],
    checks: run.checks.map((check) => ({
      ...check,
      title: hostile,
      notes: [hostile],
      ...(check.reason === undefined ? {} : { reason: hostile }),
      notMeasured: [{ metric: hostile, reason: hostile }],
      series: check.series.map((series) => ({
        ...series,
        title: hostile,
        columns: series.columns.map((column) => ({ ...column, name: hostile })),
      })),
      evidence: [{ title: hostile, path: 'evidence/x/<script>.txt', mediaType: 'text/plain' }],
    })),
    requirements: run.requirements.map((requirement) => ({
      ...requirement,
      id: hostile,
      reason: hostile,
      source: hostile,
    })),
  };
}
