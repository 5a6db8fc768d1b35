import {
  absolute,
  add,
  change,
  delay,
  divide,
  exponentialMean,
  larger,
  multiply,
  positivePart,
  rollingExtreme,
  rollingHighest,
  rollingLowest,
  rollingMean,
  rollingMoments,
  rollingTrend,
  runningSum,
  scale,
  smaller,
  subtract,
} from '../operators.ts';
import { type Factor, forWindows } from './factor.ts';
import type { MarketColumns } from './market-columns.ts';

const group = 'technical';
const wilder = 'Wilder, New Concepts in Technical Trading Systems, 1978';

const span = (days: number): number => 2 / (days + 1);

/** Change of the adjusted close since the last day on which the stock traded. */
const priceChange = ({ close, lastClose, shape }: MarketColumns): Float64Array =>
  subtract(close, delay(lastClose, shape, 1));

/** Largest of the day's range and its distances from the close before. */
const trueRange = ({ high, low, lastClose, shape }: MarketColumns): Float64Array => {
  const before = delay(lastClose, shape, 1);
  return subtract(larger(high, before), smaller(low, before));
};

const typicalPrice = ({ high, low, close }: MarketColumns): Float64Array => scale(add(add(high, low), close), 1 / 3);

/** (ups − downs) / (ups + downs) of averages, from −1 to 1. */
const balance = (ups: Float64Array, downs: Float64Array): Float64Array => divide(subtract(ups, downs), add(ups, downs));

/** 2 · (close − low) / (high − low) − 1: where in the day's range it closed. */
const closeLocation = ({ high, low, close }: MarketColumns): Float64Array =>
  divide(subtract(subtract(close, low), subtract(high, close)), subtract(high, low));

const directionalIndex = (market: MarketColumns, days: number): { plus: Float64Array; minus: Float64Array } => {
  const { high, low, shape } = market;
  const up = subtract(high, delay(high, shape, 1));
  const down = subtract(delay(low, shape, 1), low);
  const range = exponentialMean(trueRange(market), shape, 1 / days);
  const stronger = (a: Float64Array, b: Float64Array): Float64Array => {
    const out = positivePart(a);
    for (let at = 0; at < out.length; at++) if (a[at]! <= b[at]!) out[at] = 0;
    return divide(exponentialMean(out, shape, 1 / days), range);
  };
  return { plus: stronger(up, down), minus: stronger(down, up) };
};

