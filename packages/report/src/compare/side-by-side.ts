import { type ComparisonVerdict, decidePairs, looks } from './two-builds.ts';

/** What one round measured of two targets beside each other, in milliseconds. */
export type RoundTimes = Readonly<Record<'p50' | 'p95', { readonly a: number; readonly b: number }>>;

/** How the second of two targets stands to the first. */
export interface SideBySideVerdict {
  /** `better`: b is faster. The worse of the two metrics; `unsure` may become decided by more rounds. */
  readonly verdict: ComparisonVerdict;
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

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/**
 * Judges rounds of two targets under the same interleaved requests. The unit is the round; looks after 5, 8 and 12 rounds
 * share an error budget of 0.1 % (Holm over both metrics); differences below 5 % are no news; `same` only by equivalence.
 */
export function judgeSideBySide(rounds: readonly RoundTimes[]): SideBySideVerdict {
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
  const verdict = (['worse', 'unsure', 'better', 'same'] as const).find((one) => verdicts.includes(one)) ?? 'unsure';
  return {
    verdict,
    rounds: rounds.length,
    isFinal: !verdicts.includes('unsure') || rounds.length >= looks.at(-1)!.runsPerSide,
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
