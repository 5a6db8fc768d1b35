import { formatQuantity, type Series } from '@preopen/core';
import type { Mark, Stretch, Whisker } from './chart.ts';
import {
  type ChartBuilder,
  type ChartContext,
  gapless,
  intervalText,
  labels,
  limitLevels,
  measurementOf,
  numbers,
  rowOfLargest,
  term,
} from './context.ts';

/** A column as a mark; none where the series does not have it. */
const markOf =
  (series: Series, context: ChartContext) =>
  (name: string, kind: Mark['kind'], tone: Mark['tone']): Mark[] => {
    const values = numbers(series, name);
    return values ? [{ name: term(context, name), kind, tone, values }] : [];
  };

const ms = (value: number): string => formatQuantity(value, 'ms');
const shareOfMetric = (metric: string): number | undefined => {
  const digits = /\.p(\d{2,})$/.exec(metric)?.[1];
  return digits === undefined ? undefined : Number(`0.${digits}`);
};

/** Percentile curves on the scale of HdrHistogram, with the measured percentiles, their intervals and the limit. */
export const percentileChart: ChartBuilder = (series, context) => {
  const shares = gapless(series, 'quantile');
  const response = numbers(series, 'response');
  if (!shares || !response) return undefined;
  // The slowest of all has no place on a scale of shares below 1.
  const kept = shares
    .map((share, row) => ({ share, row }))
    .filter(({ share, row }) => share < 1 && response[row] !== null);
  const pick = (values: readonly (number | null)[]): (number | null)[] => kept.map(({ row }) => values[row] ?? null);
  const styles: readonly [string, Mark['kind'], Mark['tone']][] = [
    ['response', 'line', 1],
    ['service', 'dashes', 2],
  ];
  const marks = styles.flatMap(([name, kind, tone]): Mark[] => {
    const values = numbers(series, name);
    return values ? [{ name: term(context, name), kind, tone, values: pick(values) }] : [];
  });
  const first = context.check.measurements.find(({ metric }) => /\.p95$/.test(metric));
  const family = first?.metric.slice(0, -4);
  const measured = context.check.measurements.filter(
    ({ metric }) => family !== undefined && metric.startsWith(`${family}.p`),
  );
  const whiskers = measured.flatMap(({ metric, value, interval }): Whisker[] => {
    const share = shareOfMetric(metric);
    const isOpen = interval && interval.low <= 0 && !Number.isFinite(interval.high);
    return share === undefined || !interval || isOpen
      ? []
      : [{ at: share, value, low: interval.low, high: interval.high }];
  });
  const p95 = first?.value ?? response[shares.indexOf(0.95)];
  const tail = shares.findLastIndex((share, row) => share < 1 && response[row] !== null);
  return {
    chart: {
      positions: { kind: 'nines', name: `${term(context, 'quantile')} · %`, values: kept.map(({ share }) => share) },
      panels: [
        {
          unit: 'ms',
          scale: 'log',
          share: 1,
          marks,
          whiskers,
          levels: family === undefined ? [] : limitLevels(context, `${family}.p95`, 'P95 '),
        },
      ],
    },
    ...(typeof p95 === 'number' && tail >= 0
      ? {
          caption: context.words.captions.percentiles({
            p95: ms(p95),
            tail: ms(response[tail]!),
            oneIn: Math.round(1 / (1 - shares[tail]!)).toLocaleString('en-US'),
          }),
        }
      : {}),
  };
};

/** How often each duration occurred, by bins that are equally wide on a logarithmic scale. */
export const histogramChart: ChartBuilder = (series, context) => {
  const from = gapless(series, 'from');
  const to = gapless(series, 'to');
  const counts = gapless(series, 'requests');
  if (!from || !to || !counts || from.length < 2) return undefined;
  const total = counts.reduce((sum, count) => sum + count, 0);
  // The middle half, as bins know it: from the start of the bin that holds the first quartile to the end of the other's.
  const binOf = (share: number): number => {
    let sum = 0;
    return counts.findIndex((count) => {
      sum += count;
      return sum >= share * total;
    });
  };
  return {
    chart: {
      positions: {
        kind: 'number',
        name: term(context, 'response'),
        unit: 'ms',
        scale: 'log',
        values: from.map((low, row) => Math.sqrt(low * to[row]!)),
      },
      panels: [
        {
          name: term(context, 'requests'),
          unit: 'count',
          scale: 'linear',
          share: 1,
          marks: [{ name: term(context, 'requests'), kind: 'bars', tone: 1, values: counts }],
        },
      ],
    },
    caption: context.words.captions.histogram({
      low: ms(from[binOf(0.25)]!),
      high: ms(to[binOf(0.75)]!),
      requests: total.toLocaleString('en-US'),
    }),
  };
};

