import {
  type CheckContext,
  type Clock,
  exceedanceBound,
  quantile,
  type RunningService,
  sortedCopy,
} from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { type AgentsWanted, runLoadOnAgents } from './agents/coordinator.ts';
import type { CapacityEstimate } from './capacity-fit.ts';
import { effectiveSamplesAbove, type RateReading, type RateVerdict, searchCapacity } from './capacity-search.ts';
import { type ClosedLoad, runClosedLoad } from './closed-load.ts';
import { canUseLanes, type LaneOutcome, type LaneThreads, openLanes, startOnLanes } from './lanes.ts';
import { isTooBusy, loadState } from './load-state.ts';
import { type OpenLoadScenario, startOpenLoad } from './open-load.ts';
import type { PacerKind } from './pacer.ts';
import { type TargetUsage, watchTarget } from './target-usage.ts';

/** What “sustained” means, and how hard it is looked for. */
export interface CapacityRequest {
  /** Rows of each request. */
  readonly rows: number;
  /** Response times from the intended start must keep this P95. */
  readonly p95Ms: number;
  /** Share of failed requests that is allowed. Default 0.01. */
  readonly errorShare?: number;
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
  /** One answer in so many is read whole. Default 1: all. */
  readonly checkEvery?: number;
  readonly protocol?: 'h1' | 'h2';
  readonly pacer?: PacerKind;
  /** Threads that send; 0 is this one. Default 1 where the service's codec can be used in a thread. */
  readonly lanes?: number;
  /** Whether to go on, asked with what is known; the budget and the precision count too. */
  readonly mayGoOn?: (estimate: CapacityEstimate | undefined) => boolean;
}

/** One rate that was tried. */
export interface Probe extends RateReading {
  readonly achievedPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly errorShare: number;
  readonly usage: TargetUsage | undefined;
  readonly verdict: RateVerdict;
}

type Reading = Omit<Probe, 'verdict'>;

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
  | { readonly outcome: 'not-measured'; readonly reason: string; readonly probes: readonly Probe[] };

type Context = Pick<CheckContext, 'clock' | 'signal' | 'emit' | 'seed'> & {
  /** Ends the search; what was found until then is reported, where `signal` throws it away. */
  readonly endEarly?: AbortSignal;
  /** Machines that send the probes; without them this process does. */
  readonly agents?: AgentsWanted;
};

/** With fewer requests nothing is said of a P95. */
const minRequests = 200;
/** … unless so few come in this time. */
const longestProbeMs = 20_000;
const connections = 256;
/** Part at the start of a probe that is not judged: the queue begins empty. */
const settlingShare = 0.1;
/** A backlog that lasts so many times the latency limit will not be worked off. */
const hopelessBacklog = 4;

/**
 * So much later than without the generator's lag may an answer be at most: once for its sending, once for its reading.
 * Source: departures from a queue are max-plus linear in its arrivals; Baccelli et al., Synchronization and Linearity, 1992
 */
const mostByLag = 2;

/** Whether answers at the end take much longer than at the start: what is behind is not caught up with. */
function grows(responseMs: Float64Array, leastMs: number): boolean {
  const quarter = responseMs.length >> 2;
  if (quarter < 5) return false;
  const median = (values: Float64Array): number => values.toSorted()[values.length >> 1]!;
  const last = median(responseMs.slice(-quarter));
  return last > 3 * median(responseMs.slice(0, quarter)) && last > leastMs;
}

/** What a probe left behind, whoever sent it. */
interface Probed {
  readonly recorder: LatencyRecorder;
  readonly problems: readonly (readonly [message: string, count: number])[];
  /** Whether it was given up because too many requests were waiting. */
  readonly stopped: boolean;
  /** Until all had ended. */
  readonly spanMs: number;
  readonly late?: string | undefined;
  readonly spoiled?: string | undefined;
  /** Share of the time in which the thread that sent was busy. */
  readonly busyShare?: number | undefined;
}

