import type { Check, CheckContext, CheckOutcome, Measurement, Scale, Series } from '@preopen/core';
import { percentileMeasurement } from '@preopen/latency';
import type { AgentsWanted } from './agents/coordinator.ts';
import { type CapacityRequest, findCapacity } from './capacity.ts';
import {
  type CapacityMetric,
  capacityMeasurement,
  capacityNotes,
  estimateMeasurement,
  probeSeries,
} from './capacity-report.ts';
import { runClosedLoad } from './closed-load.ts';
import { concurrencySweep } from './concurrency-sweep.ts';

/** Who sends the load of the checks. */
export interface LoadCheckOptions {
  /** Agents on other machines, for the capacity; without them this process. */
  readonly agents?: AgentsWanted | undefined;
}

/** Limit under which a rate counts as sustained. Source: the specification. */
const p95Ms = 100;
/** Up to here a run is meant to be over within a minute, and its figures are rough. */
const quickStocks = 200;

type NotMeasured = { readonly metric: string; readonly reason: string };

/** How much is spent on one capacity. */
function effortOf(scale: Scale): { probeMs: number; budgetMs: number; precision: number } {
  return scale.stocks <= quickStocks
    ? { probeMs: 700, budgetMs: 5000, precision: 0.15 }
    : { probeMs: 2000, budgetMs: 30_000, precision: 0.05 };
}

async function measureThroughput(context: CheckContext, agents: AgentsWanted | undefined): Promise<CheckOutcome> {
  const measurements: Measurement[] = [];
  const notMeasured: NotMeasured[] = [];
  const series: Series[] = [];
  const notes: string[] = [];
  const { budgetMs, ...effort } = effortOf(context.scale);
  const { stocks } = context.scale;
  const parts = [
    {
      metric: 'throughput.predictions',
      rows: stocks,
      concurrency: 4,
      checkEvery: 1,
      id: 'load.capacity',
      title: 'Capacity, whole cross-sections',
    },
    {
      metric: 'throughput.requests',
      rows: 1,
      concurrency: 16,
      // Some ten thousand answers a second: reading each of them whole would make the generator the bottleneck.
      checkEvery: 16,
      id: 'load.capacitySingle',
      title: 'Capacity, one stock a request',
    },
  ];
  for (const { metric, rows, concurrency, checkEvery, id, title } of parts) {
    const how = `${rows} row${rows === 1 ? '' : 's'} a request, Poisson arrivals, P95 from the intended start below ${p95Ms} ms`;
    const of: CapacityMetric = { metric, rows, how };
    const startMs = context.clock.nowMs();
    const request: CapacityRequest = {
      rows,
      p95Ms,
      concurrency,
      checkEvery,
      ...effort,
      budgetMs: context.budgetMs / 2,
      // Beyond its usual share of the time only what a requirement still hangs on is worth it.
      mayGoOn: (estimate) =>
        context.clock.nowMs() - startMs < budgetMs ||
        (estimate !== undefined && context.undecided([estimateMeasurement(of, estimate, 1)])),
    };
    const capacity = await findCapacity(context.service!, request, { ...context, ...(agents ? { agents } : {}) });
    series.push(probeSeries(id, title, capacity.probes, rows));
    const result = capacityMeasurement(of, capacity);
    if ('reason' in result) {
      notMeasured.push(result);
      continue;
    }
    measurements.push(result);
    const saturation = capacity.outcome === 'not-measured' ? 0 : capacity.saturationPerSecond * rows;
    notes.push(
      `${title}: a closed loop with ${concurrency} requests under way came to ${Math.round(saturation).toLocaleString('en-US')} predictions/s.`,
      ...capacityNotes(capacity),
    );
  }
  return { measurements, notMeasured, series, evidence: [], notes };
}

/** Predictions per second that are sustained with P95 below 100 ms, for whole cross-sections; and single-stock requests. */
export function sustainedThroughput({ agents }: LoadCheckOptions = {}): Check {
  return {
    id: 'load/throughput',
    title: 'Sustained throughput with P95 below 100 ms, open-loop',
    metrics: ['throughput.predictions', 'throughput.requests'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: (scale) => 2 * (effortOf(scale).budgetMs + 2 * effortOf(scale).probeMs),
    timeoutMs: () => 600_000,
    run: (context) => measureThroughput(context, agents),
  };
}

async function measureUsers(context: CheckContext): Promise<CheckOutcome> {
  const { users, stocks } = context.scale;
  const timeoutMs = 5000;
  context.emit({ type: 'progress', message: `${users} users, one request under way each` });
  // Requests of a tenth of the universe: a user looks at a list, not at the whole market.
  const batch = Math.max(1, Math.round(stocks / 10));
  const scenario = { users, batch, timeoutMs, seed: context.seed };
  await runClosedLoad(context.service!, { ...scenario, durationMs: 1000 }, context);
  const load = await runClosedLoad(context.service!, { ...scenario, durationMs: 6000 }, context);
  const { recorder, ledger, predictionsPerSecond, elapsedMs } = load;
  const durationsMs = recorder.durationsMs('response', { failedMs: timeoutMs });
  const how = `closed loop, ${users} users without pause, ${batch} ${batch === 1 ? 'row' : 'rows'} a request`;
  const p95 = percentileMeasurement({
    metric: 'latency.users.p95',
    q: 0.95,
    durationsMs,
    censoredAtMs: timeoutMs,
    look: 1,
    maxLooks: 1,
    how,
  });
  return {
    measurements: [
      ...('value' in p95 ? [p95] : []),
      { metric: 'throughput.users', value: predictionsPerSecond, unit: '1/s', samples: ledger.ok, how },
    ],
    notMeasured: 'reason' in p95 ? [p95] : [],
    series: [],
    evidence: [],
    notes: [
      `${users} users: ${ledger.ok} answers, ${ledger.scheduled - ledger.ok} failures in ${(elapsedMs / 1000).toFixed(1)} s. A closed loop hides stalls: no latency limit is judged by it.`,
    ],
  };
}

/** What concurrent users get who each wait for their answer. */
export function concurrentUsers(): Check {
  return {
    id: 'load/users',
    title: 'Concurrent users, closed loop',
    metrics: ['latency.users.p95', 'throughput.users'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => 7500,
    run: measureUsers,
  };
}

/** Throughput by requests under way, the law fitted to it, and the knee. */
export function capacity(): Check {
  return {
    id: 'load/capacity',
    title: 'Throughput by requests under way, scalability law and knee',
    metrics: ['capacity.contention', 'capacity.coherency', 'capacity.knee', 'capacity.peak'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => (stocks <= quickStocks ? 9000 : 25_000),
    run: (context) => concurrencySweep(context.service!, context),
  };
}

/** The checks of this package. */
export function loadChecks(options: LoadCheckOptions = {}): readonly Check[] {
  return [sustainedThroughput(options), concurrentUsers(), capacity()];
}
