import { InputError, studentTQuantile } from '@preopen/core';

/** Throughput at a number of requests under way. */
export interface ConcurrencyPoint {
  readonly concurrency: number;
  readonly perSecond: number;
}

/** A fitted figure with its 95 % interval, which has only values that the law can take. */
interface Fitted {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The Universal Scalability Law X(N) = λN / (1 + σ(N − 1) + κN(N − 1)). */
export interface ScalabilityLaw {
  /** Rate of a single request at a time, per second. */
  readonly lambda: Fitted;
  /** Share of the work that waits for its turn (contention), from 0 to 1. */
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

/** A column of the fit: what one coefficient is multiplied by at a number of requests under way. */
type Term = (n: number) => number;

interface Fit {
  readonly coefficients: readonly number[];
  /** Sum of the squared relative errors. */
  readonly squares: number;
}

const serial: Term = (n) => n - 1;
const pairs: Term = (n) => n * (n - 1);

/** Solves a small symmetric system by elimination; `undefined` where it is singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let column = 0; column < rows.length; column++) {
    let pivot = column;
    for (let row = column + 1; row < rows.length; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]![column]!;
    if (Math.abs(lead) < 1e-300) return undefined;
    rows[column] = rows[column]!.map((value) => value / lead);
    for (let row = 0; row < rows.length; row++) {
      const factor = rows[row]![column]!;
      if (row !== column) rows[row] = rows[row]!.map((value, j) => value - factor * rows[column]![j]!);
    }
  }
  return rows.map((row) => row.at(-1)!);
}

/** All readings with the same number of requests under way: what the sums of a fit need of them, summed up once. */
interface Size {
  readonly n: number;
  readonly count: number;
  readonly meanPerSecond: number;
  /** Sum of the squared deviations from the mean: with it nothing is lost to the difference of large sums. */
  readonly deviations: number;
}

function sizesOf(points: readonly ConcurrencyPoint[]): readonly Size[] {
  const bySize = new Map<number, number[]>();
  for (const { concurrency, perSecond } of points) {
    const readings = bySize.get(concurrency);
    if (readings) readings.push(perSecond);
    else bySize.set(concurrency, [perSecond]);
  }
  return [...bySize].map(([n, readings]) => {
    const meanPerSecond = readings.reduce((sum, one) => sum + one, 0) / readings.length;
    const deviations = readings.reduce((sum, one) => sum + (one - meanPerSecond) ** 2, 0);
    return { n, count: readings.length, meanPerSecond, deviations };
  });
}

/**
 * Least squares of the relative errors of N/X, as a sum of terms.
 * @param known a part of N/X that is not fitted
 */
function fitTerms(sizes: readonly Size[], terms: readonly Term[], known: Term = () => 0): Fit | undefined {
  // Divided by N/X itself, relative errors count alike at every size: a term is f(N) X / N, and the rest 1 − known(N) X / N.
  const rows = sizes.map(({ n, count, meanPerSecond, deviations }) => ({
    factors: terms.map((term) => term(n) / n),
    known: known(n) / n,
    count,
    meanPerSecond,
    deviations,
  }));
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const coefficients = solve(
    terms.map((_, i) =>
      terms.map((__, j) =>
        sum((row) => row.factors[i]! * row.factors[j]! * (row.deviations + row.count * row.meanPerSecond ** 2)),
      ),
    ),
    terms.map((_, i) =>
      sum((row) => {
        const ofMeans = row.count * row.meanPerSecond * (1 - row.known * row.meanPerSecond);
        return row.factors[i]! * (ofMeans - row.known * row.deviations);
      }),
    ),
  );
  if (!coefficients) return undefined;
  const squares = sum((row) => {
    const fit = row.factors.reduce((total, factor, i) => total + factor * coefficients[i]!, row.known);
    return row.count * (1 - fit * row.meanPerSecond) ** 2 + fit ** 2 * row.deviations;
  });
  return { coefficients, squares };
}

/** The closest fit whose coefficients are all allowed: with one more term it can only be closer, so the first is tried first. */
function closest(fits: readonly (Fit | undefined)[]): Fit | undefined {
  const allowed = fits.filter((fit) => fit?.coefficients.every((coefficient) => coefficient >= 0));
  return allowed.reduce((least, fit) => (least && fit!.squares >= least.squares * (1 - 1e-9) ? least : fit), undefined);
}

/** The law of least squares among those with λ > 0, 0 ≤ σ ≤ 1 and κ ≥ 0, which is inside them or on one of their edges. */
function closestLaw(sizes: readonly Size[]): { base: number; sigma: number; kappa: number } & Fit {
  const one: Term = () => 1;
  // 1/λ, σ/λ and κ/λ; with σ = 1 the first two are one term, N/λ.
  const shapes: readonly (readonly [readonly Term[], (fit: readonly number[]) => readonly number[]])[] = [
    [[one, serial, pairs], (fit) => fit],
    [[one, serial], ([base, s]) => [base!, s!, 0]],
    [[one, pairs], ([base, k]) => [base!, 0, k!]],
    [[one], ([base]) => [base!, 0, 0]],
    [[(n) => n, pairs], ([base, k]) => [base!, base!, k!]],
    [[(n) => n], ([base]) => [base!, base!, 0]],
  ];
  const fits = shapes.map(([terms, spread]): Fit | undefined => {
    const fit = fitTerms(sizes, terms);
    if (!fit) return undefined;
    const coefficients = spread(fit.coefficients);
    return coefficients[0]! > 0 && coefficients[1]! <= coefficients[0]! ? { ...fit, coefficients } : undefined;
  });
  const { coefficients, squares } = closest(fits)!;
  const [base, s, k] = coefficients as [number, number, number];
  return { base, sigma: s / base, kappa: k / base, coefficients, squares };
}

/** How far from a value towards an end something stays true, which it does at the value and up to one place. */
function reachOf(holds: (value: number) => boolean, from: number, end: number): number {
  let [inside, outside] = [from, end];
  if (end === Number.POSITIVE_INFINITY) {
    outside = Math.max(1e-6, 2 * from);
    for (let step = 0; step < 60 && holds(outside); step++) [inside, outside] = [outside, 2 * outside];
  } else if (holds(end)) return end;
  for (let step = 0; step < 30; step++) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/**
 * Fits the law by least squares of the relative errors: N/X is linear in 1/λ, σ/λ and κ/λ. σ is a share, from 0 to 1, and κ is
 * not negative. The interval of each is that of its profile: the values with which, the others being chosen as well as can be
 * within their own ranges, the squares are not significantly more than the least, by F (for one parameter, Student's t squared).
 * So it holds no value that cannot be, and is there too where a parameter is at the end of its range.
 * @param points throughput at four or more different numbers of requests under way
 * @throws InputError for fewer
 * Source: Gunther, Guerrilla Capacity Planning, 2007, ch. 4; the knee: Kleinrock, International Conference on
 * Communications, 1979 (power = throughput ÷ response time); profiles: Bates & Watts, Nonlinear Regression Analysis and Its
 * Applications, 1988, ch. 6
 */
export function fitScalabilityLaw(points: readonly ConcurrencyPoint[]): ScalabilityLaw {
  const distinct = new Set(points.map(({ concurrency }) => concurrency)).size;
  if (distinct < 4 || !points.every(({ concurrency, perSecond }) => concurrency >= 1 && perSecond > 0)) {
    throw new InputError(
      `scalability law: expected throughput above 0 at four or more concurrencies, got ${distinct}.`,
    );
  }
  const sizes = sizesOf(points);
  const best = closestLaw(sizes);
  const freedom = Math.max(1, points.length - 3);
  // A fit without any error still has rounding errors.
  const mostSquares = best.squares * (1 + studentTQuantile(0.975, freedom) ** 2 / freedom) + 1e-18 * points.length;
  const isNear = (fit: Fit | undefined): boolean => fit !== undefined && fit.squares <= mostSquares;
  const withSigma = (sigma: number): boolean => {
    const first: Term = (n) => 1 + sigma * serial(n);
    return isNear(closest([fitTerms(sizes, [first, pairs]), fitTerms(sizes, [first])]));
  };
  const withKappa = (kappa: number): boolean => {
    const [flat, steep]: [Term, Term] = [(n) => 1 + kappa * pairs(n), (n) => n + kappa * pairs(n)];
    // Any σ from 0 to 1 is a mixture of the two.
    return isNear(closest([fitTerms(sizes, [flat, steep]), fitTerms(sizes, [flat]), fitTerms(sizes, [steep])]));
  };
  const withLambda = (lambda: number): boolean => {
    const [flat, steep]: [Term, Term] = [() => 1 / lambda, (n) => n / lambda];
    const fits = [
      fitTerms(sizes, [serial, pairs], flat),
      fitTerms(sizes, [serial], flat),
      fitTerms(sizes, [pairs], flat),
      fitTerms(sizes, [], flat),
    ].map((fit, i) => (i < 2 && fit && fit.coefficients[0]! > 1 / lambda ? undefined : fit));
    return isNear(closest([...fits, fitTerms(sizes, [pairs], steep), fitTerms(sizes, [], steep)]));
  };
  const fitted = (value: number, holds: (value: number) => boolean, most: number): Fitted => ({
    value,
    low: reachOf(holds, value, 0),
    high: reachOf(holds, value, most),
  });
  const law = {
    lambda: fitted(1 / best.base, (lambda) => lambda > 0 && withLambda(lambda), Number.POSITIVE_INFINITY),
    sigma: fitted(best.sigma, withSigma, 1),
    kappa: fitted(best.kappa, withKappa, Number.POSITIVE_INFINITY),
  };
  const { lambda, sigma, kappa } = law;
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
