import {
  absolute,
  change,
  delay,
  divide,
  isAbove,
  logarithm,
  multiply,
  rollingCorrelation,
  rollingDeviation,
  rollingHighest,
  rollingLowest,
  rollingMean,
  rollingPair,
  rollingQuantile,
  scale,
  smaller,
  squareRoot,
  subtract,
} from '../operators.ts';
import { type Factor, forWindows } from './factor.ts';
import type { MarketColumns } from './market-columns.ts';

const group = 'risk';

const square = (a: Float64Array): Float64Array => multiply(a, a);

/** Covariance with the market over its variance, over those sessions of a window in which the market fell. */
const downsideBeta = ({ returns, marketReturns, shape }: MarketColumns, days: number): Float64Array => {
  const falls = isAbove(scale(marketReturns, 0), marketReturns);
  const meanOf = (column: Float64Array): Float64Array => rollingMean(multiply(column, falls), shape, days);
  const share = rollingMean(falls, shape, days);
  const [own, market] = [divide(meanOf(returns), share), divide(meanOf(marketReturns), share)];
  const covariance = subtract(divide(meanOf(multiply(returns, marketReturns)), share), multiply(own, market));
  return divide(covariance, subtract(divide(meanOf(square(marketReturns)), share), square(market)));
};

/** Sample-free central moment ratio of returns, from means of powers: returns are near 0, so that costs no digits. */
const standardisedMoment = ({ ownReturns, shape }: MarketColumns, days: number, power: 3 | 4): Float64Array => {
  const mean = rollingMean(ownReturns, shape, days);
  const second = rollingMean(square(ownReturns), shape, days);
  const third = rollingMean(multiply(square(ownReturns), ownReturns), shape, days);
  const fourth = power === 4 ? rollingMean(square(square(ownReturns)), shape, days) : third;
  const out = new Float64Array(mean.length);
  for (let at = 0; at < out.length; at++) {
    const m = mean[at]!;
    const variance = second[at]! - m * m;
    const moment =
      power === 3
        ? third[at]! - 3 * m * second[at]! + 2 * m ** 3
        : fourth[at]! - 4 * m * third[at]! + 6 * m * m * second[at]! - 3 * m ** 4;
    out[at] = variance > 1e-14 ? moment / variance ** (power / 2) : Number.NaN;
  }
  return out;
};

