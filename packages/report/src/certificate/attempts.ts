import type { Measurement, Requirement, Results, Unit, Verdict } from '@preopen/core';
import { convertUnit, dimensionOf, formatQuantity, normalQuantile, studentTQuantile } from '@preopen/core/judge';

/** What an attempt measured of one metric; open ends of its interval are `null`. */
export interface AttemptValue {
  readonly metric: string;
  readonly value: number;
  readonly unit: Unit;
  readonly low: number | null;
  readonly high: number | null;
}

/** One started run on the same target, at the same scale, on the same kind of machine. */
export interface Attempt {
  readonly id: string;
  /** ISO date and time of its start. */
  readonly startedAt: string;
  /** `abandoned`: it never came to results, or was interrupted. It counts as a look, without a value. */
  readonly outcome: 'finished' | 'abandoned';
  /** SHA-256 of its `results.json`; `null` where it left none. */
  readonly results: string | null;
  readonly values: readonly AttemptValue[];
}

/** What a run's requirements were measured at, as the ledger keeps it: of each metric what its verdict rests on. */
export function attemptValues(results: Results): AttemptValue[] {
  const end = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const measured = results.requirements.flatMap((one): Measurement[] =>
    one.verdict === 'not-measured' ? [] : [one.measured],
  );
  const first = new Map(measured.toReversed().map((measurement) => [measurement.metric, measurement]));
  return [...first.values()].toReversed().map(({ metric, value, unit, interval, bound }) => ({
    metric,
    value,
    unit,
    low: bound === 'at-most' ? null : end(interval?.low ?? value),
    high: bound === 'at-least' ? null : end(interval?.high ?? value),
  }));
}

/** Between-run spread (coefficient of variation) that is assumed before there are three runs to measure it. */
export const assumedSpread = 0.04;

/** What all attempts together say of one requirement. */
export interface Pooled {
  readonly verdict: Verdict;
  /** `t-bound`: mean of the logs against a bound that pays for every look; `every-attempt`: each one must have held. */
  readonly method: 't-bound' | 'every-attempt';
  readonly runs: number;
  readonly looks: number;
  /** Geometric mean of the runs in the requirement's unit; `null` for `every-attempt`. */
  readonly mean: number | null;
  /** The side of the mean on which the limit must not lie, in the requirement's unit; `null` for `every-attempt`. */
  readonly bound: number | null;
  /** Between-run spread that was used: `assumed` below three runs, else `measured`. */
  readonly spread: { readonly ratio: number; readonly source: 'assumed' | 'measured' } | null;
  readonly reason: string;
}

const holdsAt = ({ comparison, limit }: Requirement, value: number): boolean =>
  comparison === '<'
    ? value < limit
    : comparison === '<='
      ? value <= limit
      : comparison === '>'
        ? value > limit
        : value >= limit;

/**
 * Chance of a wrong pass that a look may spend. The looks from the third on spend 1 % in all, however many there are:
 * the sum of 1/((k − 2)(k − 1)) over k from 3 is 1. The first two lean on an assumed spread and get 0.5 % each.
 */
const levelOfLook = (look: number): number => (look < 3 ? 0.005 : 0.01 / ((look - 2) * (look - 1)));

interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function everyAttempt(requirement: Requirement, ranges: readonly Range[], looks: number): Pooled {
  const sides = ranges.map(({ low, high }) => [holdsAt(requirement, low), holdsAt(requirement, high)] as const);
  const kept = sides.filter(([low, high]) => low && high).length;
  const verdict = sides.some(([low, high]) => !low && !high) ? 'fail' : kept === sides.length ? 'pass' : 'inconclusive';
  const reason = `${kept} of ${ranges.length} runs kept the limit wholly; such a metric is not averaged`;
  return {
    verdict,
    method: 'every-attempt',
    runs: ranges.length,
    looks,
    mean: null,
    bound: null,
    spread: null,
    reason,
  };
}

/**
 * Judges a requirement over all attempts on the same target, so that trying until a run happens to pass does not pay:
 * each attempt is one more look, and the bound pays for all of them. Times, sizes and rates are pooled as logs; counts,
 * shares and coefficients, which do not vary like these, must have held in every attempt.
 *
 * Simulated for a system that lies 3 % over its limit, 1 % within-run error, at most 20 attempts, in
 * `scripts/verify.mjs`; figures in the package's README.
 * @returns `undefined` if no attempt measured it
 */
export function poolAttempts(requirement: Requirement, attempts: readonly Attempt[]): Pooled | undefined {
  const looks = attempts.length;
  const ranges = attempts.flatMap(({ values }) =>
    values
      .filter(({ metric }) => metric === requirement.metric)
      .flatMap(({ value, unit, low, high }): Range[] => {
        const converted = convertUnit(value, unit, requirement.unit);
        if (converted === undefined) return [];
        const end = (of: number | null, open: number): number =>
          of === null ? open : (convertUnit(of, unit, requirement.unit) ?? open);
        return [{ value: converted, low: end(low, -Infinity), high: end(high, Infinity) }];
      }),
  );
  const runs = ranges.length;
  if (runs === 0) return undefined;
  const isPooled = dimensionOf(requirement.unit) !== 'number' && ranges.every(({ value }) => value > 0);
  if (!isPooled) return everyAttempt(requirement, ranges, looks);

  const logs = ranges.map(({ value }) => Math.log(value));
  const mean = logs.reduce((sum, y) => sum + y, 0) / runs;
  // Half the width of a 95 % interval is about two standard errors.
  const within = ranges.map(({ low, high }) =>
    low > 0 && Number.isFinite(high) ? (Math.log(high) - Math.log(low)) / (2 * 1.96) : 0,
  );
  const withinRun = Math.sqrt(within.reduce((sum, w) => sum + w * w, 0) / runs);
  const measured = Math.sqrt(logs.reduce((sum, y) => sum + (y - mean) ** 2, 0) / Math.max(1, runs - 1));
  const level = levelOfLook(looks);
  // Two runs measure no spread; until there are three, one is assumed.
  const spread =
    runs < 3
      ? { ratio: Math.hypot(assumedSpread, withinRun), source: 'assumed' as const }
      : { ratio: Math.max(measured, withinRun), source: 'measured' as const };
  const quantile = runs < 3 ? normalQuantile(1 - level) : studentTQuantile(1 - level, runs - 1);
  const margin = (quantile * spread.ratio) / Math.sqrt(runs);
  const upward = requirement.comparison === '<' || requirement.comparison === '<=';
  const worst = Math.exp(upward ? mean + margin : mean - margin);
  const best = Math.exp(upward ? mean - margin : mean + margin);
  const verdict = holdsAt(requirement, worst) ? 'pass' : holdsAt(requirement, best) ? 'inconclusive' : 'fail';
  const shown = formatQuantity(worst, requirement.unit);
  const reason =
    `${runs} ${runs === 1 ? 'run' : 'runs'} of ${looks} ${looks === 1 ? 'attempt' : 'attempts'}: ` +
    `${upward ? 'at most' : 'at least'} ${shown}, with a run-to-run spread of ${(spread.ratio * 100).toFixed(1)} % (${spread.source})` +
    (verdict === 'inconclusive' ? '; run again to have the spread measured' : '');
  return { verdict, method: 't-bound', runs, looks, mean: Math.exp(mean), bound: worst, spread, reason };
}