function read(probed: Probed, offeredPerSecond: number, request: CapacityRequest): Omit<Reading, 'usage'> {
  const { p95Ms: limitMs, errorShare: allowed = 0.01 } = request;
  const { recorder, problems, stopped, spanMs, late, spoiled } = probed;
  const isBusy = isTooBusy(probed.busyShare);
  const ledger = recorder.ledger();
  const ended = ledger.scheduled - ledger.aborted - ledger.pending;
  const failedMs = timeoutOf(limitMs);
  const from = Math.floor(recorder.count * settlingShare);
  const response = recorder.durationsMs('response', { failedMs, from });
  const ascending = sortedCopy(response);
  const at = (q: number): number => (ascending.length > 0 ? quantile(ascending, q) : Number.POSITIVE_INFINITY);
  const errorShare = ended === 0 ? 1 : (ended - ledger.ok) / ended;
  const longestLagMs = longestLag(recorder);
  const shareFrom = (leastMs: number): number =>
    response.length === 0 ? 1 : response.filter((ms) => ms >= leastMs).length / response.length;
  const reading = {
    offeredPerSecond,
    achievedPerSecond: (ledger.ok * 1000) / spanMs,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    errorShare,
    requests: response.length,
    shareAbove: shareFrom(limitMs),
    shareBeyondLag: isBusy ? 0 : shareFrom(limitMs + mostByLag * longestLagMs),
    exceedance: exceedanceBound(response, limitMs),
    effectiveSamples: effectiveSamplesAbove(response, limitMs),
  };
  const overloaded = whyOverloaded();
  // What was given up, or failed, has no times: those that are left are the fast ones and hold nothing.
  const isIncomplete = overloaded === undefined && (stopped || errorShare > allowed);
  const nothing =
    spoiled ?? (isIncomplete ? `generator-limited: ${late ?? 'it was late, and requests failed'}` : undefined);
  return {
    ...reading,
    ...(overloaded === undefined ? {} : { overloaded }),
    ...(late === undefined ? {} : { late }),
    ...(nothing === undefined ? {} : { spoiled: nothing }),
  };

  function whyOverloaded(): string | undefined {
    // The backlog may be the generator's own.
    if (isBusy || mostByLag * longestLagMs > (hopelessBacklog * limitMs) / 2) return undefined;
    if (stopped) return `more than ${hopelessBacklog * limitMs} ms of requests were waiting`;
    if (errorShare > allowed) {
      return `${(errorShare * 100).toFixed(1)} % of the requests failed (${problems[0]?.[0] ?? ''})`;
    }
    return grows(response, limitMs / 2 + mostByLag * longestLagMs)
      ? 'response times grew from start to end'
      : undefined;
  }
}

const timeoutOf = (limitMs: number): number => Math.max(2000, limitMs * 10);

/** Sends a probe's load from the threads that are there, or from this one; `endEarly` ends it with what there is. */
async function send(
  service: RunningService,
  scenario: OpenLoadScenario,
  { clock, signal, endEarly, threads }: Context & { readonly threads: LaneThreads | undefined },
): Promise<
  Pick<Probed, 'recorder' | 'problems'> & Pick<LaneOutcome, 'inFlightMs' | 'gaveUp' | 'pacer' | 'utilisation'>
> {
  if (!threads) {
    const load = startOpenLoad(service, scenario, {
      clock,
      signal: endEarly ? AbortSignal.any([signal, endEarly]) : signal,
    });
    await load.done;
    return { ...load, problems: load.problems(), inFlightMs: load.inFlightMs(), utilisation: load.utilisation() };
  }
  const onProgress = (): void => undefined;
  const load = startOnLanes(threads, service, { kind: 'open', ...scenario }, { clock, signal, onProgress });
  endEarly?.addEventListener('abort', load.stop, { once: true });
  try {
    return await load.done;
  } finally {
    endEarly?.removeEventListener('abort', load.stop);
  }
}

/** Of all requests, those that were cut off too. */
function longestLag({ dueMs, dispatchedMs }: LatencyRecorder): number {
  return dueMs.reduce((most, ms, slot) => Math.max(most, dispatchedMs[slot]! - ms), 0);
}

/** Until when requests of a probe ended, from the first one that was due. */
function spanOf({ dueMs, doneMs }: LatencyRecorder): number {
  return doneMs.reduce((last, ms) => Math.max(last, ms), 0) - (dueMs[0] ?? 0);
}

