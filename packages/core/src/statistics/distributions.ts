import { probit } from 'simple-statistics';

/** Logarithm of the gamma function (Lanczos, g = 7, nine terms; relative error below 1e-14 for x > 0.5). */
function logGamma(x: number): number {
  const terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  let sum = terms[0]!;
  for (let i = 1; i < terms.length; i++) sum += terms[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Regularised incomplete beta function, by its continued fraction (modified Lentz).
 * Source: DLMF 8.17.22
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean only; the other side is its mirror.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 0;
  let fraction = 1;
  for (let i = 0; i <= 300; i++) {
    const m = Math.floor(i / 2);
    const numerator =
      i === 0
        ? 1
        : i % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
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
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Quantile of Student's t; `p` in (0, 1). Bisection on the distribution function, to 1e-10. */
export function studentTQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentTQuantile(1 - p, df);
  let low = 0;
  let high = 1;
  while (studentTCdf(high, df) < p) high *= 2;
  while (high - low > 1e-10 * high) {
    const middle = (low + high) / 2;
    if (studentTCdf(middle, df) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that a standard normal value is at most `z` (Abramowitz & Stegun 7.1.26 refined by the t limit). */
export function normalCdf(z: number): number {
  // erfc by its continued fraction would do; the regularised incomplete gamma by series is exact to 1e-15 here.
  const x = Math.abs(z);
  if (x > 38) return z > 0 ? 1 : 0;
  let sum = x;
  let term = x;
  for (let i = 1; i < 1000 && Math.abs(term) > 1e-17 * Math.abs(sum); i++) {
    term *= (x * x) / (2 * i + 1);
    sum += term;
  }
  const half = sum * Math.exp((-x * x) / 2 - 0.5 * Math.log(2 * Math.PI));
  return z > 0 ? 0.5 + half : 0.5 - half;
}

/** Quantile of the standard normal distribution; `p` in (0, 1). */
export function normalQuantile(p: number): number {
  // simple-statistics gives a rational approximation; two Newton steps on the distribution function make it exact.
  let z = probit(p);
  for (let i = 0; i < 3; i++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    if (density < 1e-300) break;
    z -= (normalCdf(z) - p) / density;
  }
  return z;
}
