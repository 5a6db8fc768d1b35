import { describe, expect, it } from 'vitest';
import { steadyState, truncationPoint } from '../src/steady-state.ts';

/** Each level `times` times, one after the other. */
const levels = (times: number, values: readonly number[]): number[] =>
  values.flatMap((value) => Array.from({ length: times }, () => value));
/** `count` numbers from `first` on, by `step`. */
const by = (count: number, first: number, step: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i * step);

describe('truncationPoint, by hand', () => {
  it('cuts nothing off what is the same all along, and a settling in of three batches of five', () => {
    expect(truncationPoint(levels(25, [2]))).toBe(0);
    expect(truncationPoint([...levels(15, [10]), ...levels(35, [1])])).toBe(15);
  });
  it('takes the cut with the smallest squares over the square of their number: one of eleven batches', () => {
    // Means 3 and then 0 1 0 1 …: 8.18 / 121 uncut, 2.5 / 100 after one batch, 2.22 / 81 after two.
    expect(truncationPoint(levels(5, [3, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]))).toBe(5);
  });
  it('believes a cut in the middle, and none beyond it: then too little is left', () => {
    const rough = [0, 100, 0, 100, 0, 100, 0];
    expect(truncationPoint(levels(5, [...rough.slice(0, 5), 1, 1, 1, 1, 1]))).toBe(25);
    expect(truncationPoint(levels(5, [...rough, 1, 1, 1, 1, 1]))).toBe(60);
  });
  it('asks for five batches of five at least', () => {
    expect(truncationPoint(levels(24, [2]))).toBe(24);
    expect(truncationPoint([])).toBe(0);
  });
  it('takes the mean of a batch, not one of its values', () => {
    // Every batch has the mean 2 but the first, although no two of its values are alike.
    expect(truncationPoint([...levels(5, [9]), ...Array.from({ length: 30 }, (_, i) => i % 5)])).toBe(5);
  });
});

describe('steadyState, by hand', () => {
  it('asks for 240 values past the settling in', () => {
    expect(steadyState(levels(239, [1]))).toEqual({
      from: 0,
      state: 'too-short',
      reason: '239 requests after settling in; 240 are needed',
    });
    expect(steadyState(levels(240, [1]))).toEqual({ from: 0, state: 'steady', reason: '' });
    expect(steadyState([...levels(25, [9]), ...levels(239, [1])])).toEqual({
      from: 25,
      state: 'too-short',
      reason: '239 requests after settling in; 240 are needed',
    });
    expect(steadyState([...levels(25, [9]), ...levels(240, [1])])).toEqual({ from: 25, state: 'steady', reason: '' });
  });
  it('calls a rise from batch to batch a drift, and tells it by the medians of the first and the last third', () => {
    // Ten values a batch, in an order of their own: medians 5.5, 15.5 …; the fifth of eight is 45.5 early and 205.5 late.
    const order = [5, 6, 7, 8, 9, 10, 1, 2, 3, 4];
    const rising = by(24, 0, 10).flatMap((start) => order.map((value) => start + value));
    expect(steadyState(rising)).toEqual({
      from: 0,
      state: 'drift',
      reason: 'response times moved by +352 % from the first third of the run to the last',
    });
    // The other way round: the fifth smallest of the first eight is 205.5, of the last eight 45.5.
    expect(steadyState(rising.toReversed()).reason).toBe(
      'response times moved by -78 % from the first third of the run to the last',
    );
  });
  it('calls one step a shift, also where it looks like a trend', () => {
    // Twelve low, twelve high, each rising a little: no other split tells them apart better.
    expect(steadyState(levels(10, [...by(12, 20, 0.1), ...by(12, 30, -0.1)]))).toMatchObject({ state: 'shift' });
  });
  it.each([
    // Falling within each part, so that there is no trend over all: 6 at 20, then 18 from 95 down to 35.5.
    ['+238 %', '25 %', [...by(6, 20, -0.1), ...by(18, 95, -3.5)]],
    ['+50 %', '50 %', [...by(12, 20.5, -0.1), ...by(12, 30.5, -0.1)]],
    ['+50 %', '75 %', [...by(18, 20.8, -0.1), ...by(6, 30.2, -0.1)]],
    ['-33 %', '75 %', [...by(18, 29.1, 0.1), ...by(6, 19.7, 0.1)]],
    // The quarter and three quarters tell the same, 6 of 24 below or above all others: the first of them is told.
    ['+101 %', '25 %', [...by(6, 20, -0.1), ...by(12, 40, -0.1), ...by(6, 60, -0.1)]],
    // The medians of the halves are 2 both times, although five of the one are lower and five of the other higher.
    ['0 %', '50 %', [...levels(7, [2]), ...levels(5, [1]), ...levels(5, [3]), ...levels(7, [2])]],
  ])('tells a shift of %s at %s of the run', (size, at, medians) => {
    expect(steadyState(levels(10, medians))).toEqual({
      from: 0,
      state: 'shift',
      reason: `response times moved by ${size} at ${at} of the run`,
    });
  });
  it('asks more of a shift for having looked at three splits', () => {
    // The halves differ with p = 0.0083 (exact Mann–Whitney), which is 0.025 as the best of three; the trend has p = 0.04.
    const medians = [
      ...[24, 30, 39, 35, 23, 27, 33, 22, 21, 32, 25, 34],
      ...[28, 42, 31, 36, 38, 43, 44, 41, 40, 26, 29, 37],
    ];
    expect(steadyState(levels(10, medians))).toEqual({ from: 0, state: 'steady', reason: '' });
  });
});
