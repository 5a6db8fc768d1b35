import type { Interval } from '../measurement.ts';
import type { Random } from '../random.ts';
import { quantile } from './quantile.ts';

/** A figure of a sample; must leave the sample as it is. */
export type Statistic = (values: Float64Array) => number;

/** How a bootstrap is drawn. */
export interface BootstrapOptions {
  readonly random: Random;
  readonly confidence?: number;
  readonly resamples?: number;
}

/** Interval between the tail quantiles of what the resamples came to. */
export function percentileInterval(figures: Float64Array, confidence: number, method: string): Interval {
  const ascending = figures.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(ascending, tail), high: quantile(ascending, 1 - tail), confidence, method };
}

/**
 * Percentile bootstrap for independent values. With few values it is too narrow: it covers about 92 % of a stated 95 %
 * for the mean of 60 skewed ones.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13
 * @throws RangeError for an empty sample
 */
export function bootstrapInterval(values: Float64Array, statistic: Statistic, options: BootstrapOptions): Interval {
  const { random, confidence = 0.95, resamples = 2000 } = options;
  if (values.length === 0) throw new RangeError('bootstrap of an empty sample');
  const drawn = new Float64Array(values.length);
  const figures = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[random.integer(values.length)]!;
    figures[r] = statistic(drawn);
  }
  return percentileInterval(figures, confidence, 'bootstrap');
}
