import type { MarketStatistics } from './market-statistics.ts';

/** How a statistic is shown: its name, and whether it is a share of one. */
export interface StatisticLabel {
  readonly label: string;
  readonly unit: 'ratio' | 'number' | 'count';
}

/** What each statistic of `marketStatistics` is called for people, and its unit. */
export const statisticLabels: Readonly<Record<keyof MarketStatistics, StatisticLabel>> = {
  stocks: { label: 'stocks', unit: 'count' },
  days: { label: 'sessions', unit: 'count' },
  annualVolatility: { label: 'volatility of a stock, a year (median)', unit: 'ratio' },
  marketVolatility: { label: 'deviation of the mean return, a day', unit: 'ratio' },
  excessKurtosis: { label: 'excess kurtosis of returns', unit: 'number' },
  hillTail: { label: 'tail index (Hill, 2 %)', unit: 'number' },
  returnAutocorrelation: { label: 'autocorrelation of returns, 1 session', unit: 'number' },
  absoluteAutocorrelation1: { label: 'autocorrelation of absolute returns, 1 session', unit: 'number' },
  absoluteAutocorrelation5: { label: 'autocorrelation of absolute returns, 5 sessions', unit: 'number' },
  leverage: { label: 'correlation of return and next absolute return', unit: 'number' },
  pairCorrelation: { label: 'correlation of two stocks (mean)', unit: 'number' },
  sectorCorrelation: { label: 'correlation within a sector (mean)', unit: 'number' },
  semiconductorCorrelation: { label: 'correlation of two semiconductors (mean)', unit: 'number' },
  crossSectionalDeviation: { label: 'deviation across the stocks, a day (median)', unit: 'ratio' },
  range: { label: '(high − low) / reference (median)', unit: 'ratio' },
  largeMoves: { label: 'moves of at least 93 % of the limit', unit: 'ratio' },
  limitCloses: { label: 'closes at a limit', unit: 'ratio' },
  limitLocks: { label: 'locked at a limit all day', unit: 'ratio' },
  volumeVolatility: { label: 'correlation of volume and absolute return', unit: 'number' },
  lockedVolume: { label: 'volume of a locked day over the usual (median)', unit: 'number' },
  withoutTrade: { label: 'stock-days without a trade', unit: 'ratio' },
  uncompared: { label: 'stock-days beyond any limit', unit: 'ratio' },
  unchanged: { label: 'unchanged prices', unit: 'ratio' },
  semiconductorTurnover: { label: 'semiconductors’ share of turnover', unit: 'ratio' },
  offTick: { label: 'prices off their tick', unit: 'ratio' },
};

/** A statistic as text: shares in percent, three digits; a dash where there is none. */
export function statisticText(name: keyof MarketStatistics, value: number): string {
  if (Number.isNaN(value)) return '–';
  const { unit } = statisticLabels[name];
  if (unit === 'count') return String(value);
  const shown = unit === 'ratio' ? 100 * value : value;
  const text = Math.abs(shown) >= 100 ? shown.toFixed(0) : Number(shown.toPrecision(3)).toString();
  return unit === 'ratio' ? `${text} %` : text;
}