/** How much a stock moves, with what, and how badly at worst. */
export const riskFactors: readonly Factor[] = [
  ...forWindows([5, 10, 20, 60], (days) => ({
    name: `volatility_${days}d`,
    group,
    formula: `standard deviation of returns, ${days} sessions`,
    unit: 'ratio per √session',
    source: 'Ang, Hodrick, Xing & Zhang, Journal of Finance 61(1), 2006',
    windowDays: days,
    compute: ({ returns, shape }) => rollingDeviation(returns, shape, days),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `own_volatility_${days}d`,
    group,
    formula: `standard deviation of own returns, ${days} sessions`,
    unit: 'ratio per √session',
    source: 'Ang, Hodrick, Xing & Zhang, Journal of Finance 61(1), 2006',
    windowDays: days,
    compute: ({ ownReturns, shape }) => rollingDeviation(ownReturns, shape, days),
  })),
  ...forWindows([20, 60, 120], (days) => ({
    name: `beta_${days}d`,
    group,
    formula: `covariance with the mean return of all stocks / its variance, ${days} sessions`,
    unit: 'ratio',
    source: 'Frazzini & Pedersen, Journal of Financial Economics 111(1), 2014',
    windowDays: days,
    compute: ({ returns, marketReturns, shape }) => {
      const { covariance, varianceB } = rollingPair(returns, marketReturns, shape, days);
      return divide(covariance, varianceB);
    },
  })),
  ...forWindows([60], (days) => ({
    name: `downside_beta_${days}d`,
    group,
    formula: `beta over the sessions of ${days} in which the market fell`,
    unit: 'ratio',
    source: 'Ang, Chen & Xing, Review of Financial Studies 19(4), 2006',
    windowDays: days,
    compute: (market) => downsideBeta(market, days),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `market_correlation_${days}d`,
    group,
    formula: `correlation with the mean return of all stocks, ${days} sessions`,
    unit: 'ratio',
    source: 'Asness, Frazzini, Gormsen & Pedersen, Journal of Financial Economics 135(3), 2020',
    windowDays: days,
    compute: ({ returns, marketReturns, shape }) => rollingCorrelation(returns, marketReturns, shape, days),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `skewness_${days}d`,
    group,
    formula: `skewness of own returns, ${days} sessions`,
    unit: 'ratio',
    source: 'Boyer, Mitton & Vorkink, Review of Financial Studies 23(1), 2010',
    windowDays: days,
    compute: (market) => standardisedMoment(market, days, 3),
  })),
  ...forWindows([60], (days) => ({
    name: `kurtosis_${days}d`,
    group,
    formula: `kurtosis of own returns, ${days} sessions`,
    unit: 'ratio',
    source: 'Amaya, Christoffersen, Jacobs & Vasquez, Journal of Financial Economics 118(1), 2015',
    windowDays: days,
    compute: (market) => standardisedMoment(market, days, 4),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `downside_deviation_${days}d`,
    group,
    formula: `√ mean of squared negative returns, ${days} sessions`,
    unit: 'ratio per √session',
    source: 'Sortino & van der Meer, Journal of Portfolio Management 17(4), 1991',
    windowDays: days,
    compute: ({ returns, shape }) => squareRoot(rollingMean(square(smaller(returns, scale(returns, 0))), shape, days)),
  })),
  ...forWindows([60], (days) => ({
    name: `value_at_risk_${days}d`,
    group,
    formula: `5 % quantile of returns, ${days} sessions`,
    unit: 'ratio',
    source: 'Atilgan, Bali, Demirtas & Gunaydin, Journal of Financial Economics 135(3), 2020',
    windowDays: days,
    compute: ({ returns, shape }) => rollingQuantile(returns, shape, days, 0.05),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `worst_drawdown_${days}d`,
    group,
    formula: `lowest of close / its highest of ${days} sessions − 1, over ${days} sessions`,
    unit: 'ratio',
    source: 'Magdon-Ismail & Atiya, Risk 17(10), 2004',
    windowDays: 2 * days,
    compute: ({ close, shape }) => rollingLowest(change(close, rollingHighest(close, shape, days)), shape, days),
  })),
  {
    name: 'range_1d',
    group,
    formula: '(high − low) / reference',
    unit: 'ratio',
    source: 'Parkinson, Journal of Business 53(1), 1980',
    windowDays: 1,
    compute: ({ panel: { fields } }) => divide(subtract(fields.high, fields.low), fields.reference),
  },
  ...forWindows([20], (days) => ({
    name: `range_volatility_${days}d`,
    group,
    formula: `√ mean of log(high / low)² / (4 log 2), ${days} sessions`,
    unit: 'ratio per √session',
    source: 'Parkinson, Journal of Business 53(1), 1980',
    windowDays: days,
    compute: ({ high, low, shape }) =>
      squareRoot(scale(rollingMean(square(logarithm(divide(high, low))), shape, days), 1 / (4 * Math.LN2))),
  })),
  ...forWindows([20], (days) => ({
    name: `drift_free_volatility_${days}d`,
    group,
    formula: `√ mean of log(h/c)·log(h/o) + log(l/c)·log(l/o), ${days} sessions`,
    unit: 'ratio per √session',
    source: 'Rogers & Satchell, Annals of Applied Probability 1(4), 1991',
    windowDays: days,
    compute: ({ open, high, low, close, shape }) => {
      const day = new Float64Array(close.length);
      for (let at = 0; at < day.length; at++) {
        const o = open[at]!;
        const c = close[at]!;
        day[at] = Math.log(high[at]! / c) * Math.log(high[at]! / o) + Math.log(low[at]! / c) * Math.log(low[at]! / o);
      }
      return squareRoot(rollingMean(day, shape, days));
    },
  })),
  ...forWindows([20], (days) => ({
    name: `volatility_change_${days}d`,
    group,
    formula: `standard deviation of 5 sessions / of ${days} − 1`,
    unit: 'ratio',
    source: 'Corsi, Journal of Financial Econometrics 7(2), 2009',
    windowDays: days,
    compute: ({ returns, shape }) =>
      change(rollingDeviation(returns, shape, 5), rollingDeviation(returns, shape, days)),
  })),
  ...forWindows([20], (days) => ({
    name: `volatility_of_volatility_${days}d`,
    group,
    formula: `standard deviation of the 5-session volatility / its mean, ${days} sessions`,
    unit: 'ratio',
    source: 'Baltussen, van Bekkum & van der Grient, Journal of Financial and Quantitative Analysis 53(4), 2018',
    windowDays: days + 5,
    compute: ({ returns, shape }) => {
      const five = rollingDeviation(returns, shape, 5);
      return divide(rollingDeviation(five, shape, days), rollingMean(five, shape, days));
    },
  })),
  ...forWindows([20], (days) => ({
    name: `return_autocorrelation_${days}d`,
    group,
    formula: `correlation of own return with that of the session before, ${days} sessions`,
    unit: 'ratio',
    source: 'Lo & MacKinlay, Review of Financial Studies 3(2), 1990',
    windowDays: days + 1,
    compute: ({ ownReturns, shape }) => rollingCorrelation(ownReturns, delay(ownReturns, shape, 1), shape, days),
  })),
  ...forWindows([20], (days) => ({
    name: `absolute_return_${days}d`,
    group,
    formula: `today’s |own return| / its mean of ${days} sessions − 1`,
    unit: 'ratio',
    source: 'Ding, Granger & Engle, Journal of Empirical Finance 1(1), 1993',
    windowDays: days,
    compute: ({ ownReturns, shape }) => change(absolute(ownReturns), rollingMean(absolute(ownReturns), shape, days)),
  })),
];