/** Response times along the run; stretches in which something stood still are marked. */
export const overTimeChart: ChartBuilder = (series, context) => {
  const seconds = gapless(series, 'since start');
  const median = numbers(series, 'median');
  const slowest = numbers(series, 'slowest');
  if (!seconds || !median || !slowest || seconds.length < 2) return undefined;
  const known = median.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const usual = known[known.length >> 1] ?? 0;
  const stepS = seconds[1]! - seconds[0]!;
  const stalls = seconds.flatMap((at, row): Stretch[] => {
    const value = slowest[row];
    const isStall = value !== null && value !== undefined && value >= Math.max(20, 10 * usual);
    return isStall ? [{ from: at - stepS / 2, to: at + stepS / 2, tone: 'stall' }] : [];
  });
  const worst = rowOfLargest(slowest);
  const mark = markOf(series, context);
  return {
    chart: {
      positions: { kind: 'number', name: term(context, 'since start'), unit: 's', scale: 'linear', values: seconds },
      panels: [
        {
          unit: 'ms',
          scale: 'log',
          share: 1,
          marks: [...mark('slowest', 'line', 'quiet'), ...mark('P95', 'line', 2), ...mark('median', 'line', 1)],
        },
      ],
      // The first and the last stretch would stand half outside of the drawing.
      stretches: stalls.map((stall) => ({
        ...stall,
        from: Math.max(stall.from, seconds[0]!),
        to: Math.min(stall.to, seconds.at(-1)!),
      })),
    },
    ...(worst >= 0
      ? {
          caption: context.words.captions.overTime({
            slowest: ms(slowest[worst]!),
            at: formatQuantity(seconds[worst]!, 's'),
            stalls: String(stalls.length),
          }),
        }
      : {}),
  };
};

/** Where the time goes, in the middle and in the tail. */
export const stagesChart: ChartBuilder = (series, context) => {
  const stages = labels(series, 'stage');
  const middle = numbers(series, 'in the middle');
  const tail = numbers(series, 'in the tail');
  if (!middle || !tail || stages.length === 0) return undefined;
  const worst = rowOfLargest(tail);
  return {
    chart: {
      positions: { kind: 'rows', name: term(context, 'stage'), values: stages.map((stage) => term(context, stage)) },
      panels: [
        {
          unit: 'ms',
          scale: 'linear',
          share: 1,
          marks: [
            { name: term(context, 'in the middle'), kind: 'bars', tone: 2, values: middle },
            { name: term(context, 'in the tail'), kind: 'bars', tone: 1, values: tail },
          ],
        },
      ],
    },
    ...(worst >= 0 && middle[worst] !== null
      ? {
          caption: context.words.captions.stages({
            stage: term(context, stages[worst]!),
            middle: ms(middle[worst]!),
            tail: ms(tail[worst]!),
          }),
        }
      : {}),
  };
};

/** Service time by the size of a request, with the line that was fitted. */
export const batchSizeChart: ChartBuilder = (series, context) => {
  const stocks = gapless(series, 'stocks');
  if (!stocks) return undefined;
  const mark = markOf(series, context);
  const fixed = measurementOf(context.check, 'latency.batch.fixed');
  const perStock = measurementOf(context.check, 'latency.batch.perStock');
  return {
    chart: {
      positions: { kind: 'number', name: term(context, 'stocks'), unit: 'count', scale: 'linear', values: stocks },
      panels: [
        {
          unit: 'ms',
          scale: 'linear',
          share: 1,
          marks: [...mark('fitted', 'dashes', 'quiet'), ...mark('P95', 'points', 2), ...mark('median', 'points', 1)],
        },
      ],
    },
    ...(fixed && perStock
      ? {
          caption: context.words.captions.batchSize({
            fixed: ms(fixed.value),
            perStock: `${ms(perStock.value)}${perStock.interval ? ` (${intervalText(context.words, perStock)})` : ''}`,
          }),
        }
      : {}),
  };
};

/** Functions that a chart shows; the others are in the table. */
const mostFunctions = 8;
/** What a profile counts beside functions: no code that could be mended. */
const noFunction = /^\((idle|program|not sampled)\)$/;

/** Functions of the service by what they take of the slowest requests, beside what they take of those in the middle. */
export const functionsChart: ChartBuilder = (series, context) => {
  const names = labels(series, 'function');
  const middle = numbers(series, 'in the middle');
  const tail = numbers(series, 'in the tail');
  if (!middle || !tail || names.length === 0) return undefined;
  const weight = (row: number): number => Math.max(tail[row] ?? 0, middle[row] ?? 0);
  const rows = names
    .map((_, row) => row)
    .filter((row) => !noFunction.test(names[row]!) && weight(row) > 0)
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, mostFunctions);
  if (rows.length === 0) return undefined;
  const pick = (values: readonly (number | null)[]): (number | null)[] => rows.map((row) => values[row] ?? null);
  const worst = rows.toSorted((a, b) => (tail[b] ?? 0) - (tail[a] ?? 0))[0]!;
  return {
    chart: {
      positions: {
        kind: 'rows',
        name: term(context, 'function'),
        values: rows.map((row) => term(context, names[row]!)),
      },
      panels: [
        {
          unit: 'ms',
          scale: 'linear',
          share: 1,
          marks: [
            { name: term(context, 'in the middle'), kind: 'bars', tone: 2, values: pick(middle) },
            { name: term(context, 'in the tail'), kind: 'bars', tone: 1, values: pick(tail) },
          ],
        },
      ],
    },
    caption: context.words.captions.functions({
      name: term(context, names[worst]!),
      tail: ms(tail[worst] ?? 0),
      middle: ms(middle[worst] ?? 0),
    }),
  };
};
