import { midranks } from '@preopen/core';

/** Spearman correlation over the pairs that are both finite. */
export function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const both = Array.from(a.keys()).filter((i) => Number.isFinite(a[i]) && Number.isFinite(b[i]));
  const x = midranks(both.map((i) => a[i]!)).ranks;
  const y = midranks(both.map((i) => b[i]!)).ranks;
  const mean = (both.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < both.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}
