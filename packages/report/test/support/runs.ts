import {
  type CheckResult,
  judgeRequirements,
  type Measurement,
  overallVerdict,
  parseRequirement,
  type Results,
  type Series,
  type SeriesColumn,
} from '@preopen/core';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck, plainResults } from '../../scripts/plain-results.mjs';

/** Text that would do harm wherever it is not escaped. */
export const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" 'single' | pipe | ]]> &amp; \u0007`;

export const aCheck = (change: Partial<CheckResult> = {}): CheckResult => plainCheck(change);

/** A series by its columns: name, unit, values. */
const aSeries = (
  id: string,
  title: string,
  columns: readonly (readonly [name: string, unit: SeriesColumn['unit'], values: SeriesColumn['values']])[],
): Series => ({
  id,
  title,
  columns: columns.map(([name, unit, values]) => ({ name, ...(unit === undefined ? {} : { unit }), values })),
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
        aSeries('latency.percentiles', 'Latency by percentile', [
          ['quantile', 'ratio', [0, 0.5, 0.9, 0.99, 1]],
          ['response', 'ms', [1, 20, 55, 80, 95]],
          ['service', 'ms', [1, 18, 50, null, 90]],
        ]),
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
        aSeries('ic.byDate', 'Rank IC by day', [
          ['date', undefined, ['2026-01-02', '2026-01-05', '2026-01-06']],
          ['pipeline', 'ratio', [0.1, -0.02, 0.08]],
        ]),
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
  const plain = plainResults();
  return {
    ...plain,
    run: {
      ...plain.run,
      id: '2026-01-05T000000-quick',
      suite: 'quick',
      durationMs: 65_000,
      scale: { stocks: 100, days: 63, users: 2 },
    },
    environment: { ...plain.environment, noise: { ...plain.environment.noise, foreignCpuShare: 0.01 } },
    target: { ...plain.target, kind: ['service', 'pipeline'] },
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
  const seconds = ['since start', 's', steps(50, (k) => k / 5)] as const;
  const checks: CheckResult[] = [
    ...run.checks,
    aCheck({
      id: 'latency/more',
      title: 'More of latency',
      series: [
        aSeries('latency.histogram', 'Distribution of response times', [
          ['from', 'ms', [1, 2, 4]],
          ['to', 'ms', [2, 4, 8]],
          ['requests', 'count', [3, 10, 2]],
        ]),
        aSeries('latency.overTime', 'Response time over the run', [
          seconds,
          ['requests', 'count', steps(50, () => 20)],
          ['median', 'ms', steps(50, (k) => 5 + (k % 3))],
          ['P95', 'ms', steps(50, (k) => 9 + (k % 5))],
          ['slowest', 'ms', steps(50, (k) => (k === 30 ? 400 : 12 + (k % 7)))],
        ]),
        aSeries('latency.stages', 'Stages of the response time', [
          ['stage', undefined, ['predict', 'network and queueing']],
          ['in the middle', 'ms', [3, 2]],
          ['in the tail', 'ms', [4, 40]],
        ]),
        aSeries('latency.batchSize', 'Service time by stocks per request', [
          ['stocks', 'count', [1, 100, 2000]],
          ['median', 'ms', [1, 2, 21]],
          ['P95', 'ms', [2, 3, 30]],
          ['fitted', 'ms', [1, 2, 21]],
        ]),
      ],
    }),
    aCheck({
      id: 'load/curves',
      title: 'Curves of load',
      measurements: [measured('capacity.knee', 1500, '1/s', 1400, 1600)],
      series: [
        aSeries('load.capacity', 'Capacity, whole cross-sections', [
          ['offered predictions', '1/s', [500, 1000, 2000, 3000]],
          ['achieved predictions', '1/s', [500, 1000, 1990, 2100]],
          ['P50 response', 'ms', [5, 6, 20, 900]],
          ['P95 response', 'ms', [9, 12, 80, null]],
          ['verdict', undefined, ['held', 'spoiled', 'undecided', 'refuted']],
        ]),
        aSeries('load.scalability', 'Predictions per second by requests under way', [
          ['requests under way', 'count', [1, 1, 4, 16]],
          ['measured', '1/s', [900, 1000, 2000, 1800]],
          ['scalability law', '1/s', [950, 950, 2010, 1790]],
          ['P50', 'ms', [1, 1, 2, 9]],
          ['P95', 'ms', [2, 2, 4, 19]],
        ]),
      ],
    }),
    aCheck({
      id: 'memory/service',
      title: 'Memory of the service',
      measurements: [{ metric: 'memory.service.peakRss', value: 3e8, unit: 'bytes', samples: 50 }],
      series: [
        aSeries('memory.timeline', 'Resident memory of the service', [
          seconds,
          ['resident', 'bytes', steps(50, (k) => 2e8 + k * 2e6)],
          ['processes', 'count', steps(50, (k) => 1 + (k % 2))],
        ]),
      ],
    }),
    aCheck({
      id: 'signal/more',
      title: 'More of the signal',
      series: [
        aSeries('ic.decay', 'Rank IC by horizon', [
          ['sessions ahead', undefined, ['1', '5', '20']],
          ['mean', 'ratio', [0.06, 0.04, -0.01]],
        ]),
        aSeries('ic.quantiles', 'Return that followed, by quantile of the predictions', [
          ['quantile', undefined, ['1', '2', '3']],
          ['return', 'ratio', [-0.002, 0, 0.003]],
        ]),
        aSeries('walkForward.folds', 'Walk-forward: sessions of each fold', [
          ['tested', undefined, ['2024-03-01 – 2024-03-08', '2024-03-11 – 2024-03-22']],
          ['not used', 'count', [20, 20]],
          ['training', 'count', [14, 20]],
          ['left out', 'count', [2, 2]],
          ['test', 'count', [6, 10]],
          ['trained from', undefined, ['2024-02-01', '2024-02-01']],
          ['trained to', undefined, ['2024-02-27', '2024-03-06']],
        ]),
        aSeries('portfolio.growth', 'Growth of a portfolio of the best-ranked stocks', [
          ['date', undefined, days],
          ['before costs', 'ratio', steps(60, (k) => k / 400)],
          ['after costs', 'ratio', steps(60, (k) => -k / 900)],
          ['all predicted stocks', 'ratio', steps(60, (k) => k / 800)],
        ]),
      ],
    }),
    ...['kill', 'pause'].map((fault, turn) =>
      aCheck({
        id: `failover/${fault}-more`,
        title: `Recovery from ${fault}`,
        measurements: [measured(`recovery.${fault}.timeToSteadyState`, 2 + turn, 's', 1.5, 3.5)],
        series: [
          aSeries(`recovery.${fault}`, `Requests around the fault “${fault}”`, [
            ['since fault', 's', steps(60, (k) => (k - 20) / 10)],
            ['answered', 'count', steps(60, (k) => (k > 20 && k < 30 ? 0 : 20))],
            ['failed', 'count', steps(60, (k) => (k > 20 && k < 30 ? 20 : 0))],
            ['slowest response', 'ms', steps(60, (k) => (k === 30 ? 900 : 4))],
          ]),
        ],
      }),
    ),
    aCheck({
      id: 'scale/universe',
      title: 'Time by number of stocks',
      measurements: [measured('scale.exponent', 1.1, 'ratio', 1, 1.2)],
      series: [
        aSeries('scale.universe', 'Duration by number of stocks', [
          ['stocks', 'count', [500, 1000, 2000]],
          ['duration', 's', [4, 9, 19]],
          ['training', 's', [2, 5, 12]],
        ]),
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
        aSeries('mine.curve', 'Three units', [
          ['x', undefined, [1, 2, 3]],
          ['a', 'ms', [3, null, 5]],
          ['b', 'bytes', [1e6, 2e6, 3e6]],
          ['c', 'count', [1, 2, 3]],
        ]),
      ],
    }),
  ];
  return { ...run, checks };
}
