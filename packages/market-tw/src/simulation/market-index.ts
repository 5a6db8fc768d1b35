import type { Panel } from '../panel.ts';

/**
 * Change of the index that a panel implies, by day, as a ratio: the capitalisation of the TWSE stocks that were there the
 * session before, over what it was then. As with the TAIEX, a stock that does not trade keeps its price, new and leaving
 * stocks move the divisor and not the index, and dividends are not added back. The first day counts from the references.
 */
export function marketIndexReturns(panel: Panel, sharesOutstanding: Float64Array): Float64Array {
  const n = panel.stocks.length;
  const { close, reference } = panel.fields;
  const last = new Float64Array(n).fill(Number.NaN);
  return Float64Array.from(panel.dates, (date, t) => {
    let before = 0;
    let now = 0;
    for (let i = 0; i < n; i++) {
      const { market, delisted } = panel.stocks[i]!;
      const price = close[t * n + i]!;
      const from = t === 0 ? reference[i]! : last[i]!;
      if (!Number.isNaN(price)) last[i] = price;
      if (market !== 'TWSE' || Number.isNaN(from) || (delisted !== null && date > delisted)) continue;
      before += sharesOutstanding[i]! * from;
      now += sharesOutstanding[i]! * last[i]!;
    }
    return now / before - 1;
  });
}
