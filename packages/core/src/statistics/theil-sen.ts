import { normalQuantile } from './distributions.ts';
import { kendallVariance } from './mann-kendall.ts';
import { midranks } from './midranks.ts';

/** More points than this would make millions of slopes: some hundred megabytes. */
const maxPoints = 4000;

function medianOf(ascending: Float64Array): number {
  const middle = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
}

/** Slopes of all pairs with different x, ascending. */
function pairSlopes(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  const n = x.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let j = 1; j < n; j++) {
    for (let i = 0; i < j; i++) {
      if (x[j] !== x[i]) slopes[count++] = (y[j]! - y[i]!) / (x[j]! - x[i]!);
    }
  }
  return slopes.subarray(0, count).sort();
}

/**
 * Theil–Sen line: the median of the slopes of all pairs, with Sen's interval; the intercept is the median of what is
 * left. Up to 29 % of wild points do not move it far. An end that the sample is too small for is infinite.
 * Source: Sen, Journal of the American Statistical Association 63, 1968
 * @param x pairs of points with equal x are left out
 * @param y same length, 2 to 4000 points; thin longer series first
 * @throws RangeError for other lengths, or if all x are equal
 */
export function theilSen(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { confidence = 0.95 }: { confidence?: number } = {},
): { slope: number; intercept: number; low: number; high: number } {
  const n = x.length;
  if (n !== y.length || n < 2 || n > maxPoints) {
    throw new RangeError(`a slope needs 2 to ${maxPoints} points with x and y, got ${n} and ${y.length}`);
  }
  const slopes = pairSlopes(x, y);
  const count = slopes.length;
  if (count === 0) throw new RangeError('a slope needs two different x, all are equal');
  const slope = medianOf(slopes);
  const residuals = Float64Array.from({ length: n }, (_, i) => y[i]! - slope * x[i]!).sort();
  const variance = kendallVariance(n, [...midranks(x).ties, ...midranks(y).ties]);
  const reach = normalQuantile(1 - (1 - confidence) / 2) * Math.sqrt(Math.max(0, variance));
  // Ranks from 1 are (count − reach) / 2 and (count + reach) / 2 + 1; rounded outwards.
  const low = Math.floor((count - reach) / 2) - 1;
  const high = Math.ceil((count + reach) / 2);
  return {
    slope,
    intercept: medianOf(residuals),
    low: low < 0 ? Number.NEGATIVE_INFINITY : slopes[low]!,
    high: high >= count ? Number.POSITIVE_INFINITY : slopes[high]!,
  };
}
