import { gammaln } from 'simple-statistics';

/**
 * Regularised incomplete beta function.
 * @param rest 1 − x, which has digits of its own where x has none left
 */
function incompleteBeta(x: number, rest: number, a: number, b: number): number {
  // The fraction converges fast below the mean only; the other side is its mirror.
  return x > (a + 1) / (a + b + 2) ? 1 - betaFraction(rest, x, b, a) : betaFraction(x, rest, a, b);
}

/**
 * The same by its continued fraction (modified Lentz).
 * Source: DLMF 8.17.22
 */
function betaFraction(x: number, rest: number, a: number, b: number): number {
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(rest)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 0;
  let fraction = 1;
  for (let i = 0; i <= 300; i++) {
    const m = Math.floor(i / 2);
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const numerator = i === 0 ? 1 : i % 2 === 0 ? even : odd;
    d = 1 + numerator * d;
    if (Math.abs(d) < tiny) d = tiny;
    d = 1 / d;
    c = 1 + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    fraction *= c * d;
    if (Math.abs(1 - c * d) < 1e-15) break;
  }
  return front * (fraction - 1);
}

/** Probability that a t-distributed value with `df` degrees of freedom is at most `t`. */
export function studentTCdf(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta(df / (df + t * t), 1 / (1 + df / (t * t)), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Where an increasing function of a positive number reaches `p`, to a relative 1e-15. */
function invert(increasing: (x: number) => number, p: number): number {
  let low = 0;
  let high = 1;
  while (increasing(high) < p) {
    low = high;
    high *= 2;
  }
  while (high - low > 1e-15 * high) {
    const middle = (low + high) / 2;
    if (increasing(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function assertProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw new RangeError(`probability ${p}: expected one between 0 and 1`);
}

/**
 * Quantile of Student's t with `df` degrees of freedom.
 * @param p in (0, 1)
 * @throws RangeError if `p` is not in (0, 1)
 */
export function studentTQuantile(p: number, df: number): number {
  assertProbability(p);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  // The lower tail keeps its digits where 1 − tail has none left.
  const distance = invert((t) => -studentTCdf(-t, df), -tail);
  return p < 0.5 ? -distance : distance;
}

/** Probability that a standard normal value is at most `z`; keeps its digits in the lower tail. */
export function normalCdf(z: number): number {
  const x = Math.abs(z);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x > 3) {
    // Laplace's continued fraction of Mills' ratio, Abramowitz & Stegun 26.2.14; 100 terms are exact from 3 on.
    let fraction = x;
    for (let k = 100; k >= 1; k--) fraction = x + k / fraction;
    return z < 0 ? density / fraction : 1 - density / fraction;
  }
  // Abramowitz & Stegun 26.2.11.
  let term = x;
  let sum = x;
  for (let i = 1; term > 1e-17 * sum; i++) {
    term *= (x * x) / (2 * i + 1);
    sum += term;
  }
  return z < 0 ? 0.5 - sum * density : 0.5 + sum * density;
}

/**
 * Quantile of the standard normal distribution.
 * @param p in (0, 1)
 * @throws RangeError if `p` is not in (0, 1)
 */
export function normalQuantile(p: number): number {
  assertProbability(p);
  if (p === 0.5) return 0;
  const distance = invert((z) => -normalCdf(-z), -Math.min(p, 1 - p));
  return p < 0.5 ? -distance : distance;
}