/** Technical indicators, each made free of the price's level. */
export const technicalFactors: readonly Factor[] = [
  ...forWindows([6, 14], (days) => ({
    name: `relative_strength_${days}d`,
    group,
    formula: `(mean gain − mean loss) / (mean gain + mean loss), Wilder averages of ${days}: RSI from −1 to 1`,
    unit: 'ratio',
    source: wilder,
    windowDays: 2 * days,
    compute: (market) => {
      const moved = priceChange(market);
      const ups = exponentialMean(positivePart(moved), market.shape, 1 / days);
      const downs = exponentialMean(positivePart(scale(moved, -1)), market.shape, 1 / days);
      return balance(ups, downs);
    },
  })),
  ...forWindows([14], (days) => ({
    name: `momentum_oscillator_${days}d`,
    group,
    formula: `(sum of gains − sum of losses) / (both), ${days} sessions`,
    unit: 'ratio',
    source: 'Chande & Kroll, The New Technical Trader, 1994',
    windowDays: days,
    compute: (market) => {
      const moved = priceChange(market);
      return divide(rollingMean(moved, market.shape, days), rollingMean(absolute(moved), market.shape, days));
    },
  })),
  {
    name: 'macd_12_26',
    group,
    formula: '(average of span 12 − average of span 26) / close',
    unit: 'ratio',
    source: 'Appel, Technical Analysis: Power Tools for Active Investors, 2005',
    windowDays: 26,
    compute: ({ close, shape }) =>
      divide(subtract(exponentialMean(close, shape, span(12)), exponentialMean(close, shape, span(26))), close),
  },
  {
    name: 'macd_histogram_12_26_9',
    group,
    formula: '(MACD − its average of span 9) / close',
    unit: 'ratio',
    source: 'Appel, Technical Analysis: Power Tools for Active Investors, 2005',
    windowDays: 35,
    compute: ({ close, shape }) => {
      const line = subtract(exponentialMean(close, shape, span(12)), exponentialMean(close, shape, span(26)));
      return divide(subtract(line, exponentialMean(line, shape, span(9))), close);
    },
  },
  ...forWindows([10, 20], (days) => ({
    name: `bollinger_position_${days}d`,
    group,
    formula: `(close − mean) / standard deviation, ${days} sessions`,
    unit: 'deviations',
    source: 'Bollinger, Bollinger on Bollinger Bands, 2001',
    windowDays: days,
    compute: ({ close, shape }) => {
      const { mean, deviation } = rollingMoments(close, shape, days);
      return divide(subtract(close, mean), deviation);
    },
  })),
  ...forWindows([20], (days) => ({
    name: `bollinger_width_${days}d`,
    group,
    formula: `standard deviation of close / its mean, ${days} sessions`,
    unit: 'ratio',
    source: 'Bollinger, Bollinger on Bollinger Bands, 2001',
    windowDays: days,
    compute: ({ close, shape }) => {
      const { mean, deviation } = rollingMoments(close, shape, days);
      return divide(deviation, mean);
    },
  })),
  ...forWindows([14, 20], (days) => ({
    name: `commodity_channel_${days}d`,
    group,
    formula: `(typical price − its mean) / mean distance from that mean, ${days} sessions`,
    unit: 'deviations',
    source: 'Lambert, Commodities Magazine, October 1980; the distances are those of each day’s own mean',
    windowDays: 2 * days,
    compute: (market) => {
      const price = typicalPrice(market);
      const distance = subtract(price, rollingMean(price, market.shape, days));
      return divide(distance, rollingMean(absolute(distance), market.shape, days));
    },
  })),
  ...forWindows([14], (days) => ({
    name: `true_range_${days}d`,
    group,
    formula: `Wilder average of the true range over ${days} / close`,
    unit: 'ratio',
    source: wilder,
    windowDays: 2 * days,
    compute: (market) => divide(exponentialMean(trueRange(market), market.shape, 1 / days), market.close),
  })),
  ...forWindows([14], (days) => ({
    name: `directional_balance_${days}d`,
    group,
    formula: '(+DI − −DI) / (+DI + −DI)',
    unit: 'ratio',
    source: wilder,
    windowDays: 2 * days,
    compute: (market) => {
      const { plus, minus } = directionalIndex(market, days);
      return balance(plus, minus);
    },
  })),
  ...forWindows([14], (days) => ({
    name: `directional_strength_${days}d`,
    group,
    formula: `Wilder average of |+DI − −DI| / (+DI + −DI) over ${days}: ADX`,
    unit: 'ratio',
    source: wilder,
    windowDays: 3 * days,
    compute: (market) => {
      const { plus, minus } = directionalIndex(market, days);
      return exponentialMean(absolute(balance(plus, minus)), market.shape, 1 / days);
    },
  })),
  ...forWindows([5, 10, 20, 60], (days) => ({
    name: `range_position_${days}d`,
    group,
    formula: `(close − lowest low) / (highest high − lowest low), ${days} sessions: stochastic %K`,
    unit: 'ratio',
    source: 'Lane, Technical Analysis of Stocks & Commodities 2(3), 1984',
    windowDays: days,
    compute: ({ high, low, close, shape }) => {
      const lowest = rollingLowest(low, shape, days);
      return divide(subtract(close, lowest), subtract(rollingHighest(high, shape, days), lowest));
    },
  })),
  ...forWindows([20], (days) => ({
    name: `aroon_${days}d`,
    group,
    formula: `(sessions since the lowest low − since the highest high) / ${days}`,
    unit: 'ratio',
    source: 'Chande, Technical Analysis of Stocks & Commodities 13(9), 1995',
    windowDays: days,
    compute: ({ high, low, shape }) =>
      scale(
        subtract(rollingExtreme(low, shape, days, 'lowest').age, rollingExtreme(high, shape, days, 'highest').age),
        1 / days,
      ),
  })),
  ...forWindows([10, 20], (days) => ({
    name: `efficiency_${days}d`,
    group,
    formula: `change over ${days} sessions / sum of absolute daily changes`,
    unit: 'ratio',
    source: 'Kaufman, Trading Systems and Methods, 5th ed., 2013',
    windowDays: days + 1,
    compute: (market) => {
      const moved = subtract(market.close, delay(market.lastClose, market.shape, days));
      return divide(moved, scale(rollingMean(absolute(priceChange(market)), market.shape, days), days));
    },
  })),
  {
    name: 'triple_average_15',
    group,
    formula: 'daily change of log close, averaged three times with span 15: TRIX',
    unit: 'ratio',
    source: 'Hutson, Technical Analysis of Stocks & Commodities 1(5), 1983',
    windowDays: 45,
    compute: ({ logClose, shape }) => {
      const thrice = [1, 2, 3].reduce((column) => exponentialMean(column, shape, span(15)), logClose);
      return subtract(thrice, delay(thrice, shape, 1));
    },
  },
  ...forWindows([14], (days) => ({
    name: `money_flow_${days}d`,
    group,
    formula: `(turnover of rises − of falls of the typical price) / both, ${days} sessions`,
    unit: 'ratio',
    source: 'Quong & Soudack, Technical Analysis of Stocks & Commodities 7(3), 1989',
    windowDays: days + 1,
    compute: (market) => {
      const { shape, volume } = market;
      const price = typicalPrice(market);
      const flow = multiply(price, volume);
      const signed = flow.slice();
      const moved = subtract(price, delay(price, shape, 1));
      for (let at = 0; at < signed.length; at++) signed[at]! *= Math.sign(moved[at]!);
      return divide(rollingMean(signed, shape, days), rollingMean(flow, shape, days));
    },
  })),
  ...forWindows([20], (days) => ({
    name: `chaikin_money_flow_${days}d`,
    group,
    formula: `mean of close location × volume / mean volume, ${days} sessions`,
    unit: 'ratio',
    source: 'Chaikin, in Achelis, Technical Analysis from A to Z, 2nd ed., 2000',
    windowDays: days,
    compute: (market) =>
      divide(
        rollingMean(multiply(closeLocation(market), market.volume), market.shape, days),
        rollingMean(market.volume, market.shape, days),
      ),
  })),
  ...forWindows([20], (days) => ({
    name: `on_balance_trend_${days}d`,
    group,
    formula: `slope of on-balance volume over ${days} sessions / mean volume`,
    unit: 'ratio per session',
    source: 'Granville, New Key to Stock Market Profits, 1963',
    windowDays: days,
    compute: (market) => {
      const { returns, volume, shape } = market;
      const signed = volume.slice();
      for (let at = 0; at < signed.length; at++) signed[at]! *= Math.sign(returns[at]!);
      return divide(rollingTrend(runningSum(signed, shape), shape, days).slope, rollingMean(volume, shape, days));
    },
  })),
  ...forWindows([5, 10, 20, 60], (days) => ({
    name: `trend_slope_${days}d`,
    group,
    formula: `slope of log close on time over ${days} sessions`,
    unit: 'ratio per session',
    source: 'Clenow, Stocks on the Move, 2015',
    windowDays: days,
    compute: ({ logClose, shape }) => rollingTrend(logClose, shape, days).slope,
  })),
  ...forWindows([10, 20, 60], (days) => ({
    name: `trend_fit_${days}d`,
    group,
    formula: `R² of log close on time over ${days} sessions`,
    unit: 'ratio',
    source: 'Clenow, Stocks on the Move, 2015',
    windowDays: days,
    compute: ({ logClose, shape }) => rollingTrend(logClose, shape, days).rSquared,
  })),
  ...forWindows([10, 20], (days) => ({
    name: `trend_residual_${days}d`,
    group,
    formula: `log close less the straight line through ${days} sessions`,
    unit: 'log ratio',
    source: 'Clenow, Stocks on the Move, 2015',
    windowDays: days,
    compute: ({ logClose, shape }) => rollingTrend(logClose, shape, days).residual,
  })),
  {
    name: 'average_crossing_5_20',
    group,
    formula: 'mean close of 5 sessions / mean of 20 − 1',
    unit: 'ratio',
    source: 'Brock, Lakonishok & LeBaron, Journal of Finance 47(5), 1992',
    windowDays: 20,
    compute: ({ close, shape }) => change(rollingMean(close, shape, 5), rollingMean(close, shape, 20)),
  },
];
