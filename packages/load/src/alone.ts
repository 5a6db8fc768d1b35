import { type Clock, type Exchange, quantileAtLeast, type RunningService } from '@preopen/core';
import { type ProbeLimit, timeoutOf } from './probe-reading.ts';
import { Problems, problemsInWords } from './problems.ts';

/** Requests that are asked one after the other: two for each of the five parts that a lower bound of the P95 takes. */
const most = 10;

/** Why no rate can keep a limit: requests that have the service to themselves are too slow for it, or most of them fail. */
export interface HopelessAlone {
  readonly is: 'too-slow' | 'failing';
  readonly reason: string;
  /** That it took to know. */
  readonly requests: number;
}

/**
 * Whether requests take longer than the limit, or fail, even where each has the service to itself, which no rate can better. As
 * many are sent as it takes to know: two that are quick enough end it. One that has no answer in time is slow; any other failure
 * has no time, and where most fail nothing is said of how long they take.
 * @returns `undefined` where the service can keep the limit
 */
export async function hopelessAlone(
  service: Pick<RunningService, 'codec' | 'batch' | 'model' | 'send'>,
  { rows, p95Ms }: ProbeLimit & { readonly rows: number },
  {
    clock,
    signal,
    seed,
    endEarly,
  }: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly seed: number;
    readonly endEarly?: AbortSignal;
  },
): Promise<HopelessAlone | undefined> {
  const timesMs: number[] = [];
  const timeoutMs = timeoutOf(p95Ms);
  const problems = new Problems();
  let [quick, failed] = [0, 0];
  while (timesMs.length < most) {
    if (endEarly?.aborted) return undefined;
    const request = service.codec.encode(service.batch(rows, seed + timesMs.length), service.model);
    const startMs = clock.nowMs();
    const exchange: Exchange = await service.send(request, { timeoutMs, signal });
    signal.throwIfAborted();
    if (exchange.outcome !== 'ok' && exchange.outcome !== 'timeout') {
      problems.add(exchange.outcome, exchange.problem);
      failed++;
    }
    const ms = exchange.outcome === 'ok' ? exchange.doneMs - startMs : timeoutMs;
    timesMs.push(ms);
    if (ms <= p95Ms && ++quick === 2) return undefined;
    if (failed > most / 2) {
      const reason = `${failed} of ${timesMs.length} requests, one at a time, failed${problemsInWords(problems.top())}`;
      return { is: 'failing', reason, requests: timesMs.length };
    }
  }
  const least = quantileAtLeast(timesMs, 0.95);
  return least !== undefined && least.value > p95Ms
    ? {
        is: 'too-slow',
        reason: `not even one request at a time is answered within ${p95Ms} ms: in each fifth of ${most}, one after the other, half took ${least.value.toFixed(1)} ms or longer`,
        requests: most,
      }
    : undefined;
}
