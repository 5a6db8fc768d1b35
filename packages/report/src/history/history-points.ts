import type { Results } from '@preopen/core';
import type { HistoryPoint } from '../page/history.ts';
import { type HistoryEntry, historyEntry } from './history-entry.ts';
import { type HistorySeries, historySeries } from './history-series.ts';

/** A series as pages show it. */
export function pointsOfSeries({ metric, points, changes }: HistorySeries): HistoryPoint[] {
  const changeAt = new Map(changes.map(({ at, change }) => [at, change]));
  return points.map(({ run, startedAt, value, spoilt }, k): HistoryPoint => {
    const change = changeAt.get(k);
    return { startedAt, metric, value, run, spoilt, ...(change === undefined ? {} : { change }) };
  });
}

/**
 * What the report shows of a history: runs of the same target, suite and scale on the same kind of machine. A metric that
 * other work spoilt in every run is left out.
 */
export function historyPoints(results: Results, entries: readonly HistoryEntry[]): HistoryPoint[] {
  const own = historyEntry(results);
  const sameAs = (entry: HistoryEntry): string =>
    JSON.stringify([entry.target.name, entry.suite, entry.scale, entry.environmentClass]);
  return historySeries(entries.filter((entry) => sameAs(entry) === sameAs(own)))
    .filter(({ points }) => points.some(({ spoilt }) => !spoilt))
    .flatMap(pointsOfSeries);
}
