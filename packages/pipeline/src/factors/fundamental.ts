import { change, delay, divide, fillForward, rollingMean, scale } from '../operators.ts';
import type { Factor } from './factor.ts';
import type { MarketColumns } from './market-columns.ts';

const group = 'fundamental';

/** A per-share figure over the unadjusted close. */
const perPrice =
  (figure: string) =>
  (market: MarketColumns): Float64Array =>
    divide(market.figure(figure), market.panel.fields.close);

/** Cash dividends of a day: what the reference is below the close before; splits and the like (beyond 20 %) left out. */
const dividends = ({ panel, shape }: MarketColumns): Float64Array => {
  const { close, reference } = panel.fields;
  const before = delay(fillForward(close, shape), shape, 1);
  const out = new Float64Array(close.length);
  for (let at = 0; at < out.length; at++) {
    const paid = (before[at]! - reference[at]!) / before[at]!;
    out[at] = paid > 0.0005 && paid < 0.2 ? paid : Number.isNaN(paid) ? Number.NaN : 0;
  }
  return out;
};

/**
 * Company figures, as they were public on each day. The names are those of `Fundamentals`, per share in NT$ where a price
 * is compared; a figure that is not given leaves its factor empty, and the pipeline leaves empty factors out.
 */
export const fundamentalFactors: readonly Factor[] = [
  {
    name: 'dividend_yield_240d',
    group,
    formula: 'sum over 240 sessions of what references are below the closes before: dividends over price',
    unit: 'ratio',
    source: 'Litzenberger & Ramaswamy, Journal of Financial Economics 7(2), 1979',
    windowDays: 240,
    compute: (market) => scale(rollingMean(dividends(market), market.shape, 240), 240),
  },
  {
    name: 'listing_age',
    group,
    formula: 'sessions since the stock’s first in the panel',
    unit: 'sessions',
    source: 'Ritter, Journal of Finance 46(1), 1991',
    windowDays: 60,
    compute: ({ panel, shape }) => {
      const out = new Float64Array(shape.days * shape.stocks).fill(Number.NaN);
      const age = new Int32Array(shape.stocks);
      for (let at = 0; at < out.length; at++)
        if (!Number.isNaN(panel.fields.close[at]!)) out[at] = age[at % shape.stocks]!++;
      return out;
    },
  },
  {
    name: 'earnings_yield',
    group,
    formula: 'earningsPerShare (four quarters) / close',
    unit: 'ratio',
    source: 'Basu, Journal of Finance 32(3), 1977',
    windowDays: 1,
    compute: perPrice('earningsPerShare'),
  },
  {
    name: 'book_to_price',
    group,
    formula: 'bookValuePerShare / close',
    unit: 'ratio',
    source: 'Fama & French, Journal of Finance 47(2), 1992',
    windowDays: 1,
    compute: perPrice('bookValuePerShare'),
  },
  {
    name: 'sales_to_price',
    group,
    formula: 'revenuePerShare (twelve months) / close',
    unit: 'ratio',
    source: 'Barbee, Mukherji & Raines, Financial Analysts Journal 52(2), 1996',
    windowDays: 1,
    compute: perPrice('revenuePerShare'),
  },
  {
    name: 'revenue_growth',
    group,
    formula: 'monthlyRevenue / monthlyRevenueYearBefore − 1',
    unit: 'ratio',
    source: 'Jegadeesh & Livnat, Journal of Accounting and Economics 41(1–2), 2006; monthly by Taiwan’s rules',
    windowDays: 1,
    compute: (market) => change(market.figure('monthlyRevenue'), market.figure('monthlyRevenueYearBefore')),
  },
  {
    name: 'return_on_equity',
    group,
    formula: 'earningsPerShare / bookValuePerShare',
    unit: 'ratio',
    source: 'Hou, Xue & Zhang, Review of Financial Studies 28(3), 2015',
    windowDays: 1,
    compute: (market) => divide(market.figure('earningsPerShare'), market.figure('bookValuePerShare')),
  },
  {
    name: 'gross_profitability',
    group,
    formula: 'grossProfit / totalAssets',
    unit: 'ratio',
    source: 'Novy-Marx, Journal of Financial Economics 108(1), 2013',
    windowDays: 1,
    compute: (market) => divide(market.figure('grossProfit'), market.figure('totalAssets')),
  },
  {
    name: 'asset_growth',
    group,
    formula: 'totalAssets / totalAssetsYearBefore − 1',
    unit: 'ratio',
    source: 'Cooper, Gulen & Schill, Journal of Finance 63(4), 2008',
    windowDays: 1,
    compute: (market) => change(market.figure('totalAssets'), market.figure('totalAssetsYearBefore')),
  },
];
