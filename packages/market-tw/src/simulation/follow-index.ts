/**
 * Finds the market factor's return that makes the index move as wanted. The index rises with it, in steps as prices have
 * ticks, so that the answer is the best within the steps.
 * @param indexReturn what the index makes of a return of the market factor; never falls as it rises
 * @returns the market factor’s log return; the end of the range where limits keep the index from what is wanted
 */
export function marketReturnFor(wanted: number, indexReturn: (marketReturn: number) => number): number {
  let low = -0.45;
  let high = 0.45;
  let atLow = indexReturn(low) - wanted;
  let atHigh = indexReturn(high) - wanted;
  if (atLow >= 0) return low;
  if (atHigh <= 0) return high;
  let best = 0;
  let leastError = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 40; step++) {
    // The secant is fast where the index follows smoothly, halving is sure where limits bend it.
    const share = step % 3 === 2 ? 0.5 : Math.min(0.95, Math.max(0.05, atLow / (atLow - atHigh)));
    const middle = low + share * (high - low);
    const error = indexReturn(middle) - wanted;
    if (Math.abs(error) < leastError) {
      leastError = Math.abs(error);
      best = middle;
    }
    if (leastError < 1e-5 || high - low < 1e-9) break;
    if (error < 0) {
      low = middle;
      atLow = error;
    } else {
      high = middle;
      atHigh = error;
    }
  }
  return best;
}
