import { type Clock, InputError, type Measurement } from '@preopen/core';
import { percentileMeasurement } from './percentiles.ts';
import { isWarm } from './warm-up.ts';

/** How a function is to be measured. */
export interface FunctionScenario {
  /** Prefix of the metrics: `score` gives `score.p50`, `score.p95` and `score.p99`. */
  readonly metric: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Default 2000. */
  readonly budgetMs?: number;
  /** Calls, or groups of calls, that are measured at most. Default 10 000. */
  readonly maxSamples?: number;
}

/** Times of a function in this process. */
export interface FunctionTimes {
  readonly measurements: readonly Measurement[];
  readonly notMeasured: readonly { readonly metric: string; readonly reason: string }[];
  /** Time of one call, in the order of the calls; the mean of each group where `callsPerSample` is above 1. */
  readonly durationsMs: Float64Array;
  readonly callsPerSample: number;
}

/** Below this a single call would be lost in the clock's own cost (40 ns a reading) and step. */
const leastSampleMs = 0.02;

/**
 * Times a function in this process, one call after the other: until its times are stationary, then within the budget,
 * with the same percentiles and intervals as for services. Calls too short for the clock are timed in groups, and the
 * percentiles are those of the groups' means.
 * @param call awaited if it gives a promise
 * @throws InputError if not even one call fits into the budget
 */
export async function measureFunction(
  call: () => unknown,
  { metric, clock, signal, budgetMs = 2000, maxSamples = 10_000 }: FunctionScenario,
): Promise<FunctionTimes> {
  let callsPerSample = 1;
  const sample = async (): Promise<number> => {
    const startMs = clock.nowMs();
    for (let i = 0; i < callsPerSample; i++) {
      const result = call();
      // Awaiting what is no promise would add a turn of the microtask queue to each call.
      if (result instanceof Promise) await result;
    }
    return (clock.nowMs() - startMs) / callsPerSample;
  };
  const startMs = clock.nowMs();
  const settling: number[] = [];
  while (clock.nowMs() - startMs < budgetMs / 3) {
    signal?.throwIfAborted();
    const callMs = await sample();
    if (callMs * callsPerSample < leastSampleMs && callsPerSample < 1e6) {
      callsPerSample *= 2;
      settling.length = 0;
      continue;
    }
    settling.push(callMs);
    if (settling.length >= 200 && isWarm(settling)) break;
  }
  const durations: number[] = [];
  while (durations.length < maxSamples && clock.nowMs() - startMs < budgetMs) {
    if (durations.length % 64 === 0) {
      signal?.throwIfAborted();
      // Timers and streams of the program go on while it is measured.
      await new Promise((resolve) => setImmediate(resolve));
    }
    durations.push(await sample());
  }
  if (durations.length === 0) {
    throw new InputError(`measureFunction: no call of “${metric}” fits into ${budgetMs} ms; give a larger budgetMs.`);
  }
  const durationsMs = Float64Array.from(durations);
  const how =
    callsPerSample === 1
      ? 'one call after the other in this process'
      : `means of groups of ${callsPerSample} calls, one after the other in this process`;
  const results = [0.5, 0.95, 0.99].map((q) =>
    percentileMeasurement({
      metric: `${metric}.p${q * 100}`,
      q,
      durationsMs,
      censoredAtMs: Number.POSITIVE_INFINITY,
      look: 1,
      maxLooks: 1,
      how,
    }),
  );
  return {
    measurements: results.filter((result): result is Measurement => 'value' in result),
    notMeasured: results.filter((result): result is { metric: string; reason: string } => 'reason' in result),
    durationsMs,
    callsPerSample,
  };
}
