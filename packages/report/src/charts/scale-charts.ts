import { type CheckResult, formatQuantity, type Measurement } from '@preopen/core';
import type { Mark } from './chart.ts';
import { type ChartBuilder, gapless, intervalText, numbers, term } from './context.ts';

/** The power law through points, of a given exponent: its factor is the mean on the logarithmic scale. */
function powerLaw(x: readonly number[], y: readonly number[], exponent: number): number[] {
  const logFactor = y.reduce((sum, value, row) => sum + Math.log(value) - exponent * Math.log(x[row]!), 0) / y.length;
  return x.map((value) => Math.exp(logFactor + exponent * Math.log(value)));
}

/** The exponent that a check measured of its curve. */
const exponentOf = (check: CheckResult): Measurement | undefined =>
  check.measurements.find(({ metric }) => /exponent$/i.test(metric));

/** Time by number of stocks on logarithmic axes, where a power law is a straight line, with the fitted one and the stages. */
export const universeChart: ChartBuilder = (series, context) => {
  const stocks = gapless(series, 'stocks');
  const duration = gapless(series, 'duration');
  if (!stocks || !duration || stocks.length < 2 || duration.some((value) => value <= 0)) return undefined;
  const exponent = exponentOf(context.check);
  const stages = series.columns.filter(({ name }) => name !== 'stocks' && name !== 'duration' && numbers(series, name));
  const marks: Mark[] = [
    { name: term(context, 'duration'), kind: 'points', tone: 1, values: duration },
    ...(exponent
      ? [
          {
            name: context.words.labels.fit,
            kind: 'dashes' as const,
            tone: 1 as const,
            values: powerLaw(stocks, duration, exponent.value),
          },
        ]
      : []),
    ...stages.map(({ name }, k) => ({
      name: term(context, name),
      kind: 'line' as const,
      tone: ([2, 3, 4, 5, 6] as const)[k % 5]!,
      values: numbers(series, name)!,
    })),
  ];
  return {
    chart: {
      positions: { kind: 'number', name: term(context, 'stocks'), unit: 'count', scale: 'log', values: stocks },
      panels: [{ unit: 's', scale: 'log', share: 1.2, marks }],
    },
    ...(exponent
      ? {
          caption: context.words.captions.scale({
            exponent: formatQuantity(exponent.value, exponent.unit),
            interval: intervalText(context.words, exponent),
          }),
        }
      : {}),
  };
};
