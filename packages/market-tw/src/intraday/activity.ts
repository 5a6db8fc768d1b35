/**
 * How busy the market is in the course of continuous trading: points of (share of the session that has passed, trades per
 * moment), straight lines between them. High after the open, low before noon, rising to the close.
 */
export type ActivityProfile = readonly (readonly [elapsed: number, intensity: number])[];

/**
 * The U of Taiwan's day. Its shape is general knowledge of that market (no intraday counts were at hand to fit it to);
 * give a profile of your own where that matters.
 */
export const usualActivity: ActivityProfile = [
  [0, 3.4],
  [0.02, 2.7],
  [0.06, 1.9],
  [0.12, 1.4],
  [0.25, 1],
  [0.45, 0.75],
  [0.7, 0.65],
  [0.85, 0.85],
  [0.95, 1.3],
  [1, 1.9],
];

/** Share of the day's trades done by each boundary of `slices` equal stretches: from 0 to 1, `slices + 1` values. */
export function cumulativeActivity(profile: ActivityProfile, slices: number): Float64Array {
  const shares = new Float64Array(slices + 1);
  for (let slice = 0; slice < slices; slice++) {
    // The middle of a slice stands for it; sums alone, so that every machine has the same bits.
    shares[slice + 1] = shares[slice]! + intensityAt(profile, (slice + 0.5) / slices);
  }
  const all = shares[slices]!;
  for (let slice = 1; slice < slices; slice++) shares[slice]! /= all;
  shares[slices] = 1;
  return shares;
}

function intensityAt(profile: ActivityProfile, elapsed: number): number {
  const next = profile.findIndex(([at]) => at >= elapsed);
  if (next <= 0) return profile[Math.max(0, next)]![1];
  const [fromAt, from] = profile[next - 1]!;
  const [toAt, to] = profile[next]!;
  return from + ((to - from) * (elapsed - fromAt)) / (toAt - fromAt);
}
