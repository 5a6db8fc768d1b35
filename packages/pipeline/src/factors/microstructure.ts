import {
  absolute,
  add,
  change,
  delay,
  divide,
  logarithm,
  multiply,
  positivePart,
  rollingCorrelation,
  rollingDeviation,
  rollingMean,
  rollingPair,
  scale,
  squareRoot,
  subtract,
} from '../operators.ts';
import { type Factor, forWindows } from './factor.ts';
import type { MarketColumns } from './market-columns.ts';

const group = 'microstructure';

/** 1 where a day closed at what a limit of ±10 % allows, rounded to the tick: within 0.5 % of it. */
const lockedAt = ({ returns }: MarketColumns, side: 1 | -1): Float64Array => {
  const out = new Float64Array(returns.length);
  for (let at = 0; at < out.length; at++)
    out[at] = Number.isNaN(returns[at]!) ? Number.NaN : side * returns[at]! > 0.095 ? 1 : 0;
  return out;
};

/** Liquidity, order flow and what price limits hold back. */
export const microstructureFactors: readonly Factor[] = [
  ...forWindows([1, 3, 5, 10, 20], (days) => ({
    name: `foreign_flow_${days}d`,
    group,
    formula: `mean over ${days} sessions of foreign net buying / volume`,
    unit: 'ratio',
    source: 'Choe, Kho & Stulz, Journal of Financial Economics 54(2), 1999',
    windowDays: days,
    compute: ({ foreignShare, shape }) => (days === 1 ? foreignShare : rollingMean(foreignShare, shape, days)),
  })),
  ...forWindows([20], (days) => ({
    name: `foreign_surprise_${days}d`,
    group,
    formula: `foreign share of today less its mean, over its standard deviation, ${days} sessions`,
    unit: 'deviations',
    source: 'Froot, O’Connell & Seasholes, Journal of Financial Economics 59(2), 2001',
    windowDays: days,
    compute: ({ foreignShare, shape }) =>
      divide(
        subtract(foreignShare, rollingMean(foreignShare, shape, days)),
        rollingDeviation(foreignShare, shape, days),
      ),
  })),
  ...forWindows([20], (days) => ({
    name: `foreign_flow_return_correlation_${days}d`,
    group,
    formula: `correlation of foreign share and return, ${days} sessions`,
    unit: 'ratio',
    source: 'Griffin, Nardari & Stulz, Review of Economics and Statistics 86(3), 2004',
    windowDays: days,
    compute: ({ foreignShare, returns, shape }) => rollingCorrelation(foreignShare, returns, shape, days),
  })),
  ...forWindows([5, 10, 20, 60], (days) => ({
    name: `illiquidity_${days}d`,
    group,
    formula: `log mean over ${days} sessions of |return| per million NT$ of turnover`,
    unit: 'log ratio per NT$ million',
    source: 'Amihud, Journal of Financial Markets 5(1), 2002',
    windowDays: days,
    compute: ({ returns, turnoverTwd, shape }) =>
      logarithm(scale(rollingMean(scale(divide(absolute(returns), turnoverTwd), 1e6), shape, days), 1, 1e-12)),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `roll_spread_${days}d`,
    group,
    formula: `2·√(−covariance of successive returns), ${days} sessions; 0 where that is positive`,
    unit: 'ratio',
    source: 'Roll, Journal of Finance 39(4), 1984',
    windowDays: days + 1,
    compute: ({ returns, shape }) =>
      scale(
        squareRoot(positivePart(scale(rollingPair(returns, delay(returns, shape, 1), shape, days).covariance, -1))),
        2,
      ),
  })),
  ...forWindows([20], (days) => ({
    name: `high_low_spread_${days}d`,
    group,
    formula: `mean over ${days} sessions of the spread that two days’ highs and lows imply`,
    unit: 'ratio',
    source: 'Abdi & Ranaldo, Review of Financial Studies 30(12), 2017',
    windowDays: days + 1,
    compute: ({ high, low, close, shape }) => {
      const middle = scale(add(logarithm(high), logarithm(low)), 0.5);
      const before = delay(middle, shape, 1);
      const last = delay(logarithm(close), shape, 1);
      const product = multiply(subtract(last, before), subtract(last, middle));
      return scale(squareRoot(positivePart(rollingMean(product, shape, days))), 2);
    },
  })),
  ...forWindows([20], (days) => ({
    name: `zero_returns_${days}d`,
    group,
    formula: `share of ${days} sessions without a change of price`,
    unit: 'ratio',
    source: 'Lesmond, Ogden & Trzcinka, Review of Financial Studies 12(5), 1999',
    windowDays: days,
    compute: ({ returns, shape }) => {
      const isZero = returns.slice();
      for (let at = 0; at < isZero.length; at++) if (!Number.isNaN(isZero[at]!)) isZero[at] = isZero[at] === 0 ? 1 : 0;
      return rollingMean(isZero, shape, days);
    },
  })),
  ...forWindows([20], (days) => ({
    name: `trade_size_${days}d`,
    group,
    formula: `log turnover per trade less its mean of ${days} sessions`,
    unit: 'log ratio',
    source: 'Barclay & Warner, Journal of Financial Economics 34(3), 1993',
    windowDays: days,
    compute: ({ turnoverTwd, panel, shape }) => {
      const size = logarithm(divide(turnoverTwd, panel.fields.trades));
      return subtract(size, rollingMean(size, shape, days));
    },
  })),
  ...forWindows([5, 10, 20, 60], (days) => ({
    name: `return_volume_correlation_${days}d`,
    group,
    formula: `correlation of return and log(1 + volume), ${days} sessions`,
    unit: 'ratio',
    source: 'Karpoff, Journal of Financial and Quantitative Analysis 22(1), 1987',
    windowDays: days,
    compute: ({ returns, logVolume, shape }) => rollingCorrelation(returns, logVolume, shape, days),
  })),
  {
    name: 'close_to_vwap_1d',
    group,
    formula: 'close / mean price of the day’s trades − 1',
    unit: 'ratio',
    source: 'Berkowitz, Logue & Noser, Journal of Finance 43(1), 1988',
    windowDays: 1,
    compute: ({ close, vwap }) => change(close, vwap),
  },
  {
    name: 'close_location_1d',
    group,
    formula: '(close − low) / (high − low); 0.5 where they are equal',
    unit: 'ratio',
    source: 'Chaikin, in Achelis, Technical Analysis from A to Z, 2nd ed., 2000',
    windowDays: 1,
    compute: ({ high, low, close }) => {
      const out = divide(subtract(close, low), subtract(high, low));
      for (let at = 0; at < out.length; at++) if (high[at] === low[at]) out[at] = 0.5;
      return out;
    },
  },
  {
    name: 'upper_shadow_1d',
    group,
    formula: '(high − larger of open and close) / close',
    unit: 'ratio',
    source: 'Nison, Japanese Candlestick Charting Techniques, 2nd ed., 2001',
    windowDays: 1,
    compute: ({ open, high, close }) => {
      const out = new Float64Array(close.length);
      for (let at = 0; at < out.length; at++) out[at] = (high[at]! - Math.max(open[at]!, close[at]!)) / close[at]!;
      return out;
    },
  },
  {
    name: 'lower_shadow_1d',
    group,
    formula: '(smaller of open and close − low) / close',
    unit: 'ratio',
    source: 'Nison, Japanese Candlestick Charting Techniques, 2nd ed., 2001',
    windowDays: 1,
    compute: ({ open, low, close }) => {
      const out = new Float64Array(close.length);
      for (let at = 0; at < out.length; at++) out[at] = (Math.min(open[at]!, close[at]!) - low[at]!) / close[at]!;
      return out;
    },
  },
  ...forWindows([5, 20], (days) => ({
    name: `limit_up_share_${days}d`,
    group,
    formula: `share of ${days} sessions that closed within half a percent of limit-up or above 9.5 %`,
    unit: 'ratio',
    source: 'Kim & Rhee, Journal of Finance 52(2), 1997: limits delay what prices were to reach',
    windowDays: days,
    compute: (market) => rollingMean(lockedAt(market, 1), market.shape, days),
  })),
  ...forWindows([5, 20], (days) => ({
    name: `limit_down_share_${days}d`,
    group,
    formula: `share of ${days} sessions that closed within half a percent of limit-down or below −9.5 %`,
    unit: 'ratio',
    source: 'Kim & Rhee, Journal of Finance 52(2), 1997',
    windowDays: days,
    compute: (market) => rollingMean(lockedAt(market, -1), market.shape, days),
  })),
  ...forWindows([20], (days) => ({
    name: `price_impact_${days}d`,
    group,
    formula: `slope of return on signed √turnover, ${days} sessions`,
    unit: 'ratio per √NT$',
    source: 'Hasbrouck, Journal of Finance 64(3), 2009; the sign is that of the day’s return',
    windowDays: days,
    compute: ({ returns, turnoverTwd, shape }) => {
      const signed = squareRoot(turnoverTwd);
      for (let at = 0; at < signed.length; at++) signed[at]! *= Math.sign(returns[at]!);
      const { covariance, varianceB } = rollingPair(returns, signed, shape, days);
      return divide(covariance, varianceB);
    },
  })),
];
