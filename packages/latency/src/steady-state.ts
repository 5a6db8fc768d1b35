import { mannKendall, mannWhitneyU } from '@preopen/core';

/** What a stretch of measurements is: a settling part at most, then a steady one, or none. */
export interface SteadyState {
  /** Values from here on are past the settling in. */
  readonly from: number;
  readonly state: 'steady' | 'drift' | 'shift' | 'too-short';
  /** For people; empty where it is steady. */
  readonly reason: string;
}

/** Values per batch of the truncation rule. Source: White, Cobb & Spratt, Winter Simulation Conference, 2000 */
const mserBatch = 5;

/**
 * Where the settling in ends, by MSER-5: the cut that leaves the smallest standard error of the mean of what remains. A
 * cut in the second half means that there is too little left to say so.
 * Source: White, Simulation 69(6), 1997
 * @returns number of values to leave out; `values.length` if there is no such place in the first half
 */
export function truncationPoint(values: ArrayLike<number>): number {
  const batches = Math.floor(values.length / mserBatch);
  const means = new Float64Array(batches);
  for (let batch = 0; batch < batches; batch++) {
    for (let i = 0; i < mserBatch; i++) means[batch]! += values[batch * mserBatch + i]! / mserBatch;
  }
  let best = Number.POSITIVE_INFINITY;
  let cut = batches;
  let count = 0;
  let mean = 0;
  let squares = 0;
  // From the end, so that each batch is taken in once; the last few would be steady by being few.
  for (let batch = batches - 1; batch >= 0; batch--) {
    count++;
    const distance = means[batch]! - mean;
    mean += distance / count;
    squares += distance * (means[batch]! - mean);
    if (count < 5) continue;
    const criterion = squares / count ** 2;
    if (criterion <= best) {
      best = criterion;
      cut = batch;
    }
  }
  return cut > batches / 2 ? values.length : cut * mserBatch;
}

/** Batches for the tests: few enough that each holds several busy periods of a queue. */
const testBatches = 24;

function batchMedians(values: ArrayLike<number>, from: number): Float64Array {
  const length = Math.floor((values.length - from) / testBatches);
  return Float64Array.from({ length: testBatches }, (_, batch) => {
    const start = from + batch * length;
    const sorted = Float64Array.from({ length }, (_, i) => values[start + i]!).sort();
    return (sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2;
  });
}

/**
 * Whether response times are steady after a settling-in part: no trend (Mann–Kendall) and no shift of level between an
 * earlier and a later part (Mann–Whitney) among the medians of 24 batches, each at 1 %.
 * @param values in the order of their intended start, at least 240 past the settling in
 */
export function steadyState(values: ArrayLike<number>): SteadyState {
  const cut = truncationPoint(values);
  // A cut in the second half is a run that changed in the middle: the tests below say how.
  const from = cut === values.length ? 0 : cut;
  if (values.length - from < testBatches * 10) {
    const reason = `${values.length - from} requests after settling in; ${testBatches * 10} are needed`;
    return { from, state: 'too-short', reason };
  }
  const medians = batchMedians(values, from);
  const shift = biggestShift(medians);
  const trend = mannKendall(medians);
  const size = (ratio: number): string => `${ratio > 0 ? '+' : ''}${(ratio * 100).toFixed(0)} %`;
  if (trend.p < 0.01) {
    const third = testBatches / 3;
    const early = middle(medians.slice(0, third));
    const late = middle(medians.slice(-third));
    return {
      from,
      state: shift.p < trend.p ? 'shift' : 'drift',
      reason: `response times moved by ${size(late / early - 1)} from the first third of the run to the last`,
    };
  }
  return shift.p < 0.01
    ? {
        from,
        state: 'shift',
        reason: `response times moved by ${size(shift.ratio - 1)} at ${size(shift.at).slice(1)} of the run`,
      }
    : { from, state: 'steady', reason: '' };
}

function middle(values: Float64Array): number {
  return values.toSorted()[values.length >> 1]!;
}

/** The most telling split of the medians, with its probability corrected for the number of splits tried. */
function biggestShift(medians: Float64Array): { p: number; ratio: number; at: number } {
  let found = { p: 1, ratio: 1, at: 0 };
  const splits = [0.25, 0.5, 0.75];
  for (const at of splits) {
    const before = medians.slice(0, Math.round(at * medians.length));
    const after = medians.slice(before.length);
    const p = mannWhitneyU(after, before).p * splits.length;
    if (p < found.p) found = { p, ratio: middle(after) / middle(before), at };
  }
  return found;
}
