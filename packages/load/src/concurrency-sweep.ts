import {
  type CheckContext,
  type CheckOutcome,
  type Measurement,
  quantile,
  type RunningService,
  sortedCopy,
} from '@preopen/core';
import { runClosedLoad } from './closed-load.ts';
import { canUseLanes, type LaneThreads, openLanes } from './lanes.ts';
import { fitScalabilityLaw, lawPerSecond, type ScalabilityLaw } from './scalability-law.ts';
import { watchTarget } from './target-usage.ts';

/** Requests under way at a time. */
const levels = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
const rounds = 2;
const metrics = ['capacity.contention', 'capacity.coherency', 'capacity.knee', 'capacity.peak'];

interface Level {
  readonly concurrency: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly cores: number | null;
  readonly rssBytes: number | null;
}

type SweepContext = Pick<CheckContext, 'clock' | 'signal' | 'random' | 'emit' | 'seed' | 'scale'>;

/**
 * Throughput of whole cross-sections with 1 to 32 requests under way, each level twice in an order of chance, and the
 * Universal Scalability Law through it.
 */
export async function concurrencySweep(service: RunningService, context: SweepContext): Promise<CheckOutcome> {
  // One thread for all stretches: each would begin with warming up its own.
  const threads = canUseLanes(service) ? openLanes(1) : undefined;
  try {
    return await sweep(service, { ...context, threads });
  } finally {
    threads?.close();
  }
}

async function sweep(
  service: RunningService,
  context: SweepContext & { readonly threads: LaneThreads | undefined },
): Promise<CheckOutcome> {
  const { clock, scale, seed, emit } = context;
  const stretchMs = scale.stocks <= 200 ? 350 : 1000;
  const batch = scale.stocks;
  const order = context.random('load/capacity').shuffle(Array.from({ length: rounds }, () => levels).flat());
  const measured: Level[] = [];
  await runClosedLoad(service, { users: 8, batch, durationMs: 1000, seed }, context);
  for (const [turn, concurrency] of order.entries()) {
    emit({
      type: 'progress',
      message: `${concurrency} request${concurrency === 1 ? '' : 's'} under way`,
      fraction: turn / order.length,
    });
    const usage = watchTarget(service, clock);
    const load = await runClosedLoad(service, { users: concurrency, batch, durationMs: stretchMs, seed }, context);
    const used = usage();
    const { ledger, recorder } = load;
    if (ledger.ok < ledger.scheduled * 0.99) {
      const reason = `${ledger.scheduled - ledger.ok} of ${ledger.scheduled} requests failed with ${concurrency} under way`;
      return {
        measurements: [],
        notMeasured: metrics.map((metric) => ({ metric, reason })),
        series: [],
        evidence: [],
        notes: [],
      };
    }
    const served = sortedCopy(recorder.durationsMs('service', { failedMs: 5000 }));
    measured.push({
      concurrency,
      perSecond: load.predictionsPerSecond,
      p50Ms: quantile(served, 0.5),
      p95Ms: quantile(served, 0.95),
      cores: used?.cores ?? null,
      rssBytes: used?.rssBytes ?? null,
    });
  }
  measured.sort((a, b) => a.concurrency - b.concurrency);
  const law = fitScalabilityLaw(measured);
  return {
    measurements: lawMeasurements(
      law,
      measured.length,
      `closed loop with ${levels[0]} to ${levels.at(-1)} requests of ${batch} ${batch === 1 ? 'row' : 'rows'} under way`,
    ),
    series: [
      {
        id: 'load.scalability',
        title: 'Predictions per second by requests under way',
        columns: [
          { name: 'requests under way', unit: 'count', values: measured.map(({ concurrency }) => concurrency) },
          { name: 'measured', unit: '1/s', values: measured.map(({ perSecond }) => perSecond) },
          {
            name: 'scalability law',
            unit: '1/s',
            values: measured.map(({ concurrency }) => lawPerSecond(law, concurrency)),
          },
          { name: 'P50', unit: 'ms', values: measured.map(({ p50Ms }) => p50Ms) },
          { name: 'P95', unit: 'ms', values: measured.map(({ p95Ms }) => p95Ms) },
          { name: 'cores of the target', unit: 'count', values: measured.map(({ cores }) => cores) },
          { name: 'memory of the target', unit: 'bytes', values: measured.map(({ rssBytes }) => rssBytes) },
        ],
      },
    ],
    evidence: [],
    notes: [sentence(law)],
  };
}

function lawMeasurements(law: ScalabilityLaw, samples: number, how: string): Measurement[] {
  const share = (metric: string, { value, low, high }: ScalabilityLaw['sigma']): Measurement => ({
    metric,
    value,
    unit: 'ratio',
    samples,
    interval: { low, high, confidence: 0.95, method: 'least squares' },
    how,
  });
  return [
    share('capacity.contention', law.sigma),
    share('capacity.coherency', law.kappa),
    { metric: 'capacity.knee', value: law.kneePerSecond, unit: '1/s', samples, how },
    ...(Number.isFinite(law.peakPerSecond)
      ? [{ metric: 'capacity.peak', value: law.peakPerSecond, unit: '1/s' as const, samples, how }]
      : []),
  ];
}

function sentence(law: ScalabilityLaw): string {
  const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en-US')} predictions/s`;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const peak = Number.isFinite(law.peakConcurrency)
    ? `Beyond ${Math.round(law.peakConcurrency)} requests under way more load means less throughput; there it is ${perSecond(law.peakPerSecond)}.`
    : `More load does not lower the throughput; it nears ${Number.isFinite(law.peakPerSecond) ? perSecond(law.peakPerSecond) : 'no limit within what was tried'}.`;
  return (
    `The knee is at ${law.kneeConcurrency.toFixed(1)} requests under way and ${perSecond(law.kneePerSecond)}. ${peak} ` +
    `${percent(law.sigma.value)} of the work waits for its turn; the law is within ${percent(law.residual)} of what was measured.`
  );
}
