import type { Random } from '@preopen/core';

/** Shapes of a random delay around its mean. */
export const delayDistributions = ['uniform', 'normal', 'exponential', 'pareto'] as const;

export type DelayDistribution = (typeof delayDistributions)[number];

/** A delay with its spread. */
export interface DelayModel {
  /** Mean delay; the least one for `exponential` and `pareto`, whose spread goes one way. */
  readonly latencyMs: number;
  /** Half width (`uniform`), standard deviation (`normal`), mean above the least (`exponential`, `pareto`). */
  readonly jitterMs?: number;
  /** Default `uniform`, as with Toxiproxy. */
  readonly distribution?: DelayDistribution;
}

/** Tail index of the Pareto delays: mean and variance exist, one delay in a thousand is 8 times the mean excess. */
const paretoShape = 3;

/** One delay in milliseconds, never negative. */
export function drawDelayMs({ latencyMs, jitterMs = 0, distribution = 'uniform' }: DelayModel, random: Random): number {
  if (jitterMs === 0) return latencyMs;
  switch (distribution) {
    case 'uniform':
      return Math.max(0, latencyMs + (2 * random.uniform() - 1) * jitterMs);
    case 'normal':
      return Math.max(0, latencyMs + random.normal() * jitterMs);
    case 'exponential':
      return latencyMs + random.exponential() * jitterMs;
    case 'pareto':
      // Lomax: a Pareto that begins at 0, with mean `jitterMs`.
      return latencyMs + jitterMs * (paretoShape - 1) * ((1 - random.uniform()) ** (-1 / paretoShape) - 1);
  }
}
