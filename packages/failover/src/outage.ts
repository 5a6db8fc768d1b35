import { indicesDue, type ProbeLog } from './probe-log.ts';
import { type Standstill, stoodStillMs } from './standstill.ts';

/** A time without a good completion. */
interface Silence {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is known of a fault and of the target besides its completions. */
export interface SilenceOptions {
  /** When the fault began. */
  readonly faultMs: number;
  /** From when on it was in effect for certain. */
  readonly inEffectMs: number;
  /** Until when it was. */
  readonly undoBeginsMs: number;
  /** Until when requests were due. */
  readonly endMs: number;
  /** What may pass without a completion where nothing is wrong, as well as it can be seen beside a standstill. */
  readonly ordinaryMs: number;
}

/**
 * The times between good completions, of those that end after the fault began. Completions are taken as they came, whenever their
 * requests were due: one that was under way when the fault began ends with it, not before.
 */
function silencesOf(log: ProbeLog, { faultMs, endMs }: SilenceOptions): Silence[] {
  const completions: number[] = [];
  const { to } = indicesDue(log, endMs, endMs);
  for (let i = 0; i < to; i++) if (log.good[i]) completions.push(log.doneMs[i]!);
  completions.sort((a, b) => a - b);
  const found: Silence[] = [];
  let lastMs = Number.NaN;
  for (const doneMs of completions) {
    if (doneMs > faultMs && !Number.isNaN(lastMs)) found.push({ fromMs: lastMs, toMs: doneMs });
    lastMs = doneMs;
  }
  // After the last one the silence goes on to the end; without any it began no later than the fault.
  found.push({ fromMs: Number.isNaN(lastMs) ? faultMs : lastMs, toMs: endMs });
  return found;
}

/** What of `[fromMs, toMs)` lies outside of the standstills. */
function awake(standstills: readonly Standstill[], { fromMs, toMs }: Silence): Silence[] {
  const found: Silence[] = [];
  let atMs = fromMs;
  for (const still of standstills) {
    if (still.toMs <= atMs) continue;
    if (still.fromMs >= toMs) break;
    if (still.fromMs > atMs) found.push({ fromMs: atMs, toMs: still.fromMs });
    atMs = still.toMs;
  }
  if (atMs < toMs) found.push({ fromMs: atMs, toMs });
  return found;
}

/**
 * The part of a silence in which the target was down whatever the machine did: from the first to the last time in it at which the
 * machine ran and the target, for longer than is ordinary, got nothing done all the same. Where the silence came with the fault it
 * was down from the fault on, and, once down, for as long as the fault was in effect.
 * `undefined` where the silence is the machine's: for most of it nothing got done beside the target either.
 */
function downTime(silence: Silence, standstills: readonly Standstill[], known: SilenceOptions): Silence | undefined {
  const pieces = awake(standstills, silence);
  const awakeMs = pieces.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  if (2 * awakeMs <= silence.toMs - silence.fromMs) return undefined;
  const down = pieces.filter(({ fromMs, toMs }) => toMs - fromMs > known.ordinaryMs);
  const first = down[0];
  if (!first) return undefined;
  const { faultMs, inEffectMs, undoBeginsMs, ordinaryMs } = known;
  const cameWithFault = silence.fromMs <= inEffectMs + ordinaryMs && silence.toMs > inEffectMs;
  const earliestMs = cameWithFault ? Math.max(silence.fromMs, faultMs) : first.fromMs;
  return {
    fromMs: Math.min(first.fromMs, earliestMs),
    toMs: Math.max(down.at(-1)!.toMs, Math.min(silence.toMs, undoBeginsMs)),
  };
}

/** The standstills without the times in another list; both are ascending and apart. */
function outside(standstills: readonly Standstill[], times: readonly Silence[]): Standstill[] {
  return standstills.flatMap((still) => awake(times, still));
}

/**
 * The standstills of the machine that can have lengthened anything: what of them lies within a time in which the target was down
 * anyway has not. A pause of 500 ms is one of 500 ms, also where the machine stood still for 40 of them.
 */
export function standstillsThatCount(
  log: ProbeLog,
  standstills: readonly Standstill[],
  known: SilenceOptions,
): readonly Standstill[] {
  if (standstills.length === 0) return standstills;
  const downTimes = silencesOf(log, known)
    .filter(({ fromMs, toMs }) => toMs - fromMs > known.ordinaryMs)
    .flatMap((silence) => downTime(silence, standstills, known) ?? []);
  return outside(standstills, downTimes);
}

/** Longest time without a good completion, of those that end after the fault began; standstills do not count. */
export function longestSilenceMs(log: ProbeLog, standstills: readonly Standstill[], known: SilenceOptions): number {
  return silencesOf(log, known).reduce(
    (longestMs, { fromMs, toMs }) => Math.max(longestMs, toMs - fromMs - stoodStillMs(standstills, fromMs, toMs)),
    0,
  );
}
