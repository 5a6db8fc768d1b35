import type { CheckContext, RunningService } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { type AgentsWanted, runLoadOnAgents } from './agents/coordinator.ts';
import type { RateVerdict } from './capacity-search.ts';
import { type LaneOutcome, type LaneThreads, startOnLanes } from './lanes.ts';
import { loadState } from './load-state.ts';
import { type OpenLoadScenario, startOpenLoad } from './open-load.ts';
import type { PacerKind } from './pacer.ts';
import { mostWaiting, type Probed, type ProbeLimit, type ProbeReading, readProbe, timeoutOf } from './probe-reading.ts';
import { type TargetUsage, watchTarget } from './target-usage.ts';

/** How a rate is tried. */
export interface ProbeRequest extends ProbeLimit {
  /** Rows of each request. */
  readonly rows: number;
  /** One answer in so many is read whole. Default 1: all. */
  readonly checkEvery?: number;
  readonly protocol?: 'h1' | 'h2';
  readonly pacer?: PacerKind;
}

/** One rate that was tried. */
export interface Probe extends ProbeReading {
  readonly usage: TargetUsage | undefined;
  readonly verdict: RateVerdict;
}

/** What a probe needs beside its request. */
export type ProbeContext = Pick<CheckContext, 'clock' | 'signal' | 'emit' | 'seed' | 'claimProcesses'> & {
  /** Ends the search; what was found until then is reported, where `signal` throws it away. */
  readonly endEarly?: AbortSignal;
  /** Machines that send the probes; without them this process does. */
  readonly agents?: AgentsWanted;
  /** Threads that are there; without them this one sends. */
  readonly threads: LaneThreads | undefined;
};

type Reading = Omit<Probe, 'verdict'>;

const connections = 256;

/** Sends a probe's load from the threads that are there, or from this one; `endEarly` ends it with what there is. */
async function send(
  service: RunningService,
  scenario: OpenLoadScenario,
  { clock, signal, endEarly, threads }: ProbeContext,
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

/** Until when requests of a probe ended, from the first one that was due. */
function spanOf({ dueMs, doneMs }: LatencyRecorder): number {
  return doneMs.reduce((last, ms) => Math.max(last, ms), 0) - (dueMs[0] ?? 0);
}

async function probeAt(
  service: RunningService,
  ratePerSecond: number,
  durationMs: number,
  request: ProbeRequest,
  context: ProbeContext,
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
  const state = loadState({ recorder, limitMs, busyShare, inFlightMs, problems });
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
  return { ...readProbe(probed, ratePerSecond, request), usage: usage() };
}

async function probeByAgents(
  service: RunningService,
  ratePerSecond: number,
  durationMs: number,
  request: ProbeRequest,
  context: ProbeContext & { readonly agents: AgentsWanted },
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
  return { ...readProbe(probed, ratePerSecond, request), usage };
}

/** Tries one rate, from this process or from agents; `undefined` where it was ended before its end. */
export function tryRate(
  service: RunningService,
  ratePerSecond: number,
  durationMs: number,
  request: ProbeRequest,
  context: ProbeContext,
): Promise<Reading | undefined> {
  const { agents } = context;
  return agents === undefined
    ? probeAt(service, ratePerSecond, durationMs, request, context)
    : probeByAgents(service, ratePerSecond, durationMs, request, { ...context, agents });
}
