import type { Mark } from './chart.ts';
import { type ChartBuilder, labels, numbers, term } from './context.ts';

/** What a fold does with the sessions, in their order. */
const parts: readonly (readonly [string, Mark['tone']])[] = [
  ['not used', 'faint'],
  ['training', 1],
  ['left out', 'quiet'],
  ['test', 2],
];

/** Folds beneath each other on one axis of sessions: what was trained on, left out and tested. */
export const foldsChart: ChartBuilder = (series, context) => {
  const names = labels(series, 'tested');
  const marks = parts.flatMap(([name, tone]): Mark[] => {
    const values = numbers(series, name);
    return values?.some((value) => value !== 0) ? [{ name: term(context, name), kind: 'stack', tone, values }] : [];
  });
  if (names.length === 0 || marks.length === 0) return undefined;
  return {
    chart: {
      positions: { kind: 'rows', name: term(context, 'tested'), values: names },
      panels: [{ unit: 'count', scale: 'linear', share: 1, marks }],
    },
  };
};
