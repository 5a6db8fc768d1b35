import { percentileBound } from './bounds.ts';
import { goodResponseMs, indicesDue, type ProbeLog } from './probe-log.ts';
import { type Baseline, type Excuse, noExcuse, type Slowness, type SteadyTolerance } from './recovery.ts';
import { merged, type Standstill, stoodStillMs, withoutStandstills } from './standstill.ts';

/** What a twin tells of a time: what the machine did, or why its word is not taken. */
export type TwinReading =
  | ({ readonly isControl: true } & Excuse)
  /** @property reason completes the sentence “nothing is excused: …” */
  | { readonly isControl: false; readonly reason: string };

/** Fewer requests than this do not tell what is normal for the twin. */
const fewestNormal = 50;
/** A twin that stands still for more of the time is no picture of a calm machine, or the fault has reached it. */
const mostStandstillShare = 0.1;
/** A twin of which more fails is broken itself. */
const mostFailedShare = 0.01;

/**
 * What a request to the twin takes that was not stopped: far beyond its own spread, or its slow ones would excuse what they
 * have nothing to do with. For log-normal response times of a spread of 20 % one in 10 000 is above it.
 */
const unstoppedMs = ({ p50Ms, p95Ms }: Baseline, { absoluteMs }: SteadyTolerance): number =>
  p50Ms + 3 * (p95Ms - p50Ms) + absoluteMs;

/** When the twin got nothing done: from when a request was due to when it would have had to be begun to end when it did. */
function standstillsOf(twin: ProbeLog, normal: Baseline, limitMs: number, fromMs: number, toMs: number): Standstill[] {
  const found: Standstill[] = [];
  const { from, to } = indicesDue(twin, fromMs, toMs);
  for (let i = from; i < to; i++) {
    if (!twin.good[i] || twin.doneMs[i]! - twin.dueMs[i]! <= limitMs) continue;
    found.push({ fromMs: twin.dueMs[i]!, toMs: twin.doneMs[i]! - normal.p50Ms });
  }
  return found;
}

/**
 * By so many standard errors of its percentile a twin must be slower than usual: with none, its own spread over half a second
 * would excuse damage half of the time; with a whole one, 6 of 100 targets on a machine with ten slow stretches were still charged
 * with one of them, with half of one fewer than 3.
 */
const slowerByErrors = 0.5;

/** How much slower than usual the twin was in a stretch. */
function slowness(twin: ProbeLog, normal: Baseline, fromMs: number, toMs: number): Slowness {
  const ascending = goodResponseMs(twin, indicesDue(twin, fromMs, toMs));
  if (ascending.length === 0) return { p50Ms: 0, p95Ms: 0 };
  const beyond = (q: number, usualMs: number): number =>
    Math.max(0, percentileBound(ascending, q, -slowerByErrors) - usualMs);
  return { p50Ms: beyond(0.5, normal.p50Ms), p95Ms: beyond(0.95, normal.p95Ms) };
}

/**
 * Reads a control twin: the same service without the fault, under traffic of its own, on the same machine at the same time.
 * What stops both is the machine's doing (or the load generator's), and a time in which the twin stood still is not charged to
 * the target; in a stretch in which the twin was slower than usual, the target may be slower by as much. What only the target
 * shows is always charged, and so is what goes beyond what the twin shows.
 *
 * The twin's word is taken only while it is well itself: hardly any of its requests fail, and it stands still for no more than
 * a tenth of the time. That also bounds what can be excused at all.
 *
 * @param normal of the twin, before the fault
 * @param fromMs of the time that is looked at
 */
export function readTwin(
  twin: ProbeLog,
  normal: Baseline,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  tolerance: SteadyTolerance,
): TwinReading {
  if (normal.samples < fewestNormal || Number.isNaN(normal.p95Ms)) {
    return {
      isControl: false,
      reason: `the twin had only ${normal.samples} requests before the fault; at least ${fewestNormal} are needed`,
    };
  }
  const { from, to } = indicesDue(twin, fromMs, toMs);
  let failed = 0;
  // What is under way has no end yet, and has not failed.
  for (let i = from; i < to; i++) if (!twin.good[i] && twin.doneMs[i] !== 0) failed++;
  if (failed > mostFailedShare * (to - from)) {
    return { isControl: false, reason: `${failed} of ${to - from} requests to the twin failed as well` };
  }
  const limitMs = unstoppedMs(normal, tolerance);
  const standstills = merged(standstillsOf(twin, normal, limitMs, fromMs, toMs));
  const share = stoodStillMs(standstills, fromMs, toMs) / (toMs - fromMs);
  if (share > mostStandstillShare) {
    const percent = Math.round(share * 100);
    return {
      isControl: false,
      reason: `the twin stood still for ${percent} % of the time: the machine was not calm, or the fault reaches the twin`,
    };
  }
  const besides = withoutStandstills(twin, standstills, limitMs);
  return {
    isControl: true,
    standstills,
    resolutionMs: (toMs - fromMs) / Math.max(1, to - from),
    slowed: (from, to) => slowness(besides, normal, from, to),
  };
}

/** What counts as an excuse. */
export const excusedBy = (reading: TwinReading | undefined): Excuse => (reading?.isControl ? reading : noExcuse);
