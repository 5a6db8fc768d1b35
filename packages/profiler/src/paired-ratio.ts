import { type Interval, meanInterval } from '@preopen/core';

/** A ratio of two settings that took turns, so that whatever changes on the machine changes both. */
export interface PairedRatio {
  /** Geometric mean over the rounds. */
  readonly ratio: number;
  readonly interval: Interval;
  readonly rounds: number;
}

/**
 * Ratio of values to those of a reference from the same rounds, with Student's interval of the logarithms.
 * @param values positive; one a round, as many as `references`; at least two
 */
export function pairedRatio(values: readonly number[], references: readonly number[], confidence = 0.95): PairedRatio {
  const logs = values.map((value, round) => Math.log(value / references[round]!));
  const { mean, interval } = meanInterval(logs, confidence);
  return {
    ratio: Math.exp(mean),
    interval: {
      ...interval,
      low: Math.exp(interval.low),
      high: Math.exp(interval.high),
      method: 't, paired by rounds',
    },
    rounds: values.length,
  };
}
