import { percentileBound, rank, shareLower, shareUpper } from './bounds.ts';
import { longestSilenceMs, type SilenceOptions, standstillsThatCount } from './outage.ts';
import { goodResponseMs, indicesDue, type ProbeLog, withoutMarked } from './probe-log.ts';
import { type Standstill, stoodStillMs, withoutStandstills } from './standstill.ts';

/** How far from its baseline a target may be and still count as steady. */
export interface SteadyTolerance {
  /** P50 may be this many times the baseline's. */
  readonly p50Ratio: number;
  readonly p95Ratio: number;
  /** Differences below this are no difference: on a fast service a ratio alone would judge the machine's jitter. */
  readonly absoluteMs: number;
  /** Share of failed requests above the baseline's. */
  readonly errorShare: number;
  /** Length of the windows in which relapses are looked for. */
  readonly windowMs: number;
  /** How long the target must stay steady to be believed. */
  readonly holdMs: number;
}

/** The tolerances of the design note; `absoluteMs` is a hundredth of the specification's latency limit. */
export const defaultTolerance: SteadyTolerance = {
  p50Ratio: 1.1,
  p95Ratio: 1.2,
  absoluteMs: 1,
  errorShare: 0.001,
  windowMs: 500,
  holdMs: 3000,
};

/** What is normal: percentiles of response time and share of failures before the fault. */
export interface Baseline {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly errorShare: number;
  readonly samples: number;
}

/** What a target may take and still be within tolerance of a baseline. */
export function limitsOf(
  { p50Ms, p95Ms, errorShare }: Baseline,
  tolerance: SteadyTolerance,
): Omit<Baseline, 'samples'> {
  return {
    p50Ms: Math.max(p50Ms * tolerance.p50Ratio, p50Ms + tolerance.absoluteMs),
    p95Ms: Math.max(p95Ms * tolerance.p95Ratio, p95Ms + tolerance.absoluteMs),
    errorShare: errorShare + tolerance.errorShare,
  };
}

