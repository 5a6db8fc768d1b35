import type { HeapProfiler } from 'node:inspector';
import type { GrowthJudgement } from './rule.ts';
import type { LeakMetric } from './target.ts';

/**
 * `leak`: memory grows steadily, and the growth was confirmed. `suspect`: the same, but the garbage could not be
 * collected first. `saturating`: it grew and stopped. `no-leak`: it grows by less than the budget. `inconclusive`: none
 * of these can be said.
 */
export type LeakVerdict = 'leak' | 'suspect' | 'saturating' | 'no-leak' | 'inconclusive';

/** Who allocated what stays. */
export interface LeakCulprit {
  /** Function, file and line that allocated it, innermost first. */
  readonly allocatedBy: readonly AllocationSite[];
  /** Everything that was allocated during the search and is still alive; opens in DevTools. */
  readonly profile: HeapProfiler.SamplingHeapProfile;
  /** Class whose objects became more, with how many more per iteration. */
  readonly constructorName?: string;
  readonly objectsPerIteration?: number;
  /** What holds on to one of them, from the root. */
  readonly retainedBy?: readonly string[];
  /** Why something of this is not told. */
  readonly reasons: readonly string[];
}

/** A place in the program, and what it allocated that is still alive. */
export interface AllocationSite {
  readonly functionName: string;
  readonly url: string;
  /** From 1. */
  readonly line: number;
  readonly bytes: number;
  /** Its callers, nearest first. */
  readonly callers: readonly string[];
}

/** One judged kind of memory. */
export interface JudgedMetric extends GrowthJudgement {
  readonly metric: LeakMetric;
}

/** What a search for a leak found. */
export interface LeakReport {
  readonly verdict: LeakVerdict;
  /** Sentences: what the verdict rests on, and what it does not cover. */
  readonly reasons: readonly string[];
  /** The kind of memory that decided, with slope, interval (at 1 − α) and p. */
  readonly leading: JudgedMetric;
  readonly judged: readonly JudgedMetric[];
  readonly bytesPer1000Iterations: number;
  readonly iterations: number;
  readonly samples: number;
  readonly iterationsPerSecond: number;
  /** Memory that is held on purpose for a time looks like growth until that time has passed five times. */
  readonly coversRetentionOfS: number;
  /** Until the limit is reached at the measured pace; infinite without growth. */
  readonly secondsToLimit: number;
  /** Growth per iteration of the same harness without work; `NaN` if it was not needed. */
  readonly controlBytesPerIteration: number;
  readonly culprit?: LeakCulprit;
  /** The samples behind it, as columns; `bytes` by metric. */
  readonly series: { readonly iterations: Float64Array; readonly bytes: readonly Float64Array[] };
}
