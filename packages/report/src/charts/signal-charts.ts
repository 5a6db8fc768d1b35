import { formatQuantity } from '@preopen/core';
import { formatFigure } from '../format.ts';
import { industries } from '../language/industries.ts';
import type { Mark } from './chart.ts';
import { type ChartBuilder, intervalText, labels, limitLevels, measurementOf, numbers, term } from './context.ts';

const plain = (value: number): string => formatFigure(value, { metric: 'ic.mean', unit: 'ratio' });
const percent = (value: number): string => formatQuantity(value, 'ratio', { asPercent: true }).replace(/^-/, '−');

/** Trailing mean over the days that have a value; `null` before the window is full. */
function trailingMean(values: readonly (number | null)[], window: number): (number | null)[] {
  const recent: number[] = [];
  return values.map((value) => {
    if (value === null) return null;
    recent.push(value);
    if (recent.length > window) recent.shift();
    return recent.length < window ? null : recent.reduce((sum, one) => sum + one, 0) / window;
  });
}

/** Daily coefficients with their trailing mean, beside the best possible ones where those are known. */
export const icByDateChart: ChartBuilder = (series, context) => {
  const dates = labels(series, 'date');
  const daily = numbers(series, 'pipeline');
  if (!daily) return undefined;
  const best = numbers(series, 'best possible');
  // Days before the first prediction have no coefficient and would be a third of the drawing.
  const first = daily.findIndex((value) => value !== null);
  const own = daily.slice(first);
  const known = own.filter((value): value is number => value !== null);
  const window = known.length >= 60 ? 20 : 5;
  const name = context.words.labels.dayMean(window);
  const marks: Mark[] = [
    { name: term(context, 'pipeline'), kind: 'bars', tone: 'faint', values: own },
    { name: `${term(context, 'pipeline')}, ${name}`, kind: 'line', tone: 1, values: trailingMean(own, window) },
    ...(best
      ? [
          {
            name: `${term(context, 'best possible')}, ${name}`,
            kind: 'dashes' as const,
            tone: 2 as const,
            values: trailingMean(best.slice(first), window),
          },
        ]
      : []),
  ];
  const mean = measurementOf(context.check, 'ic.mean');
  return {
    chart: {
      positions: { kind: 'ordered', name: '', values: dates.slice(first) },
      panels: [
        { name: 'IC', unit: 'ratio', scale: 'linear', share: 1, marks, levels: limitLevels(context, 'ic.mean') },
      ],
    },
    ...(mean
      ? {
          caption: context.words.captions.icByDate({
            mean: plain(mean.value),
            interval: intervalText(context.words, mean),
            positive: String(known.filter((value) => value > 0).length),
            days: String(known.length),
          }),
        }
      : {}),
  };
};

/** The coefficient by how far ahead the return lies. */
export const icDecayChart: ChartBuilder = (series, context) => {
  const ahead = labels(series, 'sessions ahead');
  const mean = numbers(series, 'mean');
  if (!mean || ahead.length < 2) return undefined;
  const known = mean.flatMap((value, row) => (value === null ? [] : [{ value, at: ahead[row]! }]));
  const first = known[0];
  const last = known.at(-1);
  return {
    chart: {
      positions: { kind: 'ordered', name: term(context, 'sessions ahead'), values: ahead },
      panels: [
        {
          name: 'IC',
          unit: 'ratio',
          scale: 'linear',
          share: 1,
          marks: [{ name: 'IC', kind: 'bars', tone: 1, values: mean }],
        },
      ],
    },
    ...(first && last && first !== last
      ? {
          caption: context.words.captions.decay({
            first: plain(first.value),
            firstAt: first.at,
            last: plain(last.value),
            lastAt: last.at,
          }),
        }
      : {}),
  };
};

/** The coefficient by industry, the best first. */
export const icBySectorChart: ChartBuilder = (series, context) => {
  const sectors = labels(series, 'sector');
  const mean = numbers(series, 'mean');
  if (!mean) return undefined;
  const rows = sectors
    .map((_, row) => row)
    .filter((row) => mean[row] !== null)
    .toSorted((a, b) => mean[b]! - mean[a]!);
  if (rows.length === 0) return undefined;
  const name = (row: number): string =>
    industries[sectors[row]!]?.[context.words.language] ?? term(context, sectors[row]!);
  return {
    chart: {
      positions: { kind: 'rows', name: term(context, 'sector'), values: rows.map(name) },
      panels: [
        {
          unit: 'ratio',
          scale: 'linear',
          share: 1,
          marks: [{ name: 'IC', kind: 'bars', tone: 1, values: rows.map((row) => mean[row]!) }],
        },
      ],
    },
    caption: context.words.captions.sectors({
      best: name(rows[0]!),
      most: plain(mean[rows[0]!]!),
      worst: name(rows.at(-1)!),
      least: plain(mean[rows.at(-1)!]!),
    }),
  };
};

/** The return that followed, from the worst-ranked stocks to the best. */
export const icQuantilesChart: ChartBuilder = (series, context) => {
  const quantiles = labels(series, 'quantile');
  const returns = numbers(series, 'return');
  if (!returns || quantiles.length < 2) return undefined;
  const bottom = returns[0];
  const top = returns.at(-1);
  return {
    chart: {
      positions: { kind: 'ordered', name: term(context, 'quantile'), values: quantiles },
      panels: [
        {
          name: term(context, 'return'),
          unit: 'percent',
          scale: 'linear',
          share: 1,
          marks: [{ name: term(context, 'return'), kind: 'bars', tone: 1, values: returns }],
        },
      ],
    },
    ...(typeof bottom === 'number' && typeof top === 'number'
      ? { caption: context.words.captions.quantiles({ top: percent(top), bottom: percent(bottom) }) }
      : {}),
  };
};

/** What a portfolio of the best-ranked stocks would have grown to. */
export const portfolioChart: ChartBuilder = (series, context) => {
  const dates = labels(series, 'date');
  if (dates.length < 2) return undefined;
  const styles: readonly [string, Mark['kind'], Mark['tone']][] = [
    ['before costs', 'dashes', 2],
    ['after costs', 'line', 1],
    ['all predicted stocks', 'line', 'quiet'],
  ];
  const marks = styles.flatMap(([name, kind, tone]): Mark[] => {
    const values = numbers(series, name);
    return values ? [{ name: term(context, name), kind, tone, values }] : [];
  });
  const after = numbers(series, 'after costs')?.at(-1);
  const market = numbers(series, 'all predicted stocks')?.at(-1);
  return {
    chart: {
      positions: { kind: 'ordered', name: '', values: dates },
      panels: [{ name: term(context, 'return'), unit: 'percent', scale: 'linear', share: 1, marks }],
    },
    ...(typeof after === 'number' && typeof market === 'number'
      ? {
          caption: context.words.captions.growth({
            after: percent(after),
            market: percent(market),
            days: String(dates.length),
          }),
        }
      : {}),
  };
};
