import { formatQuantity } from '@preopen/core';
import type { Panel, Stretch } from './chart.ts';
import { type ChartBuilder, gapless, labels, limitLevels, numbers, rowOfLargest, term } from './context.ts';

/** Memory along the run, with the stages that the pipeline announced where the check tells when they ran. */
export const memoryTimelineChart: ChartBuilder = (series, context) => {
  const seconds = gapless(series, 'since start');
  const resident = numbers(series, 'resident');
  if (!seconds || !resident || seconds.length < 2) return undefined;
  const peak = rowOfLargest(resident);
  const processes = numbers(series, 'processes');
  const others = series.columns.filter(
    ({ name, unit }) => unit === 'bytes' && name !== 'resident' && numbers(series, name) !== undefined,
  );
  const counted: Panel[] =
    processes && new Set(processes).size > 1
      ? [
          {
            name: term(context, 'processes'),
            unit: 'count',
            scale: 'linear',
            share: 0.3,
            marks: [{ name: term(context, 'processes'), kind: 'area', tone: 'quiet', values: processes }],
          },
        ]
      : [];
  const metric = context.check.measurements.find(({ metric: id }) => id.endsWith('.peakRss'))?.metric;
  return {
    chart: {
      positions: { kind: 'number', name: term(context, 'since start'), unit: 's', scale: 'linear', values: seconds },
      panels: [
        {
          unit: 'bytes',
          scale: 'linear',
          share: 1,
          marks: [
            { name: term(context, 'resident'), kind: 'area', tone: 1, values: resident },
            ...others.map(({ name }, k) => ({
              name: term(context, name),
              kind: 'line' as const,
              tone: ([2, 3, 4, 5] as const)[k % 4]!,
              values: numbers(series, name)!,
            })),
          ],
          levels: metric === undefined ? [] : limitLevels(context, metric),
        },
        ...counted,
      ],
      stretches: stageStretches(context, seconds),
      ...collections(context),
    },
    ...(peak >= 0
      ? {
          caption: context.words.captions.memory({
            peak: formatQuantity(resident[peak]!, 'bytes'),
            at: formatQuantity(seconds[peak]!, 's'),
          }),
        }
      : {}),
  };
};

/**
 * The same work under lower and lower limits, against itself without one. A limit under which it broke in every run has its
 * row and no bar.
 */
export const pressureChart: ChartBuilder = (series, context) => {
  const kinds = labels(series, 'limit of');
  const limit = gapless(series, 'limit');
  const time = numbers(series, 'time');
  if (!limit || !time || kinds.length === 0) return undefined;
  // What stands in brackets says how the limit is set, which the table has too.
  const short = (kind: string): string => term(context, kind).replace(/ ?[(（].*$/, '');
  const names = kinds.map((kind, row) => `${short(kind)} ${formatQuantity(limit[row]!, 'bytes')}`);
  return {
    chart: {
      positions: { kind: 'rows', name: term(context, 'limit of'), values: names },
      panels: [
        {
          unit: 'ratio',
          scale: 'linear',
          share: 1,
          marks: [{ name: term(context, 'time'), kind: 'bars', tone: 1, values: time }],
          levels: [{ label: context.words.labels.withoutLimit, value: 1, tone: 'figure' }],
        },
      ],
    },
  };
};

/** When each announced stage ran, from a series of the same check. */
function stageStretches(context: Parameters<ChartBuilder>[1], seconds: readonly number[]): Stretch[] {
  const times = context.check.series.find(({ id }) => id === 'memory.stageTimes');
  const from = times && gapless(times, 'from');
  const to = times && gapless(times, 'to');
  if (!times || !from || !to) return [];
  const last = seconds.at(-1)!;
  return labels(times, 'stage').flatMap((stage, row): Stretch[] => {
    const start = Math.max(seconds[0]!, from[row]!);
    const end = Math.min(last, to[row]!);
    if (end <= start) return [];
    // A name that is wider than its stretch would run into the next.
    const named = (end - start) / (last - seconds[0]!) > 0.12;
    return [{ from: start, to: end, tone: 'stage', ...(named ? { label: term(context, stage) } : {}) }];
  });
}

/** A pause that is shorter holds up nothing that a timeline of seconds can show. */
const leastPauseMs = 5;

/**
 * When garbage collection held the process up: the pauses that a check recorded, else the looks at the heap of the same
 * check during which there was one.
 */
function collections(context: Parameters<ChartBuilder>[1]): { instants?: { name: string; at: number[] } } {
  const recorded = context.check.series.find(({ id }) => id === 'memory.gcPauses');
  const times = recorded && gapless(recorded, 'since start');
  const lengths = recorded && gapless(recorded, 'GC pause');
  if (times && lengths) {
    const long = times.filter((_, row) => lengths[row]! >= leastPauseMs);
    const longest = formatQuantity(Math.max(...lengths), 'ms');
    const name = context.words.labels.gcMarks(String(long.length), `${leastPauseMs} ms`, longest);
    return long.length === 0 ? {} : { instants: { name, at: long } };
  }
  const heap = context.check.series.find(({ id }) => id === 'memory.heap');
  const at = heap && gapless(heap, 'since start');
  const pauses = heap && numbers(heap, 'longest GC pause');
  if (!at || !pauses) return {};
  const paused = at.filter((_, row) => (pauses[row] ?? 0) > 0);
  return paused.length === 0 ? {} : { instants: { name: context.words.labels.gcPauses(paused.length), at: paused } };
}
