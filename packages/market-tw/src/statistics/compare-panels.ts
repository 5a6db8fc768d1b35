import type { Panel } from '../panel.ts';
import { type MarketStatistics, marketStatistics } from './market-statistics.ts';
import { statisticLabels, statisticText } from './statistic-labels.ts';

/** One statistic of two panels. */
export interface ComparedStatistic {
  readonly statistic: keyof MarketStatistics;
  readonly label: string;
  /** `null` is what a panel cannot tell: limits of adjusted prices, sectors of a file without them. */
  readonly a: number | null;
  readonly b: number | null;
  readonly aText: string;
  readonly bText: string;
}

/** Two panels side by side, statistic by statistic. */
export function comparePanels(a: Panel, b: Panel): ComparedStatistic[] {
  const [ofA, ofB] = [marketStatistics(a), marketStatistics(b)];
  return (Object.keys(statisticLabels) as (keyof MarketStatistics)[]).map((statistic) => ({
    statistic,
    label: statisticLabels[statistic].label,
    a: Number.isNaN(ofA[statistic]) ? null : ofA[statistic],
    b: Number.isNaN(ofB[statistic]) ? null : ofB[statistic],
    aText: statisticText(statistic, ofA[statistic]),
    bText: statisticText(statistic, ofB[statistic]),
  }));
}
