import { describe, expect, it } from 'vitest';
import { forwardReturns } from '../src/panel.ts';
import { priceLimits, tickSize } from '../src/price-rules.ts';
import { simulateMarket } from '../src/simulate.ts';
import { rankCorrelation } from './support/rank-correlation.ts';

const market = simulateMarket({ stocks: 300, days: 120, seed: 7 });
const { panel, oracle } = market;
const n = panel.stocks.length;

describe('simulateMarket', () => {
  it('is the same for the same request and another for another seed', () => {
    const again = simulateMarket({ stocks: 300, days: 120, seed: 7 });
    expect(again.panel.fields.close).toEqual(panel.fields.close);
    expect(again.oracle).toEqual(oracle);
    expect(simulateMarket({ stocks: 300, days: 120, seed: 8 }).panel.fields.close).not.toEqual(panel.fields.close);
  });

  it('keeps every price on its tick and within the limits of its day', () => {
    for (let t = 0; t < panel.dates.length; t++) {
      for (let i = 0; i < n; i++) {
        const at = t * n + i;
        if (Number.isNaN(panel.fields.close[at]!)) continue;
        const date = panel.dates[t]!;
        const { down, up } = priceLimits({ reference: panel.fields.reference[at]!, date })!;
        const { open, high, low, close } = panel.fields;
        expect(low[at]).toBeLessThanOrEqual(Math.min(open[at]!, close[at]!));
        expect(high[at]).toBeGreaterThanOrEqual(Math.max(open[at]!, close[at]!));
        expect(low[at]).toBeGreaterThanOrEqual(down);
        expect(high[at]).toBeLessThanOrEqual(up);
        for (const price of [open[at]!, high[at]!, low[at]!, close[at]!]) {
          const ticks = price / tickSize({ price, date });
          expect(Math.abs(ticks - Math.round(ticks)), `${price}`).toBeLessThan(1e-6);
        }
      }
    }
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
        expect(reference).toBeLessThan(before);
      }
    }
    expect(exDays).toBeGreaterThan(0);
  });

  it('plants a signal of known strength: the oracle’s rank IC is near it, and shuffled it is nothing', () => {
    const next = forwardReturns(panel, 1);
    const ics: number[] = [];
    const shifted: number[] = [];
    for (let t = 0; t + 6 < panel.dates.length; t++) {
      ics.push(rankCorrelation(oracle.subarray(t * n, (t + 1) * n), next.subarray(t * n, (t + 1) * n)));
      shifted.push(rankCorrelation(oracle.subarray((t + 5) * n, (t + 6) * n), next.subarray(t * n, (t + 1) * n)));
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(ics)).toBeGreaterThan(0.12);
    expect(mean(ics)).toBeLessThan(0.25);
    expect(Math.abs(mean(shifted))).toBeLessThan(0.06);
  });

  it('falls and locks at its limits in a crash, with hardly any volume', () => {
    const crash = simulateMarket({
      stocks: 300,
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

  it('gives semiconductors their share and one company most of it', () => {
    expect(panel.stocks.find((stock) => stock.code === '2330')?.sector).toBe('24');
    expect(panel.stocks.map((stock) => stock.code)).toEqual(panel.stocks.map((stock) => stock.code).toSorted());
  });
});
