import { InputError, studentTQuantile } from '@preopen/core';

/** Peak memory at one size of the universe. */
export interface SizedPeak {
  readonly stocks: number;
  readonly peakBytes: number;
}

/** How peak memory follows the size of the universe: `fixedBytes + bytesPerStock × n + bytesPerStockSquared × n²`. */
export interface MemoryScaling {
  readonly fixedBytes: number;
  readonly bytesPerStock: number;
  /** 0 where a line describes the peaks: the bend must be there for sure to be counted. */
  readonly bytesPerStockSquared: number;
  /** Largest miss of the curve at a measured size, as a part of the peak there. */
  readonly worstMiss: number;
  /** Largest universe that fits the limit. */
  readonly fits: { readonly stocks: number; readonly low: number; readonly high: number };
  /** Whether that lies beyond four times the largest size that was measured: a guess rather than a measurement. */
  readonly isFarAway: boolean;
}

/** A curve that misses a measured peak by more than this does not describe it. */
export const tolerableMiss = 0.1;
const farAway = 4;
/** A bend is asked for from so many sizes on: with fewer, two figures remain of the scatter or less. */
const fewestForBend = 5;

/** Least squares of a polynomial, with what its predictions need. */
interface Polynomial {
  readonly coefficients: readonly number[];
  /** Standard errors of the coefficients. */
  readonly errors: readonly number[];
  readonly t: number;
  at(stocks: number): number;
  /** Half of the interval of a single prediction. */
  reach(stocks: number): number;
}

/**
 * Fits a line to peaks by ordinary least squares, or a parabola where it bends upwards for sure; and finds the largest
 * universe below a limit. Its interval is where the bounds of a single prediction cross the limit.
 * Source: Draper & Smith, Applied Regression Analysis, 3rd ed., 1998, §3.2 (inverse regression)
 * @param peaks three different sizes or more; five for a bend
 * @throws InputError for fewer
 */
export function fitScaling(
  peaks: readonly SizedPeak[],
  { limitBytes, confidence = 0.95 }: { readonly limitBytes: number; readonly confidence?: number },
): MemoryScaling {
  const sizes = new Set(peaks.map(({ stocks }) => stocks)).size;
  if (sizes < 3)
    throw new InputError(`fitScaling: a line with an interval needs peaks at 3 sizes or more, got ${peaks.length}.`);
  const line = fitPolynomial(peaks, 1, confidence);
  const parabola = sizes >= fewestForBend ? fitPolynomial(peaks, 2, confidence) : undefined;
  const bends = parabola !== undefined && parabola.coefficients[2]! - parabola.t * parabola.errors[2]! > 0;
  const curve = bends ? parabola : line;
  const [fixedBytes, bytesPerStock, bytesPerStockSquared = 0] = curve.coefficients as [number, number, number?];
  const grows = bytesPerStock > 0 || bytesPerStockSquared > 0;
  const stocks = grows ? crossing(curve.at, limitBytes) : Number.POSITIVE_INFINITY;
  return {
    fixedBytes,
    bytesPerStock,
    bytesPerStockSquared,
    worstMiss: Math.max(...peaks.map((peak) => Math.abs(peak.peakBytes - curve.at(peak.stocks)) / peak.peakBytes)),
    fits: {
      stocks: Math.floor(stocks),
      low: Math.floor(crossing((x) => curve.at(x) + curve.reach(x), limitBytes)),
      high: Math.floor(crossing((x) => curve.at(x) - curve.reach(x), limitBytes)),
    },
    isFarAway: stocks > farAway * Math.max(...peaks.map((peak) => peak.stocks)),
  };
}

function fitPolynomial(peaks: readonly SizedPeak[], degree: 1 | 2, confidence: number): Polynomial {
  // In units of the largest size, so that squares of thousands do not spoil the inverse.
  const scale = Math.max(...peaks.map(({ stocks }) => stocks));
  const basis = (stocks: number): number[] => Array.from({ length: degree + 1 }, (_, k) => (stocks / scale) ** k);
  const rows = peaks.map(({ stocks }) => basis(stocks));
  const products = Array.from({ length: degree + 1 }, (_, i) =>
    Array.from({ length: degree + 1 }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const inverse = inverted(products);
  const moments = products.map((_, i) => rows.reduce((sum, row, r) => sum + row[i]! * peaks[r]!.peakBytes, 0));
  const scaled = inverse.map((row) => row.reduce((sum, entry, j) => sum + entry * moments[j]!, 0));
  const valueAt = (stocks: number): number => basis(stocks).reduce((sum, term, k) => sum + term * scaled[k]!, 0);
  const freedom = peaks.length - degree - 1;
  const squares = peaks.reduce((sum, { stocks, peakBytes }) => sum + (peakBytes - valueAt(stocks)) ** 2, 0);
  const deviation = Math.sqrt(squares / freedom);
  const t = studentTQuantile(1 - (1 - confidence) / 2, freedom);
  return {
    coefficients: scaled.map((value, k) => value / scale ** k),
    errors: inverse.map((row, k) => (deviation * Math.sqrt(row[k]!)) / scale ** k),
    t,
    at: valueAt,
    reach(stocks) {
      const terms = basis(stocks);
      const leverage = terms.reduce(
        (sum, a, i) => sum + a * terms.reduce((inner, b, j) => inner + inverse[i]![j]! * b, 0),
        0,
      );
      return t * deviation * Math.sqrt(1 + leverage);
    },
  };
}

/** Inverse of a small symmetric matrix with independent columns (Gauss–Jordan). */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < n; column++) {
    const pivot = work[column]![column]!;
    work[column] = work[column]!.map((entry) => entry / pivot);
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = work[row]![column]!;
      work[row] = work[row]!.map((entry, j) => entry - factor * work[column]![j]!);
    }
  }
  return work.map((row) => row.slice(n));
}

/** Where a curve first exceeds a limit, by doubling and halving; infinite if it does not below 10⁹. */
function crossing(curve: (x: number) => number, limit: number): number {
  if (curve(0) >= limit) return 0;
  let high = 1;
  while (curve(high) < limit) {
    high *= 2;
    if (high > 1e9) return Number.POSITIVE_INFINITY;
  }
  let low = high / 2;
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    if (curve(middle) < limit) low = middle;
    else high = middle;
  }
  return high;
}
