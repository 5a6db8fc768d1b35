import type { JudgedMetric, LeakVerdict } from './report.ts';
import { minimumSamples } from './rule.ts';
import type { LeakTarget } from './target.ts';

/** All that the verdict is made of. */
export interface VerdictInput {
  readonly target: Pick<LeakTarget, 'settles' | 'minimumIterations'>;
  readonly judged: readonly JudgedMetric[];
  readonly screened: readonly JudgedMetric[];
  /** By metric: whether its growth held over twice the time, and the harness itself does not grow. */
  readonly confirmed: readonly boolean[];
  readonly control: number;
  readonly iterations: number;
  readonly reasons: readonly string[];
}

const bytes = (value: number): string => `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} B`;

function describe({ metric, bytesPerIteration, low, high, p }: JudgedMetric): string {
  return `${metric.title}: ${bytes(bytesPerIteration)} per iteration (${bytes(low)} to ${bytes(high)}), p = ${p.toPrecision(2)}, budget ${metric.budgetBytesPerIteration} B`;
}

/** One verdict of what was found for each kind of memory, with the kind that decided and the reasons. */
export function combineVerdict(input: VerdictInput): {
  verdict: LeakVerdict;
  leading: JudgedMetric;
  reasons: readonly string[];
} {
  const { target, judged, screened, confirmed, control, iterations } = input;
  const bySlope = [...judged].sort((a, b) => b.bytesPerIteration - a.bytesPerIteration);
  const leadingOf = (holds: (one: JudgedMetric) => boolean): JudgedMetric => bySlope.find(holds) ?? bySlope[0]!;
  const say = (verdict: LeakVerdict, leading: JudgedMetric, ...more: string[]) => ({
    verdict,
    leading,
    reasons: [describe(leading), ...more, ...input.reasons],
  });
  const tooFew = judged.find(({ growth }) => growth === 'too-few');
  if (tooFew || iterations < target.minimumIterations) {
    const reason = `${judged[0]!.samples} samples and ${iterations} iterations: a verdict needs ${minimumSamples} samples after the warm-up and ${target.minimumIterations} iterations`;
    return say('inconclusive', judged[0]!, reason);
  }
  const isConfirmed = (one: JudgedMetric): boolean => confirmed[judged.indexOf(one)] === true;
  if (judged.some(isConfirmed)) {
    const leading = leadingOf(isConfirmed);
    return target.settles
      ? say('leak', leading, 'confirmed over twice the time, and against the same harness without work')
      : say(
          'suspect',
          leading,
          'the runtime was not made to collect its garbage first, so that this may be garbage: no more than a suspicion',
        );
  }
  const grows = judged.find(({ growth }) => growth === 'grows');
  if (grows) {
    const before = screened[judged.indexOf(grows)]!;
    return control >= 16
      ? say('inconclusive', grows, `the harness itself grows by ${bytes(control)} per iteration without any work`)
      : say(
          'inconclusive',
          grows,
          `the growth was not confirmed: ${bytes(before.bytesPerIteration)} per iteration at first, ${bytes(grows.bytesPerIteration)} over the whole time`,
        );
  }
  const unclear = judged.find(({ growth }) => growth === 'unclear');
  if (unclear)
    return say(
      'inconclusive',
      unclear,
      'no steady growth, but growth above the budget is not ruled out: let it run longer',
    );
  const saturated = judged.find(({ growth }) => growth === 'saturates');
  if (saturated) {
    const [first, second] = saturated.halves;
    return say(
      'saturating',
      saturated,
      `it grew by ${bytes(first)} per iteration in the first half and by ${bytes(second)} in the second`,
    );
  }
  return say(
    'no-leak',
    leadingOf(() => true),
  );
}
