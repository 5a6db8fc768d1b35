/**
 * Operators work on columns `[days × stocks]`, row-major by day. `NaN` is missing: a halted or unlisted stock takes no
 * part. A value of day `t` comes from days up to `t` alone, so that nothing built of operators can look ahead.
 */
export interface Shape {
  readonly days: number;
  readonly stocks: number;
}

/** Values that a window needs before it says anything: half of it, at least two. */
export function minimumOf(window: number): number {
  return Math.max(2, Math.ceil(window / 2));
}

/**
 * Refuses windows that are no windows.
 * @throws RangeError
 */
export function checkWindow(operator: string, window: number): void {
  if (!Number.isInteger(window) || window < 2)
    throw new RangeError(`${operator}: a window is a whole number of sessions, at least 2, got ${window}`);
}

/** A column of missing values. */
export function missing(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}
