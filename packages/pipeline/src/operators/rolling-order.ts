import { kernels } from './kernels.ts';
import { checkWindow, minimumOf, missing, type Shape } from './shape.ts';
import { byTiles } from './tiles.ts';

/** Rank of today's value among each stock's last `window` sessions over their number, ties shared: in (0, 1]. */
export function rollingRank(a: Float64Array, shape: Shape, window: number): Float64Array {
  checkWindow('rollingRank', window);
  const out = new Float64Array(a.length);
  byTiles({ inputs: [a], outputs: [out], shape, stateRows: 0 }, ({ inputs, outputs, width }) => {
    kernels().rank(inputs[0]!, width, shape.days, window, minimumOf(window), outputs[0]!);
  });
  return out;
}

/** Quantile of each stock's last `window` sessions, linear between neighbours; half of the window and today are needed. */
export function rollingQuantile(a: Float64Array, { days, stocks }: Shape, window: number, share: number): Float64Array {
  checkWindow('rollingQuantile', window);
  if (!(share >= 0 && share <= 1)) throw new RangeError(`rollingQuantile: expected a share from 0 to 1, got ${share}`);
  const out = missing(a.length);
  const needed = minimumOf(window);
  const sorted = new Float64Array(window);
  for (let i = 0; i < stocks; i++) {
    let count = 0;
    for (let t = 0; t < days; t++) {
      // The window is kept in order: what leaves is taken out, what comes is put where it belongs.
      if (t >= window) count = takeOut(sorted, count, a[(t - window) * stocks + i]!);
      const value = a[t * stocks + i]!;
      if (Number.isNaN(value)) continue;
      let at = count++;
      while (at > 0 && sorted[at - 1]! > value) {
        sorted[at] = sorted[at - 1]!;
        at--;
      }
      sorted[at] = value;
      if (count < needed) continue;
      const position = share * (count - 1);
      const lower = Math.floor(position);
      const rest = position - lower;
      out[t * stocks + i] = rest === 0 ? sorted[lower]! : sorted[lower]! + rest * (sorted[lower + 1]! - sorted[lower]!);
    }
  }
  return out;
}

function takeOut(sorted: Float64Array, count: number, value: number): number {
  if (Number.isNaN(value)) return count;
  let at = 0;
  while (sorted[at] !== value) at++;
  sorted.copyWithin(at, at + 1, count);
  return count - 1;
}
