import { type Clock, quantile, type RunningService, sortedCopy } from '@preopen/core';
import { hopelessAlone } from './alone.ts';
import type { CapacityEstimate } from './capacity-fit.ts';
import { type Probe, type ProbeContext, type ProbeRequest, tryRate } from './capacity-probe.ts';
import { searchCapacity } from './capacity-search.ts';
import { type ClosedLoad, runClosedLoad } from './closed-load.ts';
import { canUseLanes, openLanes } from './lanes.ts';
import { problemsInWords } from './problems.ts';

/** What “sustained” means, and how hard it is looked for. */
export interface CapacityRequest extends ProbeRequest {
  /** Length of the first probes; those near the limit last up to eight times as long. */
  readonly probeMs: number;
  /** Requests under way at saturation. */
  readonly concurrency: number;
  /** Relative half-width of the interval that is enough. Default 0.1. */
  readonly precision?: number;
  /** No probe is begun after this. Default 60 000. */
  readonly budgetMs?: number;
  /** Default 12. */
  readonly maxProbes?: number;
  /** Threads that send; 0 is this one. Default 1 where the service's codec can be used in a thread. */
  readonly lanes?: number;
  /** Whether to go on, asked with what is known; the budget and the precision count too. */
  readonly mayGoOn?: (estimate: CapacityEstimate | undefined) => boolean;
}

/** Capacity in requests per second. */
export type Capacity =
  | {
      readonly outcome: 'found';
      readonly estimate: CapacityEstimate;
      readonly probes: readonly Probe[];
      readonly saturationPerSecond: number;
      readonly notes: readonly string[];
    }
  /** No higher rate could be tried, or none was refuted: the capacity is at least this. */
  | {
      readonly outcome: 'at-least';
      readonly heldPerSecond: number;
      readonly reason: string;
      readonly probes: readonly Probe[];
      readonly saturationPerSecond: number;
    }
  /** No rate was held that was tried: the capacity is below this. */
  | {
      readonly outcome: 'at-most';
      readonly refutedPerSecond: number;
      readonly probes: readonly Probe[];
      readonly saturationPerSecond: number;
    }
  /** Not even one request at a time keeps the limit: no rate does. */
  | {
      readonly outcome: 'none';
      readonly reason: string;
      /** That were asked one at a time. */
      readonly requests: number;
      readonly probes: readonly [];
      readonly saturationPerSecond: number;
    }
  | { readonly outcome: 'not-measured'; readonly reason: string; readonly probes: readonly Probe[] };

type Context = Omit<ProbeContext, 'threads'>;

/** Where no rate is surely held by this share of the budget, the rest of it looks for one. */
const untilSure = 0.6;

/** With fewer requests nothing is said of a P95. */
const minRequests = 200;
/** … unless so few come in this time. */
const longestProbeMs = 20_000;

async function saturate(service: RunningService, request: CapacityRequest, context: ProbeContext): Promise<ClosedLoad> {
  const { rows, concurrency, probeMs, checkEvery = 1, protocol = 'h1', lanes } = request;
  const scenario = {
    users: concurrency,
    batch: rows,
    checkEvery,
    protocol,
    ...(lanes === undefined ? {} : { lanes }),
    seed: context.seed,
  };
  // The first stretch warms up connections, caches and the compilers on both sides.
  await runClosedLoad(service, { ...scenario, durationMs: Math.min(1000, probeMs) }, context);
  return runClosedLoad(service, { ...scenario, durationMs: Math.max(500, probeMs * 0.6) }, context);
}

const medianMs = ({ recorder }: ClosedLoad): number =>
  quantile(sortedCopy(recorder.durationsMs('service', { failedMs: Number.POSITIVE_INFINITY })), 0.5);

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');

/**
 * The highest rate that a service sustains under a latency limit (in the spirit of MLPerf's Server scenario): a closed
 * loop first finds where it saturates, then open-loop probes with Poisson arrivals close in on the rate at which 5 % of
 * the response times, counted from the intended start, reach the limit. The rate comes with its interval.
 */
