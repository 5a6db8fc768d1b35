import { type Clock, type Exchange, quantileAtLeast, type RunningService } from '@preopen/core';
import { type ProbeLimit, timeoutOf } from './probe-reading.ts';

/** Requests that are asked one after the other: two for each of the five parts that a lower bound of the P95 takes. */
const most = 10;

/**
 * Whether requests take longer than the limit even where each has the service to itself, which no rate can better. As many are
 * sent as it takes to know: two that are quick enough end it.
 * @returns the reason in words, and the requests it took; `undefined` where the service can keep the limit
 */
export async function tooSlowAlone(
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
): Promise<{ readonly reason: string; readonly requests: number } | undefined> {
  const timesMs: number[] = [];
  const timeoutMs = timeoutOf(p95Ms);
  let quick = 0;
  while (timesMs.length < most) {
    if (endEarly?.aborted) return undefined;
    const request = service.codec.encode(service.batch(rows, seed + timesMs.length), service.model);
    const startMs = clock.nowMs();
    const exchange: Exchange = await service.send(request, { timeoutMs, signal });
    signal.throwIfAborted();
    const ms = exchange.outcome === 'ok' ? exchange.doneMs - startMs : timeoutMs;
    timesMs.push(ms);
    if (ms <= p95Ms && ++quick === 2) return undefined;
  }
  const least = quantileAtLeast(timesMs, 0.95);
  return least !== undefined && least.value > p95Ms
    ? {
        reason: `not even one request at a time is answered within ${p95Ms} ms: in each fifth of ${most}, one after the other, half took ${least.value.toFixed(1)} ms or longer`,
        requests: most,
      }
    : undefined;
}
