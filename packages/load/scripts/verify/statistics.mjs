// What the experiments reckon with: closed forms, queues in virtual time, distances between distributions.
import { createRandom, quantile, sortedCopy } from '@preopen/core';
import { arrivalTimesMs } from '@preopen/load';

export const percent = (ratio, digits = 2) => `${(ratio * 100).toFixed(digits)} %`;
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const within = (value, truth, share) => Math.abs(value / truth - 1) <= share;
export const p = (values, q) => quantile(sortedCopy(values), q);
export const gapsOf = (times) => times.slice(1).map((time, i) => time - times[i]);

/** Deviation over mean. */
export function variationOf(values) {
  const average = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - average) ** 2))) / average;
}

export function correlation(a, b) {
  const [ma, mb] = [mean(a), mean(b)];
  const cross = mean(a.map((value, i) => (value - ma) * (b[i] - mb)));
  return cross / Math.sqrt(mean(a.map((value) => (value - ma) ** 2)) * mean(b.map((value) => (value - mb) ** 2)));
}

/** Gaps against the exponential distribution: Kolmogorov–Smirnov distance. */
export function ksDistance(gaps) {
  const sorted = [...gaps].sort((a, b) => a - b);
  const average = mean(sorted);
  let most = 0;
  sorted.forEach((gap, i) => {
    const below = 1 - Math.exp(-gap / average);
    most = Math.max(most, Math.abs(below - i / sorted.length), Math.abs(below - (i + 1) / sorted.length));
  });
  return most;
}

/** Where the windows of a dispersion begin, in shares of a window. */
const offsets = Array.from({ length: 20 }, (_, i) => i / 20);

/**
 * Variance over mean of the counts in windows, and its standard error for a Poisson process. The mean over many beginnings of the
 * windows, with the least and the most of them: of one and the same process they differ by much. The error is that of one beginning,
 * which the mean's does not exceed.
 */
export function dispersionOf(times, windowMs) {
  const windows = Math.floor((times.at(-1) - times[0]) / windowMs) - 1;
  const indices = offsets.map((offset) => {
    const counts = new Float64Array(windows);
    for (const time of times) {
      const window = Math.floor((time - times[0]) / windowMs - offset);
      if (window >= 0 && window < windows) counts[window]++;
    }
    const average = mean(counts);
    return counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / (windows - 1) / average;
  });
  return {
    index: mean(indices),
    least: Math.min(...indices),
    most: Math.max(...indices),
    error: Math.sqrt(2 / (windows - 1)),
  };
}

export function* take(times, count) {
  let i = 0;
  for (const time of times) {
    if (i++ >= count) return;
    yield time;
  }
}

/** Times from arrival to end at one server that takes requests in the order in which they come. */
export function queueTimes(arrivals, serviceMs) {
  let free = 0;
  return Float64Array.from(arrivals, (due, i) => {
    free = Math.max(free, due) + serviceMs(i);
    return free - due;
  });
}

/** Response times of a single server with Poisson arrivals in virtual time, settled. */
export function simulate(ratePerSecond, serviceMs, requests, seed, settling = 2000) {
  const random = createRandom(seed, 'service');
  const arrivals = arrivalTimesMs({ kind: 'poisson', ratePerSecond }, createRandom(seed, 'arrivals'));
  return queueTimes([...take(arrivals, requests + settling)], () => serviceMs(random)).subarray(settling);
}
export const exponential = (perSecond) => (random) => (1000 * random.exponential()) / perSecond;

/** Quantile of the response time of M/M/1, in milliseconds. */
export const mm1Ms = (q, perSecond, ratePerSecond) => (-1000 * Math.log(1 - q)) / (perSecond - ratePerSecond);
/** Mean wait of M/D/1. */
export const md1WaitMs = (load, serviceMs) => (load * serviceMs) / (2 * (1 - load));
/** Mean wait of M/G/1 by the deviation of a service time over its mean. Source: Pollaczek and Khinchine, 1930 and 1932 */
export const mg1WaitMs = (load, serviceMs, variation) => md1WaitMs(load, serviceMs) * (1 + variation ** 2);
