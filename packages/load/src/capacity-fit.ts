import { studentTQuantile } from '@preopen/core';

/** The rate at which the allowed share is reached, with a 95 % interval. */
export interface CapacityEstimate {
  readonly perSecond: number;
  readonly low: number;
  readonly high: number;
  /** Readings behind the curve; 0 where only the bracket is known. */
  readonly readings: number;
  readonly method: 'curve' | 'held and refuted rates';
}

interface Reading {
  readonly offeredPerSecond: number;
  readonly shareAbove: number;
  readonly effectiveSamples: number;
}

/** Readings further than this from the bracket follow another curve. */
const reach = 1.35;

/** Two parameters of a weighted logistic regression and their covariance. */
interface Line {
  readonly level: number;
  readonly slope: number;
  readonly varLevel: number;
  readonly varSlope: number;
  readonly covariance: number;
  /** Pearson's χ² per degree of freedom, at least 1: what the curve does not explain. */
  readonly dispersion: number;
}

/**
 * Logistic regression of shares on x by iterated weighted least squares; half an observation is added to both sides of
 * each reading, so that shares of 0 and 1 have a finite logit (Haldane & Anscombe).
 */
function logisticLine(x: readonly number[], readings: readonly Reading[]): Line | undefined {
  const n = readings.map(({ effectiveSamples }) => effectiveSamples + 1);
  const share = readings.map(
    ({ shareAbove, effectiveSamples }) => (shareAbove * effectiveSamples + 0.5) / (effectiveSamples + 1),
  );
  let level = 0;
  let slope = 0;
  for (let round = 0; round < 60; round++) {
    let sw = 0;
    let swx = 0;
    let swxx = 0;
    let swz = 0;
    let swxz = 0;
    for (let i = 0; i < x.length; i++) {
      const eta = Math.max(-30, Math.min(30, level + slope * x[i]!));
      const p = round === 0 ? share[i]! : 1 / (1 + Math.exp(-eta));
      const weight = n[i]! * p * (1 - p);
      const working = (round === 0 ? Math.log(p / (1 - p)) : eta) + (share[i]! - p) / (p * (1 - p));
      sw += weight;
      swx += weight * x[i]!;
      swxx += weight * x[i]! ** 2;
      swz += weight * working;
      swxz += weight * x[i]! * working;
    }
    const determinant = sw * swxx - swx ** 2;
    if (!(determinant > 0)) return undefined;
    const newSlope = (sw * swxz - swx * swz) / determinant;
    const newLevel = (swz - newSlope * swx) / sw;
    const moved = Math.abs(newLevel - level) + Math.abs(newSlope - slope);
    level = newLevel;
    slope = newSlope;
    if (moved < 1e-9 * (1 + Math.abs(level))) {
      let chi2 = 0;
      for (let i = 0; i < x.length; i++) {
        const p = 1 / (1 + Math.exp(-(level + slope * x[i]!)));
        chi2 += (n[i]! * (share[i]! - p) ** 2) / (p * (1 - p));
      }
      return {
        level,
        slope,
        varLevel: swxx / determinant,
        varSlope: sw / determinant,
        covariance: -swx / determinant,
        dispersion: Math.max(1, chi2 / Math.max(1, x.length - 2)),
      };
    }
  }
  return undefined;
}

/**
 * Where the share of requests above a limit reaches what is allowed: a logistic curve of that share over the rate,
 * through the readings near the bracket (for a queue with exponential service the share itself is exponential in the
 * rate). The interval is Fieller's, by Student's t, never wider than the bracket. Without a curve (too few readings, or
 * a cliff that no reading stands on) the bracket is all that is known, and its lower end the value.
 * Source: Finney, Probit Analysis, 3rd ed., 1971, ch. 4
 */
export function fitCapacity(
  all: readonly Reading[],
  allowedShare: number,
  { held, refuted }: { readonly held: number; readonly refuted: number },
): CapacityEstimate {
  const bracket: CapacityEstimate = {
    perSecond: held,
    low: held,
    high: refuted,
    readings: 0,
    method: 'held and refuted rates',
  };
  const readings = all.filter(
    ({ offeredPerSecond, shareAbove }) =>
      offeredPerSecond > held / reach && offeredPerSecond < refuted * reach && shareAbove < 0.7,
  );
  const onTheSlope = readings.filter(({ shareAbove }) => shareAbove > allowedShare / 10);
  if (readings.length < 3 || onTheSlope.length < 2) return bracket;
  const centre = Math.sqrt(held * refuted);
  const x = readings.map(({ offeredPerSecond }) => offeredPerSecond / centre - 1);
  const line = logisticLine(x, readings);
  if (!line || !(line.slope > 0)) return bracket;
  const target = Math.log(allowedShare / (1 - allowedShare)) - line.level;
  const root = target / line.slope;
  const t = studentTQuantile(0.975, readings.length - 2 + 10);
  const spread = t * t * line.dispersion;
  // Fieller: all roots at which the line is not significantly away from the target.
  const a = line.slope ** 2 - spread * line.varSlope;
  const b = -2 * (target * line.slope + spread * line.covariance);
  const c = target ** 2 - spread * line.varLevel;
  const discriminant = b ** 2 - 4 * a * c;
  const toRate = (at: number): number => centre * (1 + at);
  const perSecond = Math.min(refuted, Math.max(held, toRate(root)));
  if (!(a > 0) || discriminant < 0) return { ...bracket, perSecond, readings: readings.length };
  const low = toRate((-b - Math.sqrt(discriminant)) / (2 * a));
  const high = toRate((-b + Math.sqrt(discriminant)) / (2 * a));
  return {
    perSecond,
    // A single reading that was wrong may have put an end of the bracket inside.
    low: Math.min(perSecond, Math.max(low, held / 1.1)),
    high: Math.max(perSecond, Math.min(high, refuted * 1.1)),
    readings: readings.length,
    method: 'curve',
  };
}
