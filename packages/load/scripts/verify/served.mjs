// What the planted queue tells of itself, laid over the requests of a load: the truth of V3, V4 and V5.
import { createRandom, quantile, sortedCopy } from '@preopen/core';
import { arrivalTimesMs } from '@preopen/load';
import { md1WaitMs, mean, queueTimes, simulate } from './statistics.mjs';

/** Requests that others waited for, or that found nobody before them, by more than this: no doubt on either side. */
const clearMs = 0.3;

/**
 * The service's own log of the requests of loads, one after the other as they were sent.
 * @param log of the planted queue: what it drew for each request, and when it was busy with it, by the monotonic clock
 */
export function servedInTurn({ drawn, from, to }, { clock }) {
  const offsetMs = clock.nowMs() - Number(process.hrtime.bigint()) / 1e6;
  let next = 0;
  return {
    /** All of a load's requests that reached the service. */
    of({ recorder, ledger }) {
      const [first, end] = [next, next + ledger.scheduled - ledger.aborted];
      next = end;
      const fromMs = from.slice(first, end).map((ms) => ms + offsetMs);
      const toMs = to.slice(first, end).map((ms) => ms + offsetMs);
      return servedOf(recorder, fromMs, toMs, drawn.slice(first, end));
    },
    get areAllTaken() {
      return next === drawn.length;
    },
  };
}

function servedOf({ dueMs, doneMs }, fromMs, toMs, drawn) {
  const busyMs = toMs.map((ms, i) => ms - fromMs[i]);
  const numbers = fromMs.map((_ms, i) => i).slice(1);
  const queued = numbers.filter((i) => dueMs[i] + clearMs < toMs[i - 1]);
  const alone = numbers.filter((i) => dueMs[i] > toMs[i - 1] + clearMs);
  return {
    busyMs,
    /** Before each request that had long been waiting: how long the service did not come to it though it was free. */
    gapsMs: fromMs.map((ms, i) => (i > 0 && dueMs[i] + clearMs < toMs[i - 1] ? ms - toMs[i - 1] : undefined)),
    /** Between two requests of which the second has long been waiting: it belongs to what a request takes the service. */
    gapMs: mean(queued.map((i) => fromMs[i] - toMs[i - 1])),
    /** From when a request is due until an idle service begins with it, and from its end until the client has it. */
    reachMs: mean(alone.map((i) => fromMs[i] - dueMs[i])),
    backMs: mean(alone.map((i) => doneMs[i] - toMs[i])),
    /** Requests whose answer was there before the service was through with it: another's, for it was not served in its turn. */
    outOfTurn: numbers.filter((i) => fromMs[i] < dueMs[i] || doneMs[i] < fromMs[i] + drawn[i]).length,
  };
}

/** What requests due then take in a queue that is busy with each for as long as the service says of itself. */
export function trueResponseMs(dueMs, { busyMs, gapsMs, gapMs, reachMs, backMs }) {
  let free = Number.NEGATIVE_INFINITY;
  return Float64Array.from(busyMs, (ms, i) => {
    free = Math.max(dueMs[i] + reachMs, free + (gapsMs[i] ?? gapMs)) + ms;
    return free - dueMs[i] + backMs;
  });
}

/**
 * A seed whose arrivals wait in a queue in virtual time what the closed form of M/D/1 says, to half a per cent. Of half a minute
 * of arrivals chance alone moves the mean wait by more than the mark.
 */
export function typicalSeed(ratePerSecond, durationMs, serviceMs) {
  for (let seed = 1; ; seed++) {
    const dueMs = [];
    for (const ms of arrivalTimesMs({ kind: 'poisson', ratePerSecond }, createRandom(seed, 'load/arrivals'))) {
      if (ms >= durationMs) break;
      dueMs.push(ms);
    }
    const load = (serviceMs * dueMs.length) / durationMs;
    const waitMs = mean(queueTimes(dueMs, () => serviceMs)) - serviceMs;
    if (Math.abs(waitMs / md1WaitMs(load, serviceMs) - 1) < 0.005) return seed;
  }
}

/**
 * The rate at which the P95 of a queue reaches a limit, whose service times are drawn from those that the service says it took: in
 * virtual time, to a few thousandths. The closed form of M/M/1 is for exponential times alone; what a service of sockets adds to
 * them is constant, and with the same mean the queue is then shorter.
 * @param serviceMs what requests took the service, from one to the next
 */
export function trueCapacity(serviceMs, limitMs) {
  const p95At = (ratePerSecond) => {
    const random = createRandom(1, 'capacity');
    const draw = () => serviceMs[Math.floor(random.uniform() * serviceMs.length)];
    return quantile(sortedCopy(simulate(ratePerSecond, draw, 1_000_000, 1)), 0.95);
  };
  let [low, high] = [0, 1000 / mean(serviceMs)];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (p95At(middle) < limitMs) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
