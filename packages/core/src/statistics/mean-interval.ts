import type { Interval } from '../measurement.ts';
import { studentTQuantile } from './distributions.ts';

/** Mean of independent values with Student's t-interval; at least two values. */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): { mean: number; interval: Interval } {
  const n = values.length;
  if (n < 2) throw new RangeError(`a mean with an interval needs at least 2 values, got ${n}`);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  const half = studentTQuantile(1 - (1 - confidence) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, interval: { low: mean - half, high: mean + half, confidence, method: 't' } };
}
