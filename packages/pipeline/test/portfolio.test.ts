import { quantileReturns, topPortfolio } from '@preopen/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEmptyPanel } from './support/panels.ts';

const dates = ['2025-03-03', '2025-03-04', '2025-03-05', '2025-03-06'];

/** Two stocks at 100 that open where they closed; the second closes 1 % higher on day 1. */
function twoStocks(): ReturnType<typeof anEmptyPanel> {
  const panel = anEmptyPanel(dates, ['1101', '2330']);
  for (const field of ['open', 'high', 'low', 'close', 'reference', 'volume'] as const) panel.fields[field].fill(100);
  panel.fields.close[3] = 101;
  for (const at of [5, 7]) for (const field of ['open', 'close', 'reference'] as const) panel.fields[field][at] = 101;
  return panel;
}

const prefersSecond = Float64Array.of(0, 1, 0, 1, 0, 1, 0, 1);

describe('the portfolio of the best-ranked', () => {
  it('buys at the open after the prediction, and pays commission on what it buys', () => {
    const held = topPortfolio(twoStocks(), prefersSecond, { share: 0.5 });
    expect([...held.day]).toEqual([1, 2]);
    expect(held.gross[0]!).toBeCloseTo(0.01, 12);
    expect(held.net[0]!).toBeCloseTo(0.01 - 0.001425, 12);
    expect(held.market[0]!).toBeCloseTo(0.005, 12);
    expect([...held.turnover]).toEqual([1, 0]);
  });
  it('pays commission and tax on what it sells', () => {
    const held = topPortfolio(twoStocks(), Float64Array.of(1, 0, 0, 1, 0, 1, 0, 1), { share: 0.5 });
    // All is sold and bought on the second day.
    expect(held.gross[1]! - held.net[1]!).toBeCloseTo(2 * 0.001425 + 0.003, 12);
  });
  it('cannot buy what opens at its upper limit, nor what does not trade', () => {
    for (const open of [110, Number.NaN]) {
      const panel = twoStocks();
      panel.fields.open[3] = open;
      const held = topPortfolio(panel, prefersSecond, { share: 0.5 });
      expect([held.turnover[0], held.blocked[0], held.gross[0]]).toEqual([0, 1, 0]);
    }
  });
  it('takes adjusted prices, which have parts of a cent', () => {
    const panel = twoStocks();
    for (const field of ['open', 'close', 'reference'] as const)
      panel.fields[field].forEach((value, at, column) => {
        column[at] = value * 0.178325;
      });
    expect(topPortfolio(panel, prefersSecond, { share: 0.5 }).gross[0]!).toBeCloseTo(0.01, 12);
  });
  it('keeps what opens at its lower limit', () => {
    const panel = twoStocks();
    panel.fields.open[4] = 90;
    const held = topPortfolio(panel, Float64Array.of(1, 0, 0, 1, 0, 1, 0, 1), { share: 0.5 });
    expect([held.turnover[1], held.blocked[1]]).toEqual([0, 1]);
  });
  it('is left alone between predictions', () => {
    const once = Float64Array.of(0, 1, ...new Float64Array(6).fill(Number.NaN));
    expect([...topPortfolio(twoStocks(), once, { share: 0.5 }).turnover]).toEqual([1, 0]);
  });
});

describe('returns by quantile', () => {
  it('of a perfect prediction rise from the first to the last; their mean is that of all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 30, maxLength: 30 }),
        (cells) => {
          const returns = Float64Array.from(new Set(cells.map((value, i) => value + i * 1e-6)));
          const shape = { days: 1, stocks: returns.length };
          const { mean } = quantileReturns(returns, returns, shape, 5);
          for (let q = 1; q < 5; q++) expect(mean[q]!).toBeGreaterThanOrEqual(mean[q - 1]!);
          if (returns.length !== 30) return;
          const all = returns.reduce((sum, value) => sum + value, 0) / 30;
          expect(mean.reduce((sum, value) => sum + value, 0) / 5).toBeCloseTo(all, 12);
        },
      ),
    );
  });
});
