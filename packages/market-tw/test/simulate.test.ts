import { createRandom, rankCorrelation, stationaryBootstrapInterval } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { forwardReturns } from '../src/panel.ts';
import { priceLimits, roundToTick } from '../src/price-rules.ts';
import { simulateMarket } from '../src/simulate.ts';
import { namedWeights, type SimulatedStock, simulateUniverse } from '../src/universe.ts';

const market = simulateMarket({ stocks: 200, days: 120, seed: 7 });
const { panel, oracle } = market;
const n = panel.stocks.length;

describe('simulateMarket', () => {
  it('is the same for the same request and another for another seed', () => {
    const again = simulateMarket({ stocks: 200, days: 120, seed: 7 });
    expect(again.panel.fields.close).toEqual(panel.fields.close);
    expect(again.oracle).toEqual(oracle);
    expect(simulateMarket({ stocks: 200, days: 120, seed: 8 }).panel.fields.close).not.toEqual(panel.fields.close);
  });

  it('keeps every price on its tick and within the limits of its day', () => {
    const { open, high, low, close, reference } = panel.fields;
    const faults: string[] = [];
    for (let at = 0; at < close.length; at++) {
      if (Number.isNaN(close[at]!)) continue;
      const date = panel.dates[Math.floor(at / n)]!;
      const listedOn = panel.stocks[at % n]!.listed || undefined;
      const limits = priceLimits({ reference: reference[at]!, date, listedOn });
      const { down, up } = limits ?? { down: 0.01, up: Number.POSITIVE_INFINITY };
      const isInside = low[at]! >= down && high[at]! <= up;
      const isBar = low[at]! <= Math.min(open[at]!, close[at]!) && high[at]! >= Math.max(open[at]!, close[at]!);
      const isOnTick = [open, high, low, close].every(
        (column) => roundToTick({ price: column[at]!, date }) === column[at],
      );
      if (!isInside || !isBar || !isOnTick) faults.push(`${panel.stocks[at % n]!.code} on ${date}`);
    }
    expect(faults).toEqual([]);
  });

  it('has holes: halts, listings and delistings, and a reference that differs from the last close on ex-days only', () => {
    const missing = panel.fields.close.filter(Number.isNaN).length / panel.fields.close.length;
    expect(missing).toBeGreaterThan(0.0005);
    expect(missing).toBeLessThan(0.05);
    expect(panel.stocks.some((stock) => stock.listed !== '')).toBe(true);
    let exDays = 0;
    for (let at = n; at < panel.fields.close.length; at++) {
      const before = panel.fields.close[at - n]!;
      const reference = panel.fields.reference[at]!;
      if (!Number.isNaN(before) && !Number.isNaN(reference) && before !== reference) {
        exDays++;
        // A dividend of less than half a hundredth leaves no trace.
        expect(reference).toBeLessThan(before);
        expect(panel.fields.adjustedFactor[at]!).toBeGreaterThan(panel.fields.adjustedFactor[at - n]!);
      }
    }
    expect(exDays).toBeGreaterThan(0);
  });

  it('plants a signal of the stated strength: the oracle’s rank IC is that, and nothing five days on', () => {
    const wide = simulateMarket({ stocks: 1000, days: 121, seed: 5, signalStrength: 0.15 });
    const m = wide.panel.stocks.length;
    const next = forwardReturns(wide.panel, 1);
    const day = (column: Float64Array, t: number): Float64Array => column.subarray(t * m, (t + 1) * m);
    const ics = Float64Array.from({ length: 115 }, (_, t) => rankCorrelation(day(wide.oracle, t), day(next, t)));
    const late = Float64Array.from({ length: 115 }, (_, t) => rankCorrelation(day(wide.oracle, t + 5), day(next, t)));
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const interval = stationaryBootstrapInterval(ics, mean, { random: createRandom(1), confidence: 0.99 });
    expect(interval.low).toBeLessThan(0.15);
    expect(interval.high).toBeGreaterThan(0.15);
    expect(interval.high - interval.low).toBeLessThan(0.03);
    expect(Math.abs(mean(late))).toBeLessThan(0.05);
  });

  it('falls and locks at its limits in a crash, with hardly any volume', () => {
    const crash = simulateMarket({
      stocks: 200,
      days: 60,
      seed: 7,
      shocks: [{ daysFromEnd: 10, logReturn: -0.3 }],
    }).panel;
    const t = 50;
    let atDown = 0;
    let next = 0;
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      const limits = priceLimits({ reference: crash.fields.reference[at] || 1, date: crash.dates[t]! })!;
      if (crash.fields.close[at] === limits.down) atDown++;
      const after = priceLimits({ reference: crash.fields.reference[at + n] || 1, date: crash.dates[t + 1]! })!;
      if (crash.fields.low[at + n] === after.down) next++;
    }
    expect(atDown).toBeGreaterThan(0.6 * n);
    // What the limit cut off is carried over.
    expect(next).toBeGreaterThan(0.2 * n);
  });

  it('spreads the capitalisation as asked: one company, its sector, two exchanges', () => {
    for (const name of ['specification', '2026'] as const) {
      const universe = simulateUniverse({ stocks: 2000, random: createRandom(1), weights: namedWeights[name] });
      const share = (isChosen: (stock: SimulatedStock) => boolean): number =>
        universe
          .filter((stock) => stock.market === 'TWSE' && isChosen(stock))
          .reduce((sum, { weight }) => sum + weight, 0);
      expect(share(() => true)).toBeCloseTo(1, 9);
      expect(share(({ sector }) => sector === '24')).toBeCloseTo(namedWeights[name].semiconductorShare, 9);
      expect(share(({ code }) => code === '2330')).toBeCloseTo(namedWeights[name].largestShare, 9);
      // 1,069 of 1,949 companies were on TWSE in March 2026.
      const onTwse = universe.filter(({ market }) => market === 'TWSE').length;
      expect(onTwse / 2000).toBeGreaterThan(0.51);
      expect(onTwse / 2000).toBeLessThan(0.59);
      const codes = universe.map(({ code }) => code);
      expect(new Set(codes).size).toBe(2000);
      expect(codes.every((code) => /^[1-9]\d{3}$/.test(code))).toBe(true);
      expect(codes).toEqual(codes.toSorted());
    }
    expect(() => simulateMarket({ stocks: 9000, days: 5, seed: 1 })).toThrow('8899');
  });
});