export async function findCapacity(
  service: RunningService,
  request: CapacityRequest,
  context: Context,
): Promise<Capacity> {
  const lanes = request.lanes ?? (canUseLanes(service) ? 1 : 0);
  // One set of threads for all probes: those that have sent before are warm, and a cold one is late.
  const threads = lanes > 0 ? openLanes(lanes) : undefined;
  try {
    return await search(service, { ...request, lanes }, { ...context, threads });
  } finally {
    threads?.close();
  }
}

async function search(service: RunningService, request: CapacityRequest, context: ProbeContext): Promise<Capacity> {
  const {
    rows,
    concurrency,
    p95Ms,
    precision = 0.1,
    budgetMs = 60_000,
    maxProbes = 12,
    mayGoOn = () => true,
  } = request;
  const { emit, clock }: { emit: Context['emit']; clock: Clock } = context;
  const startMs = clock.nowMs();
  emit({ type: 'progress', message: `finding saturation with ${concurrency} requests under way`, fraction: 0 });
  const saturated = await saturate(service, request, context);
  const { ledger, completedPerSecond: saturationPerSecond } = saturated;
  if (ledger.ok === 0 || ledger.scheduled - ledger.ok > ledger.scheduled / 2) {
    const reason = `${ledger.scheduled - ledger.ok} of ${ledger.scheduled} requests failed at saturation${problemsInWords(saturated.problems)}`;
    return { outcome: 'not-measured', reason, probes: [] };
  }
  // A service that gathers requests may be quicker with many under way than with one: then a search finds out.
  if (medianMs(saturated) > p95Ms) {
    emit({ type: 'progress', message: 'sending one request at a time, since many at once took longer than the limit' });
    const alone = await hopelessAlone(service, request, context);
    if (alone?.is === 'failing') return { outcome: 'not-measured', reason: alone.reason, probes: [] };
    if (alone !== undefined) {
      const { reason, requests } = alone;
      return { outcome: 'none', reason, requests, probes: [], saturationPerSecond };
    }
  }
  const isWithin = (share: number): boolean => clock.nowMs() - startMs < budgetMs * share && !context.endEarly?.aborted;
  const isInTime = (): boolean => isWithin(1);
  let turn = 0;
  const found = await searchCapacity<Omit<Probe, 'verdict'>>({
    startPerSecond: saturationPerSecond * 0.6,
    allowedShare: 0.05,
    precision,
    maxProbes,
    mayGoOn: (estimate) => isInTime() && mayGoOn(estimate),
    mayCloseIn: () => isWithin(untilSure),
    mayLookLower: isInTime,
    probe: (ratePerSecond, effort) => {
      emit({
        type: 'progress',
        message: `holding ${thousands(ratePerSecond * rows)} predictions/s`,
        fraction: Math.min(0.99, (clock.nowMs() - startMs) / budgetMs),
      });
      const enoughMs = Math.min(longestProbeMs, (minRequests * effort * 1000) / ratePerSecond);
      const durationMs = Math.max(request.probeMs * effort, enoughMs);
      return tryRate(service, ratePerSecond, durationMs, request, {
        ...context,
        seed: context.seed + 1000 * turn++,
      });
    },
  });
  const probes: Probe[] = found.rates.map(({ reading, verdict }) => ({ ...reading, verdict }));
  const { estimate, heldPerSecond, refutedPerSecond, limitedBy, isMonotone } = found;
  if (estimate) {
    const notes = [
      ...(isMonotone ? [] : ['a rate was held above one that was refuted: the lower one counts']),
      ...(limitedBy === undefined ? [] : [`the search ended early: ${limitedBy}`]),
    ];
    return { outcome: 'found', estimate, probes, saturationPerSecond, notes };
  }
  if (heldPerSecond !== undefined) {
    const reason = limitedBy ?? `no rate was refuted within ${Math.round(budgetMs / 1000)} s`;
    return { outcome: 'at-least', heldPerSecond, reason, probes, saturationPerSecond };
  }
  if (limitedBy !== undefined) return { outcome: 'not-measured', reason: limitedBy, probes };
  if (refutedPerSecond !== undefined) return { outcome: 'at-most', refutedPerSecond, probes, saturationPerSecond };
  const reason = `no rate was decided within ${Math.round(budgetMs / 1000)} s: P95 near ${p95Ms} ms with too few requests`;
  return { outcome: 'not-measured', reason, probes };
}
