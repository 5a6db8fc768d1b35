import { InputError } from '@preopen/core';
import { expect, it } from 'vitest';
import { scalingSizes } from '../src/checks/scaling.ts';
import { fitScaling } from '../src/scaling.ts';

const line = (stocks: number): { stocks: number; peakBytes: number } => ({ stocks, peakBytes: 2e8 + 3e6 * stocks });

it('points on a line give the line, and the universe at which it meets the limit', () => {
  const fit = fitScaling([250, 500, 1000, 2000].map(line), { limitBytes: 16e9 });
  expect(fit.fixedBytes).toBeCloseTo(2e8, 0);
  expect(fit.bytesPerStock).toBeCloseTo(3e6, 3);
  expect(fit.fits.stocks).toBe(5266); // (16e9 − 2e8) ÷ 3e6
  expect(fit.isFarAway).toBe(false);
});

it('scatter widens the interval around the same universe', () => {
  const peaks = [250, 500, 1000, 2000].map((stocks, i) => ({
    stocks,
    peakBytes: line(stocks).peakBytes + (i % 2 ? 4e7 : -4e7),
  }));
  const { fits } = fitScaling(peaks, { limitBytes: 16e9 });
  expect(fits.low).toBeLessThan(fits.stocks);
  expect(fits.high).toBeGreaterThan(fits.stocks);
});

it('a bend upwards is followed, so that no universe is promised that a straight line alone would reach', () => {
  const peaks = [250, 500, 1000, 2000, 4000].map((stocks) => ({
    stocks,
    peakBytes: 2e8 + 3e5 * stocks + 20 * stocks * stocks,
  }));
  const fit = fitScaling(peaks, { limitBytes: 16e9 });
  expect(fit.bytesPerStockSquared).toBeCloseTo(20, 6);
  expect(fit.fits.stocks).toBe(21_590); // the root of 20 n² + 3e5 n + 2e8 = 16e9, rounded down
});

it('peaks of the reference pipeline, as they were measured, bend: the README’s universe is what follows from them', () => {
  const measured = { 250: 303_075_328, 500: 407_027_712, 1000: 580_767_744, 2000: 962_256_896, 4000: 1_855_774_720 };
  const peaks = Object.entries(measured).map(([stocks, peakBytes]) => ({ stocks: Number(stocks), peakBytes }));
  expect(fitScaling(peaks, { limitBytes: 16e9 }).fits).toEqual({ stocks: 21_476, low: 18_290, high: 28_890 });
});

it('scatter is not taken for a bend', () => {
  const peaks = [250, 500, 1000, 2000, 4000].map((stocks, i) => ({
    stocks,
    peakBytes: line(stocks).peakBytes * (i % 2 ? 1.02 : 0.98),
  }));
  expect(fitScaling(peaks, { limitBytes: 16e9 }).bytesPerStockSquared).toBe(0);
});

it('what neither line nor parabola describes is seen by how far the curve misses it', () => {
  const peaks = [250, 500, 1000, 2000, 4000].map((stocks) => ({ stocks, peakBytes: 1e6 * 2 ** (stocks / 250) }));
  expect(fitScaling(peaks, { limitBytes: 16e9 }).worstMiss).toBeGreaterThan(0.1);
});

it('memory that does not grow fits any universe', () => {
  const peaks = [250, 500, 1000].map((stocks) => ({ stocks, peakBytes: 3e8 }));
  expect(fitScaling(peaks, { limitBytes: 16e9 }).fits.stocks).toBe(Number.POSITIVE_INFINITY);
});

it('two sizes are refused', () => {
  expect(() => fitScaling([250, 500].map(line), { limitBytes: 16e9 })).toThrow(InputError);
});

it('sizes double from 250 to 4000 stocks, and there are four at least', () => {
  expect(scalingSizes(2000)).toEqual([250, 500, 1000, 2000, 4000]);
  expect(scalingSizes(100).length).toBeGreaterThanOrEqual(4);
  expect(scalingSizes(100).at(-1)).toBe(200);
});
