import { formatQuantity } from '@preopen/core';
import type { Mark } from './chart.ts';
import { type ChartBuilder, labels, numbers, term } from './context.ts';

/** What a fold does with the sessions, in their order. */
const parts: readonly (readonly [string, Mark['tone']])[] = [
  ['not used', 'faint'],
  ['training', 1],
  ['left out', 'quiet'],
  ['test', 2],
];

const plain = (sessions: number): string => formatQuantity(sessions, 'count');

/** Folds beneath each other on one axis of sessions: what was trained on, left out and tested. */
export const foldsChart: ChartBuilder = (series, context) => {
  const names = labels(series, 'tested');
  const marks = parts.flatMap(([name, tone]): Mark[] => {
    const values = numbers(series, name);
    return values?.some((value) => value !== 0) ? [{ name: term(context, name), kind: 'stack', tone, values }] : [];
  });
  if (names.length === 0 || marks.length === 0) return undefined;
  const span = (name: string): { least: string; most: string } => {
    const values = (numbers(series, name) ?? []).filter((value): value is number => value !== null);
    return { least: plain(Math.min(...values)), most: plain(Math.max(...values)) };
  };
  return {
    chart: {
      positions: { kind: 'rows', name: term(context, 'tested'), values: names },
      panels: [{ unit: 'count', scale: 'linear', share: 1, marks }],
    },
    caption: context.words.captions.folds({
      folds: plain(names.length),
      training: span('training'),
      leftOut: span('left out'),
      test: span('test'),
    }),
  };
};
