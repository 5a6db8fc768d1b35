import { type CheckContext, type Clock, quantile, type RunningService, sortedCopy } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { type AgentsWanted, runLoadOnAgents } from './agents/coordinator.ts';
import type { CapacityEstimate } from './capacity-fit.ts';
import { effectiveSamplesAbove, type RateReading, type RateVerdict, searchCapacity } from './capacity-search.ts';
import { type ClosedLoad, runClosedLoad } from './closed-load.ts';
import { loadState } from './load-state.ts';
import { startOpenLoad } from './open-load.ts';
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

/** Whether answers at the end take much longer than at the start: what is behind is not caught up with. */
function grows(responseMs: Float64Array, limitMs: number): boolean {
  const quarter = responseMs.length >> 2;
  if (quarter < 5) return false;
  const median = (values: Float64Array): number => values.toSorted()[values.length >> 1]!;
  const last = median(responseMs.slice(-quarter));
  return last > 3 * median(responseMs.slice(0, quarter)) && last > limitMs / 2;
}

/** What a probe left behind, whoever sent it. */
interface Probed {
  readonly recorder: LatencyRecorder;
  readonly problems: readonly (readonly [message: string, count: number])[];
  /** Why it says nothing of the service. */
  readonly spoiled: string | undefined;
}

function read(
  probed: Probed,
  offeredPerSecond: number,
  spanMs: number,
  stopped: boolean,
  request: CapacityRequest,
): Omit<Reading, 'usage'> {
  const { p95Ms: limitMs, errorShare: allowed = 0.01 } = request;
  const { recorder, problems, spoiled } = probed;
  const ledger = recorder.ledger();
  const ended = ledger.scheduled - ledger.aborted - ledger.pending;
  const failedMs = timeoutOf(limitMs);
  const from = Math.floor(recorder.count * settlingShare);
  const response = recorder.durationsMs('response', { failedMs, from });
  const ascending = sortedCopy(response);
  const at = (q: number): number => (ascending.length > 0 ? quantile(ascending, q) : Number.POSITIVE_INFINITY);
  const errorShare = ended === 0 ? 1 : (ended - ledger.ok) / ended;
  const reading = {
    offeredPerSecond,
    achievedPerSecond: (ledger.ok * 1000) / spanMs,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    errorShare,
    requests: response.length,
    shareAbove: response.length === 0 ? 1 : response.filter((ms) => ms >= limitMs).length / response.length,
    effectiveSamples: effectiveSamplesAbove(response, limitMs),
  };
  const overloaded = whyOverloaded();
  return {
    ...reading,
    ...(overloaded === undefined ? {} : { overloaded }),
    ...(spoiled === undefined ? {} : { spoiled }),
  };

  function whyOverloaded(): string | undefined {
    if (stopped) return `more than ${hopelessBacklog * limitMs} ms of requests were waiting`;
    if (errorShare > allowed) {
      return `${(errorShare * 100).toFixed(1)} % of the requests failed (${problems[0]?.[0] ?? ''})`;
    }
    return grows(response, limitMs) ? 'response times grew from start to end' : undefined;
  }
}

const timeoutOf = (limitMs: number): number => Math.max(2000, limitMs * 10);

async function probeAt(
  service: RunningService,
  ratePerSecond: number,
  durationMs: number,
  request: CapacityRequest,
  context: Context & { readonly seed: number },
): Promise<Reading | undefined> {
  const { clock, signal, endEarly } = context;
  const usage = watchTarget(service, clock);
  const load = startOpenLoad(
    service,
    {
      arrivals: { kind: 'poisson', ratePerSecond },
      batch: request.rows,
      durationMs,
      timeoutMs: timeoutOf(request.p95Ms),
      connections,
      checkEvery: request.checkEvery ?? 1,
      seed: context.seed,
    },
    { clock, signal: endEarly ? AbortSignal.any([signal, endEarly]) : signal },
  );
  const startMs = clock.nowMs();
  let stopped = false;
  const mostWaiting = Math.max(20, (ratePerSecond * hopelessBacklog * request.p95Ms) / 1000);
  const watch = setInterval(() => {
    const { pending } = load.recorder.ledger();
    if (pending <= mostWaiting) return;
    stopped = true;
    void load.stop();
  }, 100);
  try {
    await load.done;
  } finally {
    clearInterval(watch);
    await load.stop();
  }
  signal.throwIfAborted();
  // What was under way when it ended is missing, and that was the slow part.
  if (endEarly?.aborted) return undefined;
  const elapsedMs = clock.nowMs() - startMs;
  // The end of the last answer counts: a backlog that is worked off after the probe was not sustained.
  const spanMs = stopped ? elapsedMs : Math.max(durationMs, elapsedMs);
  const { recorder } = load;
  const state = loadState({ recorder, limitMs: request.p95Ms, inFlightMs: load.inFlightMs() });
  const probed = { recorder, problems: load.problems(), spoiled: state.state === 'valid' ? undefined : state.reason };
  return { ...read(probed, ratePerSecond, spanMs, stopped, request), usage: usage() };
}

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
      abortWhen: [{ metric: 'p50Ms', above: hopelessBacklog * limitMs, forMs: 1000 }],
    },
    { ...context, ...context.agents },
  );
  if (context.endEarly?.aborted) return undefined;
  const { recorder, problems, state, reasons, usage } = load;
  const spanMs = Math.max(
    durationMs,
    recorder.doneMs.reduce((last, ms) => Math.max(last, ms), 0) - (recorder.dueMs[0] ?? 0),
  );
  const stopped = state === 'aborted';
  const spoiled = stopped || state === 'valid' ? undefined : reasons[0];
  return { ...read({ recorder, problems, spoiled }, ratePerSecond, spanMs, stopped, request), usage };
}

async function saturate(service: RunningService, request: CapacityRequest, context: Context): Promise<ClosedLoad> {
  const { rows, concurrency, probeMs, checkEvery = 1 } = request;
  const scenario = { users: concurrency, batch: rows, checkEvery, seed: context.seed };
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
      const enoughMs = Math.min(longestProbeMs, (minRequests * 1000) / ratePerSecond);
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
  if (limitedBy !== undefined) return { outcome: 'not-measured', reason: `generator-limited: ${limitedBy}`, probes };
  if (refutedPerSecond !== undefined) return { outcome: 'at-most', refutedPerSecond, probes, saturationPerSecond };
  const reason = `no rate was decided within ${Math.round(budgetMs / 1000)} s: P95 near ${p95Ms} ms with too few requests`;
  return { outcome: 'not-measured', reason, probes };
}
