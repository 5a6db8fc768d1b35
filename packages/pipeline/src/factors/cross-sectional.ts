import {
  change,
  crossSectionalScore,
  delay,
  divide,
  groupMean,
  neutralise,
  rollingDeviation,
  rollingMean,
  subtract,
  winsorise,
} from '../operators.ts';
import { type Factor, forWindows } from './factor.ts';
import type { MarketColumns } from './market-columns.ts';

const group = 'cross-sectional';

const momentum = ({ close, lastClose, shape }: MarketColumns, days: number): Float64Array =>
  change(close, delay(lastClose, shape, days));

/** What stands for size: log of mean turnover of 60 sessions. Shares outstanding are not in the dataset. */
const size = ({ logTurnover, shape }: MarketColumns): Float64Array => rollingMean(logTurnover, shape, 60);

/** A stock against the others of its day: its market, its sector, its size. */
export const crossSectionalFactors: readonly Factor[] = [
  {
    name: 'own_return_1d',
    group,
    formula: 'return less the mean of all stocks that day',
    unit: 'ratio',
    source: 'Lo & MacKinlay, Review of Financial Studies 3(2), 1990',
    windowDays: 1,
    compute: ({ ownReturns }) => ownReturns,
  },
  {
    name: 'own_return_scaled_20d',
    group,
    formula: 'own return of the day / its standard deviation of 20 sessions',
    unit: 'deviations',
    source: 'Blitz, Huij, Lansdorp & Verbeek, Journal of Financial Markets 16(3), 2013',
    windowDays: 20,
    compute: ({ ownReturns, shape }) => divide(ownReturns, rollingDeviation(ownReturns, shape, 20)),
  },
  ...forWindows([5, 20, 60], (days) => ({
    name: `own_return_mean_${days}d`,
    group,
    formula: `mean own return of ${days} sessions`,
    unit: 'ratio',
    source: 'Grundy & Martin, Review of Financial Studies 14(1), 2001',
    windowDays: days,
    compute: ({ ownReturns, shape }) => rollingMean(ownReturns, shape, days),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `own_return_ratio_${days}d`,
    group,
    formula: `mean own return of ${days} sessions / its standard deviation`,
    unit: 'deviations',
    source: 'Blitz, Huij & Martens, Journal of Empirical Finance 18(3), 2011',
    windowDays: days,
    compute: ({ ownReturns, shape }) =>
      divide(rollingMean(ownReturns, shape, days), rollingDeviation(ownReturns, shape, days)),
  })),
  ...forWindows([1, 5, 20], (days) => ({
    name: `sector_return_${days}d`,
    group,
    formula: `mean return over ${days} sessions of the stock’s sector`,
    unit: 'ratio',
    source: 'Moskowitz & Grinblatt, Journal of Finance 54(4), 1999',
    windowDays: days,
    compute: (market) => groupMean(days === 1 ? market.returns : momentum(market, days), market.shape, market.sectors),
  })),
  ...forWindows([1, 5, 20], (days) => ({
    name: `return_in_sector_${days}d`,
    group,
    formula: `return over ${days} sessions less the mean of its sector`,
    unit: 'ratio',
    source: 'Hameed & Mian, Journal of Financial and Quantitative Analysis 50(1–2), 2015',
    windowDays: days,
    compute: (market) =>
      neutralise(days === 1 ? market.returns : momentum(market, days), market.shape, { groups: market.sectors }),
  })),
  ...forWindows([20, 60], (days) => ({
    name: `momentum_neutral_${days}d`,
    group,
    formula: `momentum of ${days} sessions, 1 % winsorised, after sector and size are taken out`,
    unit: 'ratio',
    source: 'Grinold & Kahn, Active Portfolio Management, 2nd ed., 2000, ch. 11',
    windowDays: days + 1,
    compute: (market) =>
      neutralise(winsorise(momentum(market, days), market.shape, 0.01), market.shape, {
        groups: market.sectors,
        exposure: size(market),
      }),
  })),
  {
    name: 'turnover_size_60d',
    group,
    formula: 'log of mean turnover of 60 sessions, as z-score of the day: stands for size',
    unit: 'deviations',
    source: 'Banz, Journal of Financial Economics 9(1), 1981; Brennan, Chordia & Subrahmanyam, 49(3), 1998',
    windowDays: 60,
    compute: (market) => crossSectionalScore(size(market), market.shape),
  },
  {
    name: 'turnover_surprise_in_sector_20d',
    group,
    formula: 'log turnover less its mean of 20 sessions, less the mean of its sector',
    unit: 'log ratio',
    source: 'Gervais, Kaniel & Mingelgrin, Journal of Finance 56(3), 2001',
    windowDays: 20,
    compute: ({ logTurnover, shape, sectors }) =>
      neutralise(subtract(logTurnover, rollingMean(logTurnover, shape, 20)), shape, { groups: sectors }),
  },
  {
    name: 'price_level',
    group,
    formula: 'log of the unadjusted close, as z-score of the day',
    unit: 'deviations',
    source: 'Miller & Scholes, Journal of Political Economy 90(6), 1982; ticks weigh more on low prices',
    windowDays: 1,
    compute: ({ panel, shape }) => crossSectionalScore(panel.fields.close.map(Math.log), shape),
  },
];