async function probeAt(
  service: RunningService,
  ratePerSecond: number,
  durationMs: number,
  request: CapacityRequest,
  context: Context & { readonly threads: LaneThreads | undefined },
): Promise<Reading | undefined> {
  const { clock, signal, endEarly } = context;
  if (endEarly?.aborted) return undefined;
  const { rows, p95Ms: limitMs, checkEvery = 1, protocol, pacer, seed } = { ...request, seed: context.seed };
  const usage = watchTarget(service, clock);
  const {
    recorder,
    problems,
    inFlightMs,
    gaveUp,
    pacer: paced,
    utilisation,
  } = await send(
    service,
    {
      arrivals: { kind: 'poisson', ratePerSecond },
      batch: rows,
      durationMs,
      timeoutMs: timeoutOf(limitMs),
      connections,
      checkEvery,
      ...(protocol ? { protocol } : {}),
      ...(pacer ? { pacer } : {}),
      mostUnderWay: mostWaiting(ratePerSecond, limitMs),
      seed,
    },
    context,
  );
  signal.throwIfAborted();
  // What was under way when it ended is missing, and that was the slow part.
  if (endEarly?.aborted) return undefined;
  const busyShare = paced === 'sleep' ? utilisation : undefined;
  const state = loadState({ recorder, limitMs, busyShare, inFlightMs });
  const probed = {
    recorder,
    problems,
    stopped: gaveUp,
    busyShare,
    // The end of the last answer counts: a backlog that is worked off after the probe was not sustained.
    spanMs: gaveUp ? spanOf(recorder) : Math.max(durationMs, spanOf(recorder)),
    late: state.state === 'generator-limited' ? state.reason : undefined,
    spoiled: state.state === 'inconsistent' ? state.reason : undefined,
  };
  return { ...read(probed, ratePerSecond, request), usage: usage() };
}

/** Requests under way that amount to a backlog of so many latency limits; a burst of a few is none. */
const mostWaiting = (ratePerSecond: number, limitMs: number): number =>
  Math.max(20, (ratePerSecond * hopelessBacklog * limitMs) / 1000);

async function probeByAgents(
  service: RunningService,
  ratePerSecond: number,
  durationMs: number,
  request: CapacityRequest,
  context: Context & { readonly agents: AgentsWanted },
): Promise<Reading | undefined> {
  const { p95Ms: limitMs, rows, checkEvery = 1 } = request;
  const load = await runLoadOnAgents(
    service,
    {
      arrivals: { kind: 'poisson', ratePerSecond },
      batch: rows,
      durationMs,
      timeoutMs: timeoutOf(limitMs),
      connections,
      checkEvery,
      limitMs,
      seed: context.seed,
      mostUnderWay: mostWaiting(ratePerSecond, limitMs),
    },
    { ...context, ...context.agents },
  );
  if (context.endEarly?.aborted) return undefined;
  const { recorder, problems, state, reasons, usage, generator } = load;
  // A run that was given up and late is called after the lateness.
  const stopped = reasons.some((reason) => reason.startsWith('given up'));
  const probed = {
    recorder,
    problems,
    stopped,
    busyShare: generator.utilisation,
    spanMs: Math.max(durationMs, spanOf(recorder)),
    late: state === 'generator-limited' ? reasons[0] : undefined,
    spoiled: state === 'inconsistent' || state === 'partial' ? reasons[0] : undefined,
  };
  return { ...read(probed, ratePerSecond, request), usage };
}

async function saturate(
  service: RunningService,
  request: CapacityRequest,
  context: Context & { readonly threads: LaneThreads | undefined },
): Promise<ClosedLoad> {
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

async function search(
  service: RunningService,
  request: CapacityRequest,
  context: Context & { readonly threads: LaneThreads | undefined },
): Promise<Capacity> {
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
  const { ledger, completedPerSecond: saturationPerSecond } = await saturate(service, request, context);
  if (ledger.ok === 0 || ledger.scheduled - ledger.ok > ledger.scheduled / 2) {
    const reason = `${ledger.scheduled - ledger.ok} of ${ledger.scheduled} requests failed at saturation`;
    return { outcome: 'not-measured', reason, probes: [] };
  }
  let turn = 0;
  const found = await searchCapacity<Reading>({
    startPerSecond: saturationPerSecond * 0.6,
    allowedShare: 0.05,
    precision,
    maxProbes,
    mayGoOn: (estimate) => clock.nowMs() - startMs < budgetMs && !context.endEarly?.aborted && mayGoOn(estimate),
    probe: (ratePerSecond, effort) => {
      emit({
        type: 'progress',
        message: `holding ${thousands(ratePerSecond * rows)} predictions/s`,
        fraction: Math.min(0.99, (clock.nowMs() - startMs) / budgetMs),
      });
      const enoughMs = Math.min(longestProbeMs, (minRequests * effort * 1000) / ratePerSecond);
      const durationMs = Math.max(request.probeMs * effort, enoughMs);
      const own = { ...context, seed: context.seed + 1000 * turn++ };
      return own.agents === undefined
        ? probeAt(service, ratePerSecond, durationMs, request, own)
        : probeByAgents(service, ratePerSecond, durationMs, request, { ...own, agents: own.agents });
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
