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

/** A run in which one required thing was not measured and all else passed. */
export function anUnmeasuredRun(): Results {
  const requirements = aRun().requirements.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-measured');
  return aRun({ requirements, verdict: 'not-measured' });
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

/** A run with every kind of verdict and every kind of chart, made of plain sequences. */
export function everyShape(): Results {
  const run = aRun();
  const steps = (count: number, of: (k: number) => number): number[] => Array.from({ length: count }, (_, k) => of(k));
  const days = steps(60, (k) => k).map((k) => new Date(Date.UTC(2026, 0, 1 + k)).toISOString().slice(0, 10));
  const seconds = { name: 'since start', unit: 's' as const, values: steps(50, (k) => k / 5) };
  const checks: CheckResult[] = [
    ...run.checks,
    aCheck({
      id: 'latency/more',
      title: 'More of latency',
      series: [
        {
          id: 'latency.histogram',
          title: 'Distribution of response times',
          columns: [
            { name: 'from', unit: 'ms', values: [1, 2, 4] },
            { name: 'to', unit: 'ms', values: [2, 4, 8] },
            { name: 'requests', unit: 'count', values: [3, 10, 2] },
          ],
        },
        {
          id: 'latency.overTime',
          title: 'Response time over the run',
          columns: [
            seconds,
            { name: 'requests', unit: 'count', values: steps(50, () => 20) },
            { name: 'median', unit: 'ms', values: steps(50, (k) => 5 + (k % 3)) },
            { name: 'P95', unit: 'ms', values: steps(50, (k) => 9 + (k % 5)) },
            { name: 'slowest', unit: 'ms', values: steps(50, (k) => (k === 30 ? 400 : 12 + (k % 7))) },
          ],
        },
        {
          id: 'latency.stages',
          title: 'Stages of the response time',
          columns: [
            { name: 'stage', values: ['predict', 'network and queueing'] },
            { name: 'in the middle', unit: 'ms', values: [3, 2] },
            { name: 'in the tail', unit: 'ms', values: [4, 40] },
          ],
        },
        {
          id: 'latency.batchSize',
          title: 'Service time by stocks per request',
          columns: [
            { name: 'stocks', unit: 'count', values: [1, 100, 2000] },
            { name: 'median', unit: 'ms', values: [1, 2, 21] },
            { name: 'P95', unit: 'ms', values: [2, 3, 30] },
            { name: 'fitted', unit: 'ms', values: [1, 2, 21] },
          ],
        },
      ],
    }),
    aCheck({
      id: 'load/curves',
      title: 'Curves of load',
      measurements: [measured('capacity.knee', 1500, '1/s', 1400, 1600)],
      series: [
        {
          id: 'load.capacity',
          title: 'Capacity, whole cross-sections',
          columns: [
            { name: 'offered predictions', unit: '1/s', values: [500, 1000, 2000, 3000] },
            { name: 'achieved predictions', unit: '1/s', values: [500, 1000, 1990, 2100] },
            { name: 'P50 response', unit: 'ms', values: [5, 6, 20, 900] },
            { name: 'P95 response', unit: 'ms', values: [9, 12, 80, null] },
            { name: 'verdict', values: ['held', 'spoiled', 'undecided', 'refuted'] },
          ],
        },
        {
          id: 'load.scalability',
          title: 'Predictions per second by requests under way',
          columns: [
            { name: 'requests under way', unit: 'count', values: [1, 1, 4, 16] },
            { name: 'measured', unit: '1/s', values: [900, 1000, 2000, 1800] },
            { name: 'scalability law', unit: '1/s', values: [950, 950, 2010, 1790] },
            { name: 'P50', unit: 'ms', values: [1, 1, 2, 9] },
            { name: 'P95', unit: 'ms', values: [2, 2, 4, 19] },
          ],
        },
      ],
    }),
    aCheck({
      id: 'memory/service',
      title: 'Memory of the service',
      measurements: [{ metric: 'memory.service.peakRss', value: 3e8, unit: 'bytes', samples: 50 }],
      series: [
        {
          id: 'memory.timeline',
          title: 'Resident memory of the service',
          columns: [
            seconds,
            { name: 'resident', unit: 'bytes', values: steps(50, (k) => 2e8 + k * 2e6) },
            { name: 'processes', unit: 'count', values: steps(50, (k) => 1 + (k % 2)) },
          ],
        },
      ],
    }),
    aCheck({
      id: 'signal/more',
      title: 'More of the signal',
      series: [
        {
          id: 'ic.decay',
          title: 'Rank IC by horizon',
          columns: [
            { name: 'sessions ahead', values: ['1', '5', '20'] },
            { name: 'mean', unit: 'ratio', values: [0.06, 0.04, -0.01] },
          ],
        },
        {
          id: 'ic.quantiles',
          title: 'Return that followed, by quantile of the predictions',
          columns: [
            { name: 'quantile', values: ['1', '2', '3'] },
            { name: 'return', unit: 'ratio', values: [-0.002, 0, 0.003] },
          ],
        },
        {
          id: 'portfolio.growth',
          title: 'Growth of a portfolio of the best-ranked stocks',
          columns: [
            { name: 'date', values: days },
            { name: 'before costs', unit: 'ratio', values: steps(60, (k) => k / 400) },
            { name: 'after costs', unit: 'ratio', values: steps(60, (k) => -k / 900) },
            { name: 'all predicted stocks', unit: 'ratio', values: steps(60, (k) => k / 800) },
          ],
        },
      ],
    }),
    ...['kill', 'pause'].map((fault, turn) =>
      aCheck({
        id: `failover/${fault}-more`,
        title: `Recovery from ${fault}`,
        measurements: [measured(`recovery.${fault}.timeToSteadyState`, 2 + turn, 's', 1.5, 3.5)],
        series: [
          {
            id: `recovery.${fault}`,
            title: `Requests around the fault “${fault}”`,
            columns: [
              { name: 'since fault', unit: 's', values: steps(60, (k) => (k - 20) / 10) },
              { name: 'answered', unit: 'count', values: steps(60, (k) => (k > 20 && k < 30 ? 0 : 20)) },
              { name: 'failed', unit: 'count', values: steps(60, (k) => (k > 20 && k < 30 ? 20 : 0)) },
              { name: 'slowest response', unit: 'ms', values: steps(60, (k) => (k === 30 ? 900 : 4)) },
            ],
          },
        ],
      }),
    ),
    aCheck({
      id: 'scale/universe',
      title: 'Time by number of stocks',
      measurements: [measured('scale.exponent', 1.1, 'ratio', 1, 1.2)],
      series: [
        {
          id: 'scale.universe',
          title: 'Duration by number of stocks',
          columns: [
            { name: 'stocks', unit: 'count', values: [500, 1000, 2000] },
            { name: 'duration', unit: 's', values: [4, 9, 19] },
            { name: 'training', unit: 's', values: [2, 5, 12] },
          ],
        },
      ],
    }),
    aCheck({
      id: 'taiwan/panel-crash',
      title: 'A crash',
      measurements: [
        measured('taiwan.crash.p95', 40, 'ms', 38, 44),
        measured('taiwan.haltStorm.p95', 30, 'ms', 28, 34),
      ],
    }),
    aCheck({
      id: 'mine/own',
      title: 'A check of my own',
      series: [
        {
          id: 'mine.curve',
          title: 'Three units',
          columns: [
            { name: 'x', values: [1, 2, 3] },
            { name: 'a', unit: 'ms', values: [3, null, 5] },
            { name: 'b', unit: 'bytes', values: [1e6, 2e6, 3e6] },
            { name: 'c', unit: 'count', values: [1, 2, 3] },
          ],
        },
      ],
    }),
  ];
  return { ...run, checks };
}
