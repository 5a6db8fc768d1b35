import { type Clock, InputError, type RunningService } from '@preopen/core';
import type { LatencyRecorder, Ledger } from '@preopen/latency';
import { type ClosedLoadScenario, startClosedLane } from './closed-lane.ts';
import { canUseLanes, type LaneThreads, openLanes, startOnLanes } from './lanes.ts';
import { payloadsOf } from './payloads.ts';

/** What closed-loop load came to. */
export interface ClosedLoad {
  readonly recorder: LatencyRecorder;
  readonly ledger: Ledger;
  /** From the start to the last answer. */
  readonly elapsedMs: number;
  readonly completedPerSecond: number;
  /** Predictions in right answers, per second. */
  readonly predictionsPerSecond: number;
  readonly inFlightMs: number;
  readonly problems: readonly (readonly [message: string, count: number])[];
  /** Threads that sent; 0 is the caller's. */
  readonly lanes: number;
  /** Highest share of the time in which a thread that sends was busy: near 1 the rate is the generator's own. */
  readonly utilisation: number;
}

/** Runs it in this thread. */
function startHere(
  service: Pick<RunningService, 'url' | 'codec' | 'batch' | 'model'>,
  scenario: ClosedLoadScenario,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): {
  done: Promise<Omit<ClosedLoad, 'elapsedMs' | 'completedPerSecond' | 'predictionsPerSecond'> & Timed>;
  stop(): void;
} {
  const payloads = payloadsOf(service, scenario);
  const load = startClosedLane(service, payloads, { ...scenario, lane: 0, lanes: 1 }, context);
  return {
    stop: () => void load.stop(),
    done: load.done.then((ledger) => ({
      recorder: load.recorder,
      ledger,
      problems: load.problems(),
      inFlightMs: load.inFlightMs(),
      lanes: 0,
      utilisation: load.utilisation(),
      startMs: load.startMs,
      rowsOfPayload: payloads.requests.map(({ predictions }) => predictions),
    })),
  };
}

interface Timed {
  readonly startMs: number;
  readonly rowsOfPayload: readonly number[];
}

/** Runs it in threads: those given, or some of its own. */
function startInLanes(
  service: RunningService,
  { lanes = 1, ...scenario }: ClosedLoadScenario,
  context: { readonly clock: Clock; readonly signal: AbortSignal; readonly threads?: LaneThreads | undefined },
): ReturnType<typeof startHere> {
  const threads = context.threads ?? openLanes(Math.min(lanes, scenario.users));
  const load = startOnLanes(
    threads,
    service,
    { kind: 'closed', ...scenario },
    { ...context, onProgress: () => undefined },
  );
  return {
    stop: load.stop,
    done: load.done
      .then((outcome) => ({ ...outcome, ledger: outcome.recorder.ledger(), lanes: threads.count }))
      .finally(() => {
        if (threads !== context.threads) threads.close();
      }),
  };
}

/**
 * Closed-loop load, from threads of its own where the service's codec can be used in one. Its response times hide what an
 * open loop would show (a slow answer holds back the next question): use it for “so many users” and for the rate at
 * saturation, not for latency limits.
 */
export async function runClosedLoad(
  service: RunningService,
  scenario: ClosedLoadScenario,
  context: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** Ends the load before its time; what was measured until then is reported. */
    readonly endEarly?: AbortSignal;
    /** Threads that are there already; they stay open. */
    readonly threads?: LaneThreads | undefined;
  },
): Promise<ClosedLoad> {
  const { signal, endEarly } = context;
  if (!Number.isSafeInteger(scenario.users) || scenario.users < 1)
    throw new InputError(`users: expected a positive whole number, got ${scenario.users}.`);
  const isHere = scenario.lanes === 0 || !canUseLanes(service);
  const load = isHere ? startHere(service, scenario, context) : startInLanes(service, scenario, context);
  if (endEarly?.aborted) load.stop();
  else endEarly?.addEventListener('abort', load.stop, { once: true });
  try {
    const { startMs, rowsOfPayload, recorder, ledger, problems, inFlightMs, lanes, utilisation } = await load.done;
    signal.throwIfAborted();
    let predictions = 0;
    let lastMs = Math.max(startMs + 1, recorder.beyond?.lastDoneMs ?? 0);
    recorder.beyond?.okOfPayload.forEach((count, payload) => {
      predictions += count * rowsOfPayload[payload]!;
    });
    for (let slot = 0; slot < recorder.count; slot++) {
      if (recorder.outcomeOf(slot) === 'ok') predictions += rowsOfPayload[recorder.payload[slot]!]!;
      lastMs = Math.max(lastMs, recorder.doneMs[slot]!);
    }
    const elapsedMs = lastMs - startMs;
    return {
      recorder,
      ledger,
      problems,
      inFlightMs,
      lanes,
      utilisation,
      elapsedMs,
      completedPerSecond: (ledger.ok * 1000) / elapsedMs,
      predictionsPerSecond: (predictions * 1000) / elapsedMs,
    };
  } finally {
    endEarly?.removeEventListener('abort', load.stop);
  }
}
