import { mannKendall, theilSen } from '@preopen/core';
import { slopeInterval } from './slope-interval.ts';

/**
 * How memory moves with the iterations of a workload. `grows`: steadily and by more than the budget. `saturates`: it grew
 * and has stopped. `steady`: no growth above the budget. `unclear`: neither can be said. `too-few`: fewer samples than
 * the rule needs.
 */
export type Growth = 'grows' | 'saturates' | 'steady' | 'unclear' | 'too-few';

/** A verdict over one series, with what it rests on. */
export interface GrowthJudgement {
  readonly growth: Growth;
  /** Theil–Sen slope of the lower envelope. */
  readonly bytesPerIteration: number;
  /** Its interval at a confidence of 1 − α, widened for points that depend on their neighbours. */
  readonly low: number;
  readonly high: number;
  /** Mann–Kendall over the envelope, two-sided. */
  readonly p: number;
  /** Slopes of the first and the second half of the envelope. */
  readonly halves: readonly [number, number];
  /** The second half alone, with its interval: what is left once it has saturated. */
  readonly recent: { readonly slope: number; readonly low: number; readonly high: number };
  /** Samples after the warm-up, and blocks of them. */
  readonly samples: number;
  readonly blocks: number;
}

/** What counts as growth. */
export interface GrowthRule {
  /** Growth below this is none: noise that no test can tell from a leak that does not matter. */
  readonly budgetBytesPerIteration: number;
  /** Error probability of the trend test. Default 0.001. */
  readonly alpha?: number;
  /** Samples at the beginning that are left out: code is compiled and caches fill. Default 30. */
  readonly warmUpSamples?: number;
  /** Samples in a block; of each block the lowest counts. Default 10. */
  readonly blockSamples?: number;
}

/** No verdict rests on fewer samples after the warm-up. */
export const minimumSamples = 100;
/** Each half must grow by this much of the whole: a step, or a cache that has filled, has one half without growth. */
const persistence = 0.4;

/** The lowest value of each block and where it was: what is left when everything temporary is gone. */
export function lowerEnvelope(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  block: { readonly from: number; readonly to: number; readonly size: number },
): { x: Float64Array; y: Float64Array } {
  const blocks = Math.floor((block.to - block.from) / block.size);
  const envelope = { x: new Float64Array(blocks), y: new Float64Array(blocks) };
  for (let k = 0; k < blocks; k++) {
    let lowest = block.from + k * block.size;
    for (let i = lowest + 1; i < block.from + (k + 1) * block.size; i++) if (y[i]! < y[lowest]!) lowest = i;
    envelope.x[k] = x[lowest]!;
    envelope.y[k] = y[lowest]!;
  }
  return envelope;
}

/**
 * Judges whether memory grows with the iterations: Mann–Kendall over block minima, *and* a Theil–Sen slope whose whole
 * interval, that of independent points, lies above the budget, *and* both halves growing: the rule whose error rates are
 * known. The interval that is reported is wider where points depend on each other. The trend test alone raises a false alarm
 * in a third of clean runs; with a slope above the budget one reflected random walk in 240 clean runs was still called a
 * leak, whose interval reached below it.
 * @param iterations iterations done when each sample was taken, ascending
 * @param bytes what was in use then, garbage collected where the runtime allows it
 */
export function judgeGrowth(
  iterations: ArrayLike<number>,
  bytes: ArrayLike<number>,
  rule: GrowthRule,
): GrowthJudgement {
  const { budgetBytesPerIteration: budget, alpha = 0.001, warmUpSamples = 30, blockSamples = 10 } = rule;
  const samples = Math.max(0, iterations.length - warmUpSamples);
  const { x, y } = lowerEnvelope(iterations, bytes, { from: warmUpSamples, to: iterations.length, size: blockSamples });
  const blocks = x.length;
  if (samples < minimumSamples || blocks < 6) {
    const open = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const recent = { slope: Number.NaN, ...open };
    const halves = [Number.NaN, Number.NaN] as const;
    return { growth: 'too-few', bytesPerIteration: Number.NaN, ...open, p: 1, halves, recent, samples, blocks };
  }
  const { s, p } = mannKendall(y);
  const trend = theilSen(x, y, { confidence: 1 - alpha });
  const { slope } = trend;
  const middle = blocks >> 1;
  const first = theilSen(x.subarray(0, middle), y.subarray(0, middle)).slope;
  const [lateX, lateY] = [x.subarray(middle), y.subarray(middle)];
  const late = theilSen(lateX, lateY, { confidence: 1 - alpha });
  const second = late.slope;
  const isTrend = s > 0 && p < alpha;
  const persists = first > persistence * slope && second > persistence * slope;
  const growth =
    isTrend && trend.low > budget && persists
      ? 'grows'
      : s > 0 && p < 0.01 && first > budget && Math.abs(second) <= budget * persistence
        ? 'saturates'
        : trend.high < budget
          ? 'steady'
          : 'unclear';
  const { low, high } = slopeInterval(x, y, trend, 1 - alpha);
  const recent = { slope: second, ...slopeInterval(lateX, lateY, late, 1 - alpha) };
  return { growth, bytesPerIteration: slope, low, high, p, halves: [first, second], recent, samples, blocks };
}

/**
 * Holm's correction: the error probability that each of several tests must stay below, so that all together keep `alpha`.
 * Source: Holm, Scandinavian Journal of Statistics 6, 1979
 */
export function holmAlphas(p: readonly number[], alpha: number): number[] {
  const order = p.map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
  const alphas = new Array<number>(p.length);
  order.forEach((index, rank) => {
    alphas[index] = alpha / (p.length - rank);
  });
  return alphas;
}
