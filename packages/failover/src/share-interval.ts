import { type Interval, proportionInterval } from '@preopen/core';

/**
 * Requests that would tell as much if none depended on the one before: failures come in stretches, and a stretch is one
 * observation more than it is many. From the correlation of neighbours, as in a chain with two states; never more than there are.
 * Source: Bayley & Hammersley, Supplement to the Journal of the Royal Statistical Society 8, 1946: (1 − ρ)/(1 + ρ) of them
 */
export function effectiveCount(flags: Uint8Array): number {
  const n = flags.length;
  let ones = 0;
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    if (!flags[i]) continue;
    ones++;
    if (i > 0 && flags[i - 1]) pairs++;
  }
  const share = ones / n;
  // All alike: neighbours tell nothing of how much they depend on each other.
  if (n < 2 || ones === 0 || ones === n) return n;
  const correlation = (pairs / (n - 1) - share * share) / (share * (1 - share));
  return Math.min(n, Math.max(1, (n * (1 - correlation)) / (1 + correlation)));
}

/**
 * Interval for the share of requests of one kind, in the order in which they were due: Wilson's, with as many requests as are
 * independent of each other. A single outage is one stretch, and says little of how much fails in another.
 * @param flags 1 for each request of that kind; at least one request
 */
export function requestShareInterval(flags: Uint8Array): Interval {
  const ones = flags.reduce((sum, flag) => sum + flag, 0);
  const n = effectiveCount(flags);
  return { ...proportionInterval((ones / flags.length) * n, n), method: 'wilson-effective' };
}

/** Requests that arrived somewhere, of those that were sent in the same time. */
export interface ArrivedOfSent {
  readonly arrived: number;
  readonly sent: number;
}

/**
 * Interval for how many times as many requests arrive for each one sent, after against before: of two Poisson counts, the share
 * of one in their sum is a proportion. Where each request brings exactly one the counts scatter less than that, and the
 * interval is wider than need be. `undefined` where nothing arrived or was sent before.
 * Source: Przyborowski & Wilenski, Biometrika 31, 1940 (the conditional test); with Wilson's interval for the proportion
 */
export function amplificationInterval(before: ArrivedOfSent, after: ArrivedOfSent): Interval | undefined {
  if (before.arrived <= 0 || before.sent <= 0 || after.sent <= 0) return undefined;
  const { low, high, confidence } = proportionInterval(after.arrived, before.arrived + after.arrived);
  const ratioOf = (share: number): number => (share / (1 - share)) * (before.sent / after.sent);
  return { low: ratioOf(low), high: ratioOf(high), confidence, method: 'wilson-rate-ratio' };
}
