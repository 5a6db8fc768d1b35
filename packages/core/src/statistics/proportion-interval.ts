import type { Interval } from '../measurement.ts';
import { normalQuantile } from './distributions.ts';

/**
 * Interval for a share of independent trials (Wilson's score interval).
 * Source: Brown, Cai & DasGupta, Statistical Science 16(2), 2001
 * @throws RangeError if there were no trials
 */
export function proportionInterval(successes: number, n: number, confidence = 0.95): Interval {
  if (n <= 0 || successes < 0 || successes > n) throw new RangeError(`${successes} of ${n} is no share`);
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / scale;
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
    confidence,
    method: 'wilson',
  };
}