/** How much slower a time was than usual, in milliseconds. */
export interface Slowness {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What the machine did in a time, as a control twin shows it: not charged to the target. */
export interface Excuse {
  /** When nothing got done. */
  readonly standstills: readonly Standstill[];
  /** How finely those are seen: the time between two requests to the twin. */
  readonly resolutionMs: number;
  /** How much slower the twin was than usual, besides its standstills. */
  slowed(fromMs: number, toMs: number): Slowness;
}

/** Where there is no twin, or its word is not taken. */
export const noExcuse: Excuse = { standstills: [], resolutionMs: 0, slowed: () => ({ p50Ms: 0, p95Ms: 0 }) };

/** What a fault did, in milliseconds on the log's clock. `undefined` is “never, within the horizon”. */
export interface Recovery {
  /** From the fault to when the first request was due that failed, or took three times the limit of P95. */
  readonly timeToImpactMs: number | undefined;
  /** From the undo to the first good answer to a request due after it. */
  readonly timeToFirstSuccessMs: number | undefined;
  /** From the undo to steady state; 0 where the fault was never felt. */
  readonly timeToSteadyStateMs: number | undefined;
  /**
   * Holds the true moment in 95 of 100 recoveries: from the end of the last half second that was significantly worse to two
   * windows after the moment that was found. Wide where a target comes back slowly.
   */
  readonly steadyBetweenMs: { readonly low: number; readonly high: number };
  /**
   * Longest time without a good completion that reaches beyond the beginning of the fault, without the standstills of the machine
   * that lengthened it.
   */
  readonly outageMs: number;
  /** Requests due from the fault to the end. */
  readonly scheduled: number;
  /** Of these: without a right answer. */
  readonly failed: number;
  /** Of these: without anything at all, no answer and no refusal. */
  readonly lost: number;
  /** How often it was worse than the baseline again after a while in which it was not. */
  readonly relapses: number;
  /** Response time of the slowest request from the fault on. */
  readonly slowestMs: number;
}

/** What is normal in `[fromMs, toMs)`. */
export function baselineOf(log: ProbeLog, fromMs: number, toMs: number): Baseline {
  const range = indicesDue(log, fromMs, toMs);
  const ascending = goodResponseMs(log, range);
  const samples = range.to - range.from;
  return {
    p50Ms: ascending.length > 0 ? rank(ascending, 0.5) : Number.NaN,
    p95Ms: ascending.length > 0 ? rank(ascending, 0.95) : Number.NaN,
    errorShare: samples === 0 ? 1 : 1 - ascending.length / samples,
    samples,
  };
}

/**
 * Why a stretch before any fault is not steady; `undefined` if it is: enough requests, hardly any failures, and the
 * second half no worse than the first beyond the tolerance (by the bounds of both, so that chance does not count).
 */
export function whyNotSteady(
  log: ProbeLog,
  fromMs: number,
  toMs: number,
  tolerance: SteadyTolerance,
): string | undefined {
  const whole = indicesDue(log, fromMs, toMs);
  const samples = whole.to - whole.from;
  if (samples < 100) return `only ${samples} requests before the fault; at least 100 are needed`;
  const failed = samples - goodResponseMs(log, whole).length;
  if (failed / samples > 0.01) return `${failed} of ${samples} requests failed before any fault`;
  const middleMs = (fromMs + toMs) / 2;
  const first = goodResponseMs(log, indicesDue(log, fromMs, middleMs));
  const second = goodResponseMs(log, indicesDue(log, middleMs, toMs));
  for (const [q, ratio, name] of [
    [0.5, tolerance.p50Ratio, 'P50'],
    [0.95, tolerance.p95Ratio, 'P95'],
  ] as const) {
    for (const [before, after, way] of [
      [first, second, 'rose'],
      [second, first, 'fell'],
    ] as const) {
      const limitMs = Math.max(percentileBound(before, q, 3) * ratio, rank(before, q) + tolerance.absoluteMs);
      if (percentileBound(after, q, -3) > limitMs) {
        return `${name} ${way} from ${rank(first, q).toFixed(2)} to ${rank(second, q).toFixed(2)} ms before any fault`;
      }
    }
  }
  return undefined;
}

/** Stretches are looked at from every tenth of a second on: the moment of recovery is known no better than that. */
const stepMs = 100;

/**
 * By so many standard errors the first half of the hold must be within tolerance: with fewer, slow decays are called over more
 * than a second early; with more, they are found late. From 250 drawn decays: median error 0.18 s, one in 250 early by more
 * than a second; with 1 and 1.645: 0.03 s and three, 0.24 s and one.
 */
const firstHalfErrors = 1.5;

/** The stretch of `lengthMs` from a moment on, against the limits. */
interface Stretch {
  /** By its own figures. */
  readonly isWithin: boolean;
  /** Worse than the limits by three standard errors. */
  readonly isWorse: boolean;
  /** Within the limits by its upper 95 % bounds. */
  readonly isEquivalent: boolean;
}

/**
 * When a target was steady again after a fault.
 *
 * Steady at `t` means: the half second from `t` on is within tolerance; no later one is significantly (three standard errors)
 * worse than the baseline; and the pooled hold after `t` is equivalent to the baseline by its upper 95 % bounds. First
 * success, one good P95, or a test that merely does not reject are each fooled by flapping or by damage to the tail. Where no
 * half second since the fault was significantly worse, the last condition is the only one.
 * An answer that the service marks as degraded ends an outage, but a service that gives such answers is not steady yet.
 */
export function recoveryOf(
  log: ProbeLog,
  baseline: Baseline,
  {
    faultMs,
    undoMs,
    endMs,
    inEffectMs = faultMs,
    undoBeginsMs = undoMs,
    excuse = noExcuse,
  }: {
    /** When the fault began. */
    faultMs: number;
    /** When it was undone. */
    undoMs: number;
    /** Until when requests were due. */
    endMs: number;
    /** From when on it was in effect for certain. Default `faultMs`. */
    inEffectMs?: number;
    /** Until when it was. Default `undoMs`. */
    undoBeginsMs?: number;
    /** What the machine did meanwhile: not charged to the target. Default nothing. */
    excuse?: Excuse;
  },
  tolerance: SteadyTolerance = defaultTolerance,
): Recovery {
  const { windowMs, holdMs } = tolerance;
  const limits = limitsOf(baseline, tolerance);
  const { p95Ms: limit95Ms, errorShare: limitErrors } = limits;
  const from = indicesDue(log, faultMs, endMs);
  const spacingMs = (endMs - faultMs) / Math.max(1, from.to - from.from);
  const known: SilenceOptions = {
    faultMs,
    inEffectMs,
    undoBeginsMs,
    endMs,
    ordinaryMs: limit95Ms + 2 * spacingMs + excuse.resolutionMs,
  };
  const standstills = standstillsThatCount(log, excuse.standstills, known);
  const own = withoutStandstills(log, standstills, limit95Ms);
  const whole = withoutMarked(own);

  const stretch = (fromMs: number, lengthMs: number, z = 1.645): Stretch => {
    const range = indicesDue(whole, fromMs, fromMs + lengthMs);
    const ascending = goodResponseMs(whole, range);
    const n = range.to - range.from;
    const failed = n - ascending.length;
    // What slowed the twin in the same stretch would have slowed the target without any fault.
    const slowed = excuse.slowed(fromMs, fromMs + lengthMs);
    const limit50Ms = limits.p50Ms + slowed.p50Ms;
    const limit95Ms = limits.p95Ms + slowed.p95Ms;
    if (ascending.length === 0) {
      // Where the machine stood still for all of the stretch nothing is known of the target.
      const isUnknown = n === 0 && stoodStillMs(standstills, fromMs, fromMs + lengthMs) > 0;
      return { isWithin: false, isWorse: !isUnknown, isEquivalent: false };
    }
    return {
      isWithin: failed / n <= limitErrors && rank(ascending, 0.5) <= limit50Ms && rank(ascending, 0.95) <= limit95Ms,
      isWorse:
        (failed > 0 && shareLower(failed, n, 3) > limitErrors) ||
        percentileBound(ascending, 0.5, -3) > limit50Ms ||
        percentileBound(ascending, 0.95, -3) > limit95Ms,
      isEquivalent:
        // With few requests even none failed proves little; a single failure is then within the bound of none.
        (failed === 0 || shareUpper(failed, n, 1.645) <= Math.max(limitErrors, shareUpper(0, n, 1.645))) &&
        percentileBound(ascending, 0.5, z) <= limit50Ms &&
        percentileBound(ascending, 0.95, z) <= limit95Ms * (1 + 2 / Math.sqrt(n)),
    };
  };
  const steps = Math.max(0, Math.floor((endMs - undoMs - windowMs) / stepMs) + 1);
  const stretches = Array.from({ length: steps }, (_, step) => stretch(undoMs + step * stepMs, windowMs));
  const lastWorse = stretches.findLastIndex(({ isWorse }) => isWorse);
  // Only what was damaged has to prove that each part of its first hold is sound again: chance puts the 95th percentile of half a
  // second beyond its limit now and then, and a target that nothing befell would be given a recovery.
  let wasFelt = lastWorse >= 0;
  for (let fromMs = faultMs; fromMs <= Math.max(faultMs, undoMs - windowMs) && !wasFelt; fromMs += stepMs)
    wasFelt = stretch(fromMs, windowMs).isWorse;
  const holdSteps = Math.ceil((holdMs - windowMs) / stepMs);
  let steadyStep: number | undefined;
  for (let step = lastWorse + 1; step + holdSteps < steps && steadyStep === undefined; step++) {
    const fromMs = undoMs + step * stepMs;
    // The first half of the hold by itself: a slow decay must not pass on the strength of what comes after it.
    const isSteady =
      (!wasFelt || (stretches[step]!.isWithin && stretch(fromMs, holdMs / 2, firstHalfErrors).isEquivalent)) &&
      stretch(fromMs, holdMs).isEquivalent;
    if (isSteady) steadyStep = step;
  }
  let relapses = 0;
  // A half second that shares no request with the last bad one lies between two relapses.
  const perWindow = Math.round(windowMs / stepMs);
  let lastBad = 0;
  for (let step = 0; step < steps; step++) {
    if (!stretches[step]!.isWorse) continue;
    if (step > 0 && step - lastBad > perWindow) relapses++;
    lastBad = step;
  }

  let firstSuccessMs: number | undefined;
  let failed = 0;
  let lost = 0;
  for (let i = from.from; i < from.to; i++) {
    if (log.lost?.[i]) lost++;
    if (!log.good[i]) failed++;
    else if (log.dueMs[i]! >= undoMs && (firstSuccessMs === undefined || log.doneMs[i]! < firstSuccessMs))
      firstSuccessMs = log.doneMs[i]!;
  }
  let impactMs: number | undefined;
  let slowestMs = 0;
  const charged = indicesDue(own, faultMs, endMs);
  for (let i = charged.from; i < charged.to; i++) {
    const tookMs = own.doneMs[i]! - own.dueMs[i]!;
    slowestMs = Math.max(slowestMs, tookMs);
    // Three times the limit of the 95th percentile: one in twenty is above that limit on any day.
    if (impactMs === undefined && (!own.good[i] || tookMs > 3 * limit95Ms)) impactMs = own.dueMs[i]! - faultMs;
  }
  return {
    timeToImpactMs: impactMs,
    timeToFirstSuccessMs: firstSuccessMs === undefined ? undefined : firstSuccessMs - undoMs,
    timeToSteadyStateMs: steadyStep === undefined ? undefined : steadyStep * stepMs,
    steadyBetweenMs: {
      low: Math.max(0, Math.min(lastWorse, steadyStep ?? lastWorse) * stepMs),
      high: steadyStep === undefined ? Number.POSITIVE_INFINITY : steadyStep * stepMs + 2 * windowMs,
    },
    outageMs: longestSilenceMs(log, standstills, known),
    scheduled: from.to - from.from,
    failed,
    lost,
    relapses,
    slowestMs,
  };
}
