import type { Measurement } from '@preopen/core';
import { type ChangePoint, changePoints } from './guarded-scan.ts';
import type { HistoryEntry } from './history-entry.ts';

/** One metric over the runs that can be held beside each other: same target, suite, scale and kind of machine. */
export interface HistorySeries {
  readonly metric: string;
  readonly unit: Measurement['unit'];
  readonly target: string;
  readonly suite: string;
  readonly scale: string;
  readonly environmentClass: string;
  /** Oldest first. `spoilt` ones are shown and not used. */
  readonly points: readonly {
    readonly run: string;
    readonly startedAt: string;
    readonly value: number;
    readonly spoilt: boolean;
  }[];
  /** How many runs of the same kind came after the last point: in none of them the metric was measured. */
  readonly missedSince: number;
  /** Suspicions; `at` and `foundAt` index `points`. */
  readonly changes: readonly (ChangePoint & { readonly foundAt: number })[];
}

/** What must be the same for runs to be held beside each other. */
const kindOf = ({
  target,
  suite,
  scale,
  environmentClass,
}: Pick<HistorySeries, 'target' | 'suite' | 'scale' | 'environmentClass'>): string =>
  JSON.stringify([target, suite, scale, environmentClass]);

/** The series of a history, most recently measured first; runs that were interrupted are left out. */
export function historySeries(entries: readonly HistoryEntry[]): HistorySeries[] {
  const grouped = new Map<
    string,
    {
      readonly facts: Omit<HistorySeries, 'points' | 'changes' | 'missedSince'>;
      readonly points: HistorySeries['points'][number][];
      /** Which run of its kind measured it last. */
      last: number;
    }
  >();
  /** How many runs of each kind there are. */
  const made = new Map<string, number>();
  const ordered = entries
    .filter(({ status }) => status === 'completed')
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  for (const { target, suite, scale, environmentClass, id, startedAt, metrics } of ordered) {
    const shown = `${scale.stocks} stocks × ${scale.days} days, ${scale.users} users`;
    const kind = kindOf({ target: target.name, suite, scale: shown, environmentClass });
    const nth = (made.get(kind) ?? 0) + 1;
    made.set(kind, nth);
    for (const { metric, unit, value, spoilt } of metrics) {
      const key = JSON.stringify([metric, unit, target.name, suite, shown, environmentClass]);
      const facts = { metric, unit, target: target.name, suite, scale: shown, environmentClass };
      const series = grouped.get(key) ?? { facts, points: [], last: nth };
      series.points.push({ run: id, startedAt, value, spoilt });
      series.last = nth;
      grouped.set(key, series);
    }
  }
  return [...grouped.values()]
    .map(
      ({ facts, points, last }): HistorySeries => ({
        ...facts,
        points,
        missedSince: made.get(kindOf(facts))! - last,
        changes: changesOf(points),
      }),
    )
    .toSorted((a, b) => (a.points.at(-1)!.startedAt > b.points.at(-1)!.startedAt ? -1 : 1));
}

/** Changes among the values that can be used, at their places among all. Only positive values can be held by ratio. */
function changesOf(points: HistorySeries['points']): HistorySeries['changes'] {
  const places = points.flatMap(({ spoilt, value }, i) => (spoilt || !(value > 0) ? [] : [i]));
  if (points.some(({ value, spoilt }) => !spoilt && !(value > 0))) return [];
  return changePoints(places.map((i) => points[i]!.value)).map(({ at, change, foundAt }) => ({
    at: places[at]!,
    change,
    foundAt: places[foundAt]!,
  }));
}

const bars = '▁▂▃▄▅▆▇█';

/** The last values as one row of bars; `·` where a value was spoilt. */
export function sparkline(points: HistorySeries['points'], width = 30): string {
  const shown = points.slice(-width);
  const used = shown.filter(({ spoilt }) => !spoilt).map(({ value }) => value);
  const [low, high] = [Math.min(...used), Math.max(...used)];
  return shown
    .map(({ value, spoilt }) => (spoilt ? '·' : bars[high > low ? Math.round(((value - low) / (high - low)) * 7) : 3]))
    .join('');
}
