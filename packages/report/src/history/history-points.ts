import type { Results } from '@preopen/core';
import type { HistoryPoint } from '../page/history.ts';
import { type HistoryEntry, historyEntry } from './history-entry.ts';
import { historySeries } from './history-series.ts';

/**
 * What the report shows of a history: runs of the same target, suite and scale on the same kind of machine. Values that
 * other work spoilt are left out.
 */
export function historyPoints(results: Results, entries: readonly HistoryEntry[]): HistoryPoint[] {
  const own = historyEntry(results);
  const sameAs = (entry: HistoryEntry): string =>
    JSON.stringify([entry.target.name, entry.suite, entry.scale, entry.environmentClass]);
  return historySeries(entries.filter((entry) => sameAs(entry) === sameAs(own))).flatMap(
    ({ metric, points, changes }) =>
      points.flatMap(({ startedAt, value, spoilt }, k): HistoryPoint[] =>
        spoilt ? [] : [{ startedAt, metric, value, changePoint: changes.some(({ at }) => at === k) }],
      ),
  );
}
