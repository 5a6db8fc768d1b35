import type { HistoricalMarket } from '../history/simulate-period.ts';
import type { Panel } from '../panel.ts';
import { marketIndexReturns } from '../simulation/market-index.ts';
import { meanOfFinite } from '../statistics/series.ts';
import { lineChart } from './line-chart.ts';

const colours = ['#0b6bcb', '#d1452c', '#2a8c4a', '#8a5bb5', '#b58900', '#555'];

/** Index that starts at 100 the session before the first, from changes as ratios. */
function grown(changes: ArrayLike<number>): number[] {
  let level = 100;
  return Array.from(changes, (change) => {
    level *= 1 + (Number.isNaN(change) ? 0 : change);
    return level;
  });
}

/** Mean return of a panel's stocks, day by day. */
function meanReturns({ dates, stocks, fields }: Panel): number[] {
  const n = stocks.length;
  return dates.map((_, t) =>
    meanOfFinite(
      Float64Array.from({ length: n }, (__, i) => fields.close[t * n + i]! / fields.reference[t * n + i]! - 1),
    ),
  );
}

/** Panels as lines: the mean of their stocks, dividends included, by session from the first. */
export function panelChart(panels: readonly { readonly name: string; readonly panel: Panel }[]): string {
  const longest = panels.reduce(
    (most, { panel }) => (panel.dates.length > most.length ? panel.dates : most),
    [] as readonly string[],
  );
  const isShared = panels.every(({ panel }) => panel.dates.every((date, t) => date === longest[t]));
  return lineChart({
    title: 'Mean of the stocks, 100 before the first session',
    dates: isShared ? longest : longest.map((_, t) => `session ${t + 1}`),
    lines: panels.map(({ name, panel }, k) => ({
      name,
      colour: colours[k % colours.length]!,
      values: grown(meanReturns(panel)),
    })),
  });
}

/** A simulated period beside the real index: what the stocks' capitalisation makes of it, and what their mean does. */
export function periodChart({ panel, sharesOutstanding, stressDays, indexReturns, period }: HistoricalMarket): string {
  const first = stressDays[0]!;
  const implied = marketIndexReturns(panel, sharesOutstanding);
  return lineChart({
    title: `${period.title}: simulated and real (100 before the first)`,
    dates: panel.dates.slice(first),
    lines: [
      { name: 'mean of the simulated stocks', colour: colours[2]!, values: grown(meanReturns(panel).slice(first)) },
      { name: 'index of the simulated stocks', colour: colours[0]!, values: grown(implied.subarray(first)) },
      { name: 'TAIEX', colour: colours[1]!, values: grown(indexReturns), isDashed: true },
    ],
  });
}
