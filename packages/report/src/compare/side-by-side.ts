import { type ComparisonVerdict, decidePairs, looks } from './two-builds.ts';

/** What one round measured of two targets beside each other, in milliseconds. */
export type RoundTimes = Readonly<Record<'p50' | 'p95', { readonly a: number; readonly b: number }>>;

/** Requests of a round that were not answered well. */
export interface RoundFailures {
  readonly a: number;
  readonly b: number;
}

/** How the second of two targets stands to the first. */
export interface SideBySideVerdict {
  /**
   * `better`: b is faster. The worse of the two metrics; `unsure` may become decided by more rounds. Where b left more
   * requests unanswered it is never `better` or `same`, for its times are those of what it answered.
   */
  readonly verdict: ComparisonVerdict;
  /** Why the verdict is not the one of the metrics; empty where it is. */
  readonly reason: string;
  readonly rounds: number;
  /** Whether more rounds can change anything. */
  readonly isFinal: boolean;
  readonly metrics: readonly {
    readonly metric: 'p50' | 'p95';
    readonly verdict: ComparisonVerdict;
    /** Geometric mean over the rounds that were judged, so that b ÷ a − 1 is the effect. */
    readonly a: number;
    readonly b: number;
    /** b ÷ a − 1 with its 90 % interval; `undefined` below five rounds. */
    readonly effect: { readonly value: number; readonly low: number; readonly high: number } | undefined;
  }[];
}

/** What `worse` by failures may be wrong in, as by times. */
const errorBudget = looks.reduce((sum, { level }) => sum + level, 0);

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/**
 * Two-sided sign test: the chance of so lopsided a count, or one more so, if either way is as likely.
 * @param of rounds in which the two differ
 */
function signTest(more: number, of: number): number {
  let tail = 0;
  let ways = 1;
  for (let k = of; k >= Math.max(more, of - more); k--) {
    tail += ways;
    ways = (ways * k) / (of - k + 1);
  }
  return Math.min(1, (2 * tail) / 2 ** of);
}

/** What the failures alone say: b fails more often in round after round, in all so far, or not. */
function failuresOf(rounds: readonly RoundFailures[]): 'more' | 'perhaps' | 'no' {
  const differing = rounds.filter(({ a, b }) => a !== b);
  const more = differing.filter(({ a, b }) => b > a).length;
  const sum = rounds.reduce((total, { a, b }) => total + b - a, 0);
  if (sum <= 0) return 'no';
  return more * 2 > differing.length && signTest(more, differing.length) <= errorBudget ? 'more' : 'perhaps';
}

/**
 * Judges rounds of two targets under the same interleaved requests. The unit is the round; looks after 5, 8 and 12 rounds
 * share an error budget of 0.1 % (Holm over both metrics); differences below 5 % are no news; `same` only by equivalence.
 * @param failures of every round, those without times among them; b is `worse` too where it fails more often than a in
 *   enough of them (sign test over the rounds, 0.1 %)
 */
export function judgeSideBySide(
  rounds: readonly RoundTimes[],
  failures: readonly RoundFailures[] = [],
): SideBySideVerdict {
  const names = ['p50', 'p95'] as const;
  const decisions = decidePairs(
    names.map((metric) => ({
      metric,
      values: rounds.map((round) => Math.log(round[metric].b / round[metric].a)),
      leastEffect: Math.log(1.05),
      lowerIsBetter: true,
    })),
  );
  const verdicts = decisions.map(({ verdict }) => verdict);
  const byTimes = (['worse', 'unsure', 'better', 'same'] as const).find((one) => verdicts.includes(one)) ?? 'unsure';
  const failing = failuresOf(failures);
  const isHeldBack = failing === 'perhaps' && byTimes !== 'worse';
  const verdict = failing === 'more' ? 'worse' : isHeldBack ? 'unsure' : byTimes;
  return {
    verdict,
    reason:
      failing === 'more'
        ? 'it leaves more requests without a good answer'
        : isHeldBack
          ? 'it left more requests without a good answer, in too few rounds to tell whether it always does'
          : '',
    rounds: rounds.length,
    isFinal: ![verdict, ...verdicts].includes('unsure') || rounds.length >= looks.at(-1)!.runsPerSide,
    metrics: decisions.map(({ verdict: of, standing, runsPerSide }, i) => {
      const metric = names[i]!;
      const judged = rounds.slice(0, standing ? runsPerSide : rounds.length).map((round) => round[metric]);
      return {
        metric,
        verdict: of,
        a: geometricMean(judged.map(({ a }) => a)),
        b: geometricMean(judged.map(({ b }) => b)),
        effect: standing && {
          value: Math.expm1(standing.effect),
          low: Math.expm1(standing.interval.low),
          high: Math.expm1(standing.interval.high),
        },
      };
    }),
  };
}
