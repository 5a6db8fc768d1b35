import { guardedScan, scanWindow } from '../history/guarded-scan.ts';
import type { HistoryEntry, HistoryMetric } from '../history/history-entry.ts';

/** A change that the latest run brought to light: a suspicion, not a verdict. */
export interface Suspicion {
  readonly metric: string;
  /** After against before − 1. */
  readonly change: number;
  /** The run with which the change seems to have begun. */
  readonly since: string;
}

interface Watched {
  /** Usable values since the last change, oldest first, and the runs that they are of. */
  readonly values: readonly number[];
  readonly runs: readonly string[];
  /** Whether all values were positive: only those can be held by ratio. */
  readonly positive: boolean;
  /** The latest change, and how many values came since it was found. */
  readonly last?: Suspicion & { readonly age: number };
}

/** What a watch remembers of each metric: as much as the scan looks at. */
export type WatchedMetrics = ReadonlyMap<string, Watched>;

const nothing: Watched = { values: [], runs: [], positive: true };
/** So many values after it was found, a change is no news any more: the scan could have found another one since. */
const newsFor = 12;

function withValue(before: Watched, { metric, value }: HistoryMetric, run: string): Watched {
  const positive = before.positive && value > 0;
  const last = before.last && { ...before.last, age: before.last.age + 1 };
  const values = [...before.values, value].slice(-scanWindow);
  const runs = [...before.runs, run].slice(-scanWindow);
  const hit = positive ? guardedScan(values) : undefined;
  if (!hit) return { values, runs, positive, ...(last ? { last } : {}) };
  return {
    values: values.slice(hit.at),
    runs: runs.slice(hit.at),
    positive,
    last: { metric, change: hit.change, since: runs[hit.at]!, age: 0 },
  };
}

/**
 * Adds a run: every metric is scanned for a change, one run at a time, as `preopen history` would. Runs that were
 * interrupted and values that other work spoilt are left out.
 * @returns what is remembered now, and the changes that came to light with this run
 */
export function watchEntry(
  before: WatchedMetrics,
  entry: HistoryEntry,
): { readonly watched: WatchedMetrics; readonly found: readonly Suspicion[] } {
  const watched = new Map(before);
  const found: Suspicion[] = [];
  if (entry.status !== 'completed') return { watched, found };
  for (const one of entry.metrics) {
    if (one.spoilt) continue;
    const after = withValue(before.get(one.metric) ?? nothing, one, entry.id);
    watched.set(one.metric, after);
    if (after.last?.age === 0) found.push({ metric: one.metric, change: after.last.change, since: after.last.since });
  }
  return { watched, found };
}

/** Changes found within the last 12 values of each metric. */
export function recentSuspicions(watched: WatchedMetrics): readonly Suspicion[] {
  return [...watched.values()].flatMap(({ last }) =>
    last && last.age < newsFor ? [{ metric: last.metric, change: last.change, since: last.since }] : [],
  );
}

/** What a history already holds of what a watch is to measure: same target, suite, scale and kind of machine. */
export function watchedSoFar(
  entries: readonly HistoryEntry[],
  like: Pick<HistoryEntry, 'suite' | 'scale' | 'environmentClass'> & { readonly target: string },
): WatchedMetrics {
  const wanted = JSON.stringify([like.target, like.suite, like.scale, like.environmentClass]);
  return entries
    .filter(({ target, suite, scale, environmentClass }) => {
      return JSON.stringify([target.name, suite, scale, environmentClass]) === wanted;
    })
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
    .reduce<WatchedMetrics>((watched, entry) => watchEntry(watched, entry).watched, new Map());
}
