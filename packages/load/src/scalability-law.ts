import { InputError, studentTQuantile } from '@preopen/core';

/** Throughput at a number of requests under way. */
export interface ConcurrencyPoint {
  readonly concurrency: number;
  readonly perSecond: number;
}

/** A fitted figure with its 95 % interval. */
interface Fitted {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The Universal Scalability Law X(N) = λN / (1 + σ(N − 1) + κN(N − 1)). */
export interface ScalabilityLaw {
  /** Rate of a single request at a time, per second. */
  readonly lambda: Fitted;
  /** Share of the work that waits for its turn (contention). */
  readonly sigma: Fitted;
  /** Cost of keeping each two in agreement (coherency); above 0 more load means less throughput in the end. */
  readonly kappa: Fitted;
  /** Number of requests under way at which throughput is highest; infinite without coherency cost. */
  readonly peakConcurrency: number;
  /** Highest throughput, at the peak or in the limit. */
  readonly peakPerSecond: number;
  /** Number of requests under way at the knee, where throughput over response time is highest. */
  readonly kneeConcurrency: number;
  readonly kneePerSecond: number;
  /** Root mean square of the relative errors. */
  readonly residual: number;
}

/** Throughput that a law gives. */
export function lawPerSecond(law: Pick<ScalabilityLaw, 'lambda' | 'sigma' | 'kappa'>, concurrency: number): number {
  const n = concurrency;
  return (law.lambda.value * n) / (1 + law.sigma.value * (n - 1) + law.kappa.value * n * (n - 1));
}

/** Solves a symmetric positive system by elimination; gives the inverse too. */
function solve(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): { x: number[]; inverse: number[][] } | undefined {
  const size = right.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0)), right[i]!]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]![column]!;
    if (Math.abs(lead) < 1e-300) return undefined;
    for (let j = 0; j < rows[column]!.length; j++) rows[column]![j]! /= lead;
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]!;
      for (let j = 0; j < rows[row]!.length; j++) rows[row]![j]! -= factor * rows[column]![j]!;
    }
  }
  return { x: rows.map((row) => row.at(-1)!), inverse: rows.map((row) => row.slice(size, 2 * size)) };
}

/**
 * Fits the law by least squares of the relative errors: N/X is linear in 1/λ, σ/λ and κ/λ. Neither σ nor κ may be
 * negative; one that would be is set to 0.
 * @param points throughput at four or more different numbers of requests under way
 * @throws InputError for fewer
 * Source: Gunther, Guerrilla Capacity Planning, 2007, ch. 4; the knee: Kleinrock, International Conference on
 * Communications, 1979 (power = throughput ÷ response time)
 */
export function fitScalabilityLaw(points: readonly ConcurrencyPoint[]): ScalabilityLaw {
  const distinct = new Set(points.map(({ concurrency }) => concurrency)).size;
  if (distinct < 4 || !points.every(({ concurrency, perSecond }) => concurrency >= 1 && perSecond > 0)) {
    throw new InputError(
      `scalability law: expected throughput above 0 at four or more concurrencies, got ${distinct}.`,
    );
  }
  const terms = [() => 1, (n: number) => n - 1, (n: number) => n * (n - 1)];
  const fitted = [[0, 1, 2], [0, 1], [0, 2], [0]]
    .map((used) => ({
      used,
      fit: fitTerms(
        points,
        used.map((term) => terms[term]!),
      ),
    }))
    .filter(({ fit }) => fit?.coefficients.every((coefficient) => coefficient >= 0) ?? false)
    .map(({ used, fit }) => ({ used, ...fit! }));
  // With one more term the error can only be smaller, so the first is the best that is allowed.
  const best = fitted.reduce((least, one) => (one.squares < least.squares * (1 - 1e-9) ? one : least));
  const at = (term: number): number => best.coefficients[best.used.indexOf(term)] ?? 0;
  const variance = best.squares / Math.max(1, points.length - best.used.length);
  const t = studentTQuantile(0.975, Math.max(1, points.length - best.used.length));
  const covariance = (a: number, b: number): number => {
    const i = best.used.indexOf(a);
    const j = best.used.indexOf(b);
    return i < 0 || j < 0 ? 0 : best.inverse[i]![j]! * variance;
  };
  const base = at(0);
  const lambdaHalf = (t * Math.sqrt(covariance(0, 0))) / base ** 2;
  const lambda: Fitted = { value: 1 / base, low: Math.max(0, 1 / base - lambdaHalf), high: 1 / base + lambdaHalf };
  const ratioTo = (term: number): Fitted => {
    const value = at(term) / base;
    // First-order error of a ratio.
    const half =
      (t *
        Math.sqrt(
          Math.max(0, covariance(term, term) - 2 * value * covariance(term, 0) + value ** 2 * covariance(0, 0)),
        )) /
      base;
    return { value, low: Math.max(0, value - half), high: value + half };
  };
  const sigma = ratioTo(1);
  const kappa = ratioTo(2);
  const law = { lambda, sigma, kappa };
  const peakConcurrency =
    kappa.value > 0 ? Math.max(1, Math.sqrt(Math.max(0, 1 - sigma.value) / kappa.value)) : Number.POSITIVE_INFINITY;
  const peakPerSecond =
    kappa.value > 0
      ? lawPerSecond(law, peakConcurrency)
      : sigma.value > 0
        ? lambda.value / sigma.value
        : Number.POSITIVE_INFINITY;
  const kneeConcurrency = kneeOf(law, Math.max(...points.map(({ concurrency }) => concurrency)));
  return {
    ...law,
    peakConcurrency,
    peakPerSecond,
    kneeConcurrency,
    kneePerSecond: lawPerSecond(law, kneeConcurrency),
    residual: Math.sqrt(best.squares / points.length),
  };
}

/** Power X/R is X²/N for N requests under way; looked for up to four times what was measured. */
function kneeOf(law: Pick<ScalabilityLaw, 'lambda' | 'sigma' | 'kappa'>, highest: number): number {
  let best = 1;
  let most = 0;
  for (let n = 1; n <= 4 * highest; n *= 1.01) {
    const power = lawPerSecond(law, n) ** 2 / n;
    if (power > most) {
      most = power;
      best = n;
    }
  }
  return best;
}

function fitTerms(
  points: readonly ConcurrencyPoint[],
  terms: readonly ((n: number) => number)[],
): { coefficients: number[]; inverse: number[][]; squares: number } | undefined {
  // y = N/X, divided by y itself: relative errors count alike at every size.
  const rows = points.map(({ concurrency, perSecond }) =>
    terms.map((term) => (term(concurrency) * perSecond) / concurrency),
  );
  const normal = terms.map((_, i) => terms.map((__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
  const solved = solve(
    normal,
    terms.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0)),
  );
  if (!solved) return undefined;
  const squares = rows.reduce(
    (sum, row) => sum + (1 - row.reduce((fit, value, i) => fit + value * solved.x[i]!, 0)) ** 2,
    0,
  );
  return { coefficients: solved.x, inverse: solved.inverse, squares };
}
