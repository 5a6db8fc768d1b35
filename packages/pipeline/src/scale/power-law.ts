import { type Interval, studentTQuantile } from '@preopen/core';

/** Time as a power of size: `y = scale · x^exponent`, fitted by least squares on logarithms. */
export interface PowerLaw {
  readonly exponent: number;
  readonly exponentInterval: Interval;
  /** What the fit says at a size, with the interval in which one further reading lies. */
  at(x: number): { readonly value: number; readonly interval: Interval };
}

/**
 * Fits a power law to at least three points above 0.
 * @returns `undefined` for fewer, or where all sizes are one
 */
export function fitPowerLaw(
  points: readonly { readonly x: number; readonly y: number }[],
  confidence: number,
): PowerLaw | undefined {
  const usable = points.filter(({ x, y }) => x > 0 && y > 0);
  const n = usable.length;
  if (n < 3) return undefined;
  const logs = usable.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const meanX = logs.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = logs.reduce((sum, { y }) => sum + y, 0) / n;
  const xx = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(xx > 0)) return undefined;
  const exponent = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / xx;
  const rest = logs.reduce((sum, { x, y }) => sum + (y - meanY - exponent * (x - meanX)) ** 2, 0);
  const deviation = Math.sqrt(rest / (n - 2));
  const t = studentTQuantile((1 + confidence) / 2, n - 2);
  const method = 'least-squares';
  const reach = (t * deviation) / Math.sqrt(xx);
  return {
    exponent,
    exponentInterval: { low: exponent - reach, high: exponent + reach, confidence, method },
    at(size) {
      const log = meanY + exponent * (Math.log(size) - meanX);
      const spread = t * deviation * Math.sqrt(1 + 1 / n + (Math.log(size) - meanX) ** 2 / xx);
      return {
        value: Math.exp(log),
        interval: { low: Math.exp(log - spread), high: Math.exp(log + spread), confidence, method },
      };
    },
  };
}
