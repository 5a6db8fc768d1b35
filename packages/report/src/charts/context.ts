import type { CheckResult, JudgedRequirement, Measurement, Series, SeriesColumn } from '@preopen/core';
import { formatInterval, formatLimit } from '../format.ts';
import type { Catalogue } from '../language/catalogue.ts';
import { termOf } from '../language/languages.ts';
import type { Chart, Level } from './chart.ts';

/** What a chart is drawn from besides its own series. */
export interface ChartContext {
  readonly words: Catalogue;
  readonly check: CheckResult;
  readonly requirements: readonly JudgedRequirement[];
  /** Ends of the time axis that all faults share. */
  readonly faultSpan?: readonly [number, number];
}

/** A chart and the sentence above it. */
export interface Told {
  readonly chart: Chart;
  readonly caption?: string;
}

/** How a known series is drawn; `undefined` where it holds nothing to draw. */
export type ChartBuilder = (series: Series, context: ChartContext) => Told | undefined;

/** Numbers of a column by its name; `undefined` where it is absent, has labels or no number at all. */
export function numbers(series: Series, name: string): (number | null)[] | undefined {
  const column = series.columns.find((one) => one.name === name);
  if (!column || !isNumeric(column)) return undefined;
  return column.values as (number | null)[];
}

/** Labels of a column by its name. */
export const labels = (series: Series, name: string): string[] =>
  (series.columns.find((one) => one.name === name)?.values ?? []).map((value) => String(value ?? ''));

/** Numbers, or gaps between numbers. */
export const isNumeric = (column: SeriesColumn): boolean =>
  column.values.every((value) => value === null || typeof value === 'number') &&
  column.values.some((value) => value !== null);

/** A column as numbers without gaps; `undefined` if there is a gap. */
export function gapless(series: Series, name: string): number[] | undefined {
  const values = numbers(series, name);
  return values?.every((value) => value !== null) ? (values as number[]) : undefined;
}

export const measurementOf = (check: CheckResult, metric: string): Measurement | undefined =>
  check.measurements.find((one) => one.metric === metric);

/** The limits that are asked of a metric, as lines across a chart. */
export function limitLevels(context: ChartContext, metric: string, prefix = ''): Level[] {
  return context.requirements
    .filter((one) => one.metric === metric)
    .map((one) => ({
      label: context.words.limitOf(`${prefix}${formatLimit(one)}`),
      value: one.limit,
      tone: 'limit' as const,
    }));
}

/** `(58.9 ms to 64.1 ms)` without its brackets; empty where there is none, or only half of one. */
export function intervalText(words: Catalogue, measurement: Measurement | undefined): string {
  const interval = measurement?.interval;
  if (!measurement || !interval) return '';
  return formatInterval(measurement, words);
}

/** Which row holds the largest number; -1 where there is none. */
export function rowOfLargest(values: readonly (number | null)[]): number {
  return values.reduce((best: number, value, row) => {
    if (value === null) return best;
    return best < 0 || value > values[best]! ? row : best;
  }, -1);
}

export const term = (context: ChartContext, english: string): string => termOf(context.words, english);
