import { midranks } from './midranks.ts';

/**
 * Spearman's correlation over the pairs that are both finite, midranks for ties.
 * @param least fewer pairs than this say nothing. Default 2
 * @returns `NaN` with fewer pairs, or where one side is all ties
 * Source: Spearman, American Journal of Psychology 15(1), 1904
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, least = 2): number {
  const both = Array.from({ length: a.length }, (_, i) => i).filter(
    (i) => Number.isFinite(a[i]) && Number.isFinite(b[i]),
  );
  if (both.length < least) return Number.NaN;
  const x = midranks(both.map((i) => a[i]!)).ranks;
  const y = midranks(both.map((i) => b[i]!)).ranks;
  const mean = (both.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < both.length; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}
