import type { Panel } from '../panel.ts';
import { type MarketStatistics, marketStatistics } from './market-statistics.ts';

/** Sessions of the windows over which calm and stress are compared: a month. */
export const windowSessions = 20;

/** Lowest, median and highest value of each statistic over windows; `NaN` where no window has one. */
export type WindowRanges = Readonly<
  Record<keyof MarketStatistics, readonly [low: number, median: number, high: number]>
>;

/**
 * Statistics of all windows of 20 sessions that lie within a span or hold a date.
 * @param options.step every so manieth window. Default 1
 */
export function windowRanges(
  panel: Panel,
  options: { readonly from?: string; readonly to?: string; readonly holds?: string; readonly step?: number },
): WindowRanges {
  const { from = panel.dates[0]!, to = panel.dates.at(-1)!, holds, step = 1 } = options;
  const all: MarketStatistics[] = [];
  let fitting = 0;
  for (let t = 0; t + windowSessions <= panel.dates.length; t++) {
    const [first, last] = [panel.dates[t]!, panel.dates[t + windowSessions - 1]!];
    if (first < from || last > to || (holds !== undefined && (first > holds || last < holds))) continue;
    if (fitting++ % step === 0) all.push(marketStatistics(panel, { from: t, to: t + windowSessions }));
  }
  const names = Object.keys(all[0] ?? {}) as (keyof MarketStatistics)[];
  return Object.fromEntries(
    names.map((name) => {
      const values = all
        .map((one) => one[name])
        .filter((value) => !Number.isNaN(value))
        .sort((a, b) => a - b);
      return [name, [values[0] ?? Number.NaN, values[values.length >> 1] ?? Number.NaN, values.at(-1) ?? Number.NaN]];
    }),
  ) as unknown as WindowRanges;
}
