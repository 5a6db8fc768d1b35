import type { Random } from '@preopen/core';
import { InputError } from '@preopen/core';
import { type PairedRatio, pairedRatio } from '../paired-ratio.ts';
import type { GcSetting } from './setting.ts';

/** What the same work took under one setting. */
export interface GcFigures {
  /** Time of the work: of a request on average, or of a whole run. */
  readonly workMs: number;
  /** Of requests; absent for work that has none. */
  readonly p95Ms?: number;
  /** Time that the process stood still for garbage collection, of all. */
  readonly gcShare: number;
  /** Peak of resident memory; `NaN` where it cannot be seen. */
  readonly peakBytes: number;
}

/** The same work under one setting, or the reason why it could not be done. */
export type GcRun =
  | { readonly outcome: 'done'; readonly figures: GcFigures }
  | { readonly outcome: 'broke'; readonly reason: string };

/** How an experiment is done. */
export interface GcExperimentOptions {
  /** The first is what the others are held against. */
  readonly settings: readonly GcSetting[];
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Rounds in which all settings take turns. Default 8, no fewer than 5. */
  readonly rounds?: number;
  /** Told what is under way, with a fraction of all of it. */
  readonly onProgress?: (message: string, fraction: number) => void;
  /** Whether there is time for another round, from what the last one took. */
  readonly hasTimeForMs?: (durationMs: number) => boolean;
  /** Monotonic clock. */
  readonly nowMs: () => number;
}

/** A setting beside the first one: means, and ratios to it over the rounds. */
export interface GcComparison {
  readonly setting: GcSetting;
  readonly rounds: number;
  /** Means over the rounds. */
  readonly mean: GcFigures;
  /** Absent for the first setting, and for one that broke. */
  readonly ratio?: { readonly work: PairedRatio; readonly p95?: PairedRatio; readonly peak?: PairedRatio };
  /** Why it broke, if it did. */
  readonly broke?: string;
}

/** A setting that was measured better than the first. */
export interface GcAdvice {
  readonly kind: 'faster' | 'smaller';
  readonly setting: GcSetting;
}

/** What an experiment found. */
export interface GcReport {
  readonly comparisons: readonly GcComparison[];
  /** Confidence of each interval, so that all of them hold at 95 %. */
  readonly confidence: number;
  readonly advice: readonly GcAdvice[];
}

/** Fifteen intervals that hold together are endless with three rounds, and usable with five. */
const leastRounds = 5;
/** An advice must be worth a flag: the whole interval beyond these. */
const fasterThan = 0.97;
const smallerThan = 0.95;
/** What the other figure may cost at most, with its whole interval. */
const tolerated = 1.03;

/**
 * Does the same work under settings that take turns, in an order drawn anew each round, and compares each with the first.
 * Advice is given only for what was measured better, with intervals that hold together.
 * @throws InputError for fewer than five rounds, or nothing to compare
 * @throws Error if the work cannot be done under the first setting
 */
export async function gcExperiment(
  run: (setting: GcSetting, signal: AbortSignal) => Promise<GcRun>,
  options: GcExperimentOptions,
): Promise<GcReport> {
  const { settings, random, signal, rounds = 8, onProgress = () => {}, hasTimeForMs = () => true, nowMs } = options;
  const [reference, ...others] = settings;
  if (!reference || others.length === 0)
    throw new InputError('gcExperiment: expected two settings or more to compare.');
  if (rounds < leastRounds)
    throw new InputError(
      `gcExperiment: ${rounds} rounds give no interval worth the name. Ask for ${leastRounds} or more.`,
    );
  const figures = new Map<GcSetting, GcFigures[]>(settings.map((setting) => [setting, []]));
  const broke = new Map<GcSetting, string>();
  let roundMs = 0;
  for (let round = 0; round < rounds; round++) {
    if (round >= leastRounds && !hasTimeForMs(roundMs)) break;
    const startMs = nowMs();
    const turns = random.shuffle(settings.filter((setting) => !broke.has(setting)));
    for (const [turn, setting] of turns.entries()) {
      signal.throwIfAborted();
      onProgress(`${setting.name}, round ${round + 1} of ${rounds}`, (round + turn / turns.length) / rounds);
      const done = await run(setting, signal);
      if (done.outcome === 'done') figures.get(setting)!.push(done.figures);
      else if (setting === reference)
        throw new Error(`the work cannot be done under V8’s own settings: ${done.reason}`);
      else broke.set(setting, done.reason);
    }
    roundMs = nowMs() - startMs;
  }
  const confidence = 1 - 0.05 / (3 * others.length);
  const before = figures.get(reference)!;
  const comparisons = settings.map((setting): GcComparison => {
    const own = figures.get(setting)!;
    const reason = broke.get(setting);
    const isCompared = setting !== reference && reason === undefined;
    return {
      setting,
      rounds: own.length,
      mean: meanOf(own),
      ...(isCompared ? { ratio: ratiosOf(own, before, confidence) } : {}),
      ...(reason === undefined ? {} : { broke: reason }),
    };
  });
  return { comparisons, confidence, advice: adviceOf(comparisons) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function meanOf(figures: readonly GcFigures[]): GcFigures {
  const p95 = figures.flatMap(({ p95Ms }) => (p95Ms === undefined ? [] : [p95Ms]));
  return {
    workMs: mean(figures.map(({ workMs }) => workMs)),
    ...(p95.length === figures.length && p95.length > 0 ? { p95Ms: mean(p95) } : {}),
    gcShare: mean(figures.map(({ gcShare }) => gcShare)),
    peakBytes: mean(figures.map(({ peakBytes }) => peakBytes)),
  };
}

function ratiosOf(
  own: readonly GcFigures[],
  before: readonly GcFigures[],
  confidence: number,
): NonNullable<GcComparison['ratio']> {
  const of = (figure: (one: GcFigures) => number): PairedRatio | undefined => {
    const values = own.map(figure);
    const references = before.map(figure);
    const isKnown = [...values, ...references].every((value) => value > 0);
    return isKnown ? pairedRatio(values, references, confidence) : undefined;
  };
  const p95 = of(({ p95Ms = Number.NaN }) => p95Ms);
  const peak = of(({ peakBytes }) => peakBytes);
  return { work: of(({ workMs }) => workMs)!, ...(p95 ? { p95 } : {}), ...(peak ? { peak } : {}) };
}

/** The best of each kind: faster for sure without a slower tail, or smaller for sure without being slower. */
function adviceOf(comparisons: readonly GcComparison[]): GcAdvice[] {
  const compared = comparisons.flatMap(({ setting, ratio }) => (ratio ? [{ setting, ...ratio }] : []));
  const speedOf = ({ work, p95 }: (typeof compared)[number]): PairedRatio => p95 ?? work;
  const [faster] = compared
    .filter((one) => speedOf(one).interval.high < fasterThan && one.work.ratio < tolerated)
    .sort((a, b) => speedOf(a).ratio - speedOf(b).ratio);
  const [smaller] = compared
    .filter(
      ({ peak, work, p95 }) =>
        peak !== undefined &&
        peak.interval.high < smallerThan &&
        work.interval.high < tolerated &&
        (p95?.ratio ?? 1) < tolerated,
    )
    .sort((a, b) => a.peak!.ratio - b.peak!.ratio);
  return [
    ...(faster ? [{ kind: 'faster' as const, setting: faster.setting }] : []),
    ...(smaller ? [{ kind: 'smaller' as const, setting: smaller.setting }] : []),
  ];
}
