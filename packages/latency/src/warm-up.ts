import {
  type CheckContext,
  type EncodedRequest,
  type Exchange,
  mannWhitneyU,
  type RunningService,
} from '@preopen/core';

/** Requests that are compared with as many before them. */
const window = 20;

/**
 * Whether service times have stopped falling: the last 20 are not significantly (1 %) below the 20 before them, or their
 * median differs by less than 10 %. A fixed count would be too few for a cold model and too many for a warm one.
 */
export function isWarm(serviceMs: readonly number[]): boolean {
  if (serviceMs.length < 2 * window) return false;
  const last = serviceMs.slice(-window);
  const before = serviceMs.slice(-2 * window, -window);
  const falling = mannWhitneyU(last, before);
  if (falling.effect < 0 && falling.p < 0.01) return median(before) - median(last) < 0.1 * median(last);
  return true;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** What the warm-up came to. */
export interface WarmUp {
  /** Median service time of the last requests; `NaN` if none was answered. */
  readonly serviceMs: number;
  /** Whether the times had stopped falling when it ended. */
  readonly warm: boolean;
  /** What most requests failed of; `undefined` if most were answered. */
  readonly failed: string | undefined;
  readonly exchanges: readonly Exchange[];
}

/** Connections, caches and compilers settle in phases: what looks stationary sooner need not be. */
const leastMs = 300;
const mostMs = 10_000;
/** Failures after which there is nothing to warm. */
const mostFailures = 5;

/**
 * Sends one request after the other until service times are stationary, for a quarter of the budget at most.
 * @param mostRequests ends it sooner, where requests are what must be saved
 */
export async function warmUp(
  service: RunningService,
  requests: readonly EncodedRequest[],
  timeoutMs: number,
  { clock, signal, budgetMs, emit }: Pick<CheckContext, 'clock' | 'signal' | 'budgetMs' | 'emit'>,
  mostRequests: number = Number.POSITIVE_INFINITY,
): Promise<WarmUp> {
  emit({ type: 'progress', message: 'warming up until service times are stationary' });
  const times: number[] = [];
  const exchanges: Exchange[] = [];
  let failures = 0;
  let problem = 'no answer';
  const startMs = clock.nowMs();
  const endMs = startMs + Math.min(mostMs, budgetMs / 4);
  let warm = false;
  for (let i = 0; ; i++) {
    signal.throwIfAborted();
    const exchange = await service.send(requests[i % requests.length]!, { timeoutMs, signal });
    signal.throwIfAborted();
    exchanges.push(exchange);
    if (exchange.outcome === 'ok') times.push(exchange.doneMs - exchange.sentMs);
    else {
      failures++;
      problem = `${exchange.outcome}${exchange.problem ? `: ${exchange.problem}` : ''}`;
    }
    if (failures >= mostFailures && failures > times.length) break;
    const nowMs = clock.nowMs();
    warm = nowMs - startMs > leastMs && isWarm(times);
    if (warm || nowMs >= endMs || exchanges.length >= mostRequests) break;
  }
  return {
    serviceMs: median(times.slice(-window)),
    warm,
    failed: failures > times.length ? problem : undefined,
    exchanges,
  };
}
