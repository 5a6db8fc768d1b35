import type { Interval, Random } from '@preopen/core';
import { type PairedRatio, pairedRatio } from '../paired-ratio.ts';
import { findBreakingLimit } from './breaking-limit.ts';
import { type JudgedEnding, judgeEnding, type UnlimitedOutput } from './ending.ts';
import { type LimitKind, limitKinds, refuseLimitKind } from './limit.ts';
import type { PressureRun, PressureWorkload } from './workload.ts';

/** How a sweep is done. */
export interface PressureOptions {
  readonly signal: AbortSignal;
  /** Draws the order in which limits take turns. */
  readonly random: Random;
  /** Kinds of limit to try. Default: all that can be laid here. */
  readonly kinds?: readonly LimitKind[];
  /** Rounds in which the limits take turns with no limit. Default 5; 0 for none. */
  readonly rounds?: number;
  /** Told what is under way. */
  readonly onProgress?: (message: string) => void;
  /** Whether there is time for so many more runs without a limit; rounds that do not fit are left out. */
  readonly hasTimeForMs?: (durationMs: number) => boolean;
}

/** The workload at one limit, in turns with no limit. */
export interface PressureRung {
  readonly bytes: number;
  readonly runs: number;
  /** Runs of these that did not do their work. */
  readonly broke: number;
  /** Time with the limit over time without; absent where runs broke, or there were fewer than two. */
  readonly slowdown?: PairedRatio;
}

/** What one kind of limit does to the workload. */
export interface LimitFinding {
  readonly kind: LimitKind;
  /** Smallest limit at which it still did its work. */
  readonly worksBytes: number;
  /** Largest limit at which it did not; absent where it worked at all that were tried. */
  readonly breaksBytes?: number;
  /** All ways in which it broke, the worst first. */
  readonly breaks: readonly JudgedEnding[];
  readonly rungs: readonly PressureRung[];
  /** Largest limit at which it was slower by a tenth for sure; absent where none was. */
  readonly slows?: { readonly bytes: number; readonly ratio: number; readonly interval: Interval };
}

/** How a workload behaves as its memory is taken away. */
export interface PressureReport {
  readonly unlimited: {
    readonly runs: number;
    readonly durationMs: number;
    readonly peakBytes: number;
    readonly heapBytes: number;
    readonly virtualBytes: number;
    readonly isReproducible: boolean;
    readonly files: number;
  };
  readonly findings: readonly LimitFinding[];
  readonly notTried: readonly { readonly kind: LimitKind; readonly reason: string }[];
  /** Why it ended before its time; what was found until then is here. */
  readonly endedEarly?: string;
}

/** Limits above the smallest that works, at which the time is taken. */
const rungFactors = [1.05, 1.3, 1.7, 2.5];
/** A run may take this many times the time it takes without a limit, and no less than some seconds. */
const patience = 3;
const leastPatienceMs = 10_000;
/** A search takes about so many runs. */
const searchRuns = 8;
/** Slower by less than this is no slowdown worth a sentence. */
const slowdownLimit = 1.1;
const worst = { silent: 0, unclean: 1, clean: 2, whole: 3 };
/** Where the search ends: no runtime starts with less. */
const floorBytes: Record<LimitKind, number> = { heap: 2 ** 21, 'address-space': 2 ** 24, 'control-group': 2 ** 22 };

/**
 * Does the same work under lower and lower limits: where it breaks and how, and above that where it slows. Each kind of
 * limit is searched by itself; then limits above the breaking one take turns with no limit, in an order that is drawn.
 * A sweep that is aborted after its first runs gives what it has found.
 * @throws Error if the workload fails without a limit
 * @throws the signal's reason if it is aborted before anything was found
 */
export async function pressureSweep(workload: PressureWorkload, options: PressureOptions): Promise<PressureReport> {
  const { signal, random, kinds = limitKinds, rounds = 5, onProgress = () => {}, hasTimeForMs = () => true } = options;
  onProgress('without a limit');
  const first = await unlimitedRun(workload, signal, true);
  const second = await unlimitedRun(workload, signal, false);
  const durations = [first.durationMs, second.durationMs];
  const timeoutMs = Math.max(leastPatienceMs, patience * Math.max(...durations));
  const unlimited: UnlimitedOutput = { output: second.output, isReproducible: sameOutput(first, second) };
  const found: Found[] = [];
  const notTried: { kind: LimitKind; reason: string }[] = [];
  const planned: PlannedRung[] = [];
  let endedEarly: string | undefined;
  const refuse = (kind: LimitKind): string | undefined =>
    refuseLimitKind(kind) ??
    (kind === 'heap' && Number.isNaN(first.heapBytes) ? 'no Node process answered: it is V8’s limit' : undefined) ??
    (hasTimeForMs(searchRuns * Math.max(...durations)) ? undefined : 'there was no time for it');
  const search = async (kind: LimitKind): Promise<void> => {
    const breaks: JudgedEnding[] = [];
    const worksAt = async (bytes: number): Promise<boolean> => {
      onProgress(`${kind} limited to ${(bytes / 1e6).toFixed(0)} MB`);
      const run = await workload.run({ limit: { kind, bytes }, asksHeap: false, timeoutMs, signal });
      signal.throwIfAborted();
      const judged = judgeEnding(run, unlimited);
      if (judged.ending !== 'whole') breaks.push(judged);
      return judged.ending === 'whole';
    };
    const limit = await findBreakingLimit(worksAt, { fromBytes: startOf(kind, first), floorBytes: floorBytes[kind] });
    if (limit) found.push({ kind, ...limit, breaks: distinct(breaks) });
    else notTried.push({ kind, reason: `it breaks even at 32 times what it uses: ${breaks.at(-1)!.facts.join(', ')}` });
  };
  const takeTurns = async (): Promise<void> => {
    const turns = random.shuffle([undefined, ...planned]);
    const took = new Map<(typeof turns)[number], number>();
    for (const turn of turns) {
      const limit = turn && { kind: turn.kind, bytes: turn.bytes };
      const run = await workload.run({ limit, asksHeap: false, timeoutMs, signal });
      signal.throwIfAborted();
      if (judgeEnding(run, unlimited).ending === 'whole') took.set(turn, run.durationMs);
      else if (turn) turn.broke++;
    }
    const reference = took.get(undefined);
    if (reference === undefined) throw new Error('the workload failed without a limit, which it did not before');
    durations.push(reference);
    for (const rung of planned) {
      const durationMs = took.get(rung);
      if (durationMs === undefined) continue;
      rung.durations.push(durationMs);
      rung.references.push(reference);
    }
  };
  try {
    for (const kind of kinds) {
      const reason = refuse(kind);
      if (reason === undefined) await search(kind);
      else notTried.push({ kind, reason });
    }
    planned.push(...found.flatMap(rungsOf));
    for (let round = 0; round < rounds; round++) {
      if (!hasTimeForMs((planned.length + 1) * Math.max(...durations) * slowdownLimit)) break;
      onProgress(`round ${round + 1} of ${rounds}: limits take turns`);
      await takeTurns();
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
    endedEarly = (signal.reason as Error | undefined)?.message ?? 'told to end';
    for (const kind of kinds) {
      if ([...found, ...notTried].every((one) => one.kind !== kind))
        notTried.push({ kind, reason: `ended before it was known: ${endedEarly}` });
    }
  }
  const findings = found.map(({ kind, worksBytes, breaksBytes, breaks }): LimitFinding => {
    const rungs = planned
      .filter((rung) => rung.kind === kind && rung.durations.length + rung.broke > 0)
      .map(
        (rung): PressureRung => ({
          bytes: rung.bytes,
          runs: rung.durations.length + rung.broke,
          broke: rung.broke,
          ...(rung.durations.length < 2 ? {} : { slowdown: pairedRatio(rung.durations, rung.references) }),
        }),
      );
    const slowest = rungs.findLast(({ slowdown }) => slowdown !== undefined && slowdown.interval.low > slowdownLimit);
    return {
      kind,
      worksBytes,
      ...(breaksBytes === undefined ? {} : { breaksBytes }),
      breaks,
      rungs,
      ...(slowest
        ? { slows: { bytes: slowest.bytes, ratio: slowest.slowdown!.ratio, interval: slowest.slowdown!.interval } }
        : {}),
    };
  });
  return {
    unlimited: {
      runs: durations.length,
      durationMs: durations.reduce((sum, ms) => sum + ms, 0) / durations.length,
      peakBytes: Math.max(first.peakBytes, second.peakBytes),
      heapBytes: first.heapBytes,
      virtualBytes: first.virtualBytes,
      isReproducible: unlimited.isReproducible,
      files: unlimited.output.size,
    },
    findings,
    notTried,
    ...(endedEarly === undefined ? {} : { endedEarly }),
  };
}

/** A kind of limit whose breaking point is known. */
interface Found {
  readonly kind: LimitKind;
  readonly worksBytes: number;
  readonly breaksBytes: number | undefined;
  readonly breaks: readonly JudgedEnding[];
}

/** A limit that takes turns with no limit, and what the turns took. */
interface PlannedRung {
  readonly kind: LimitKind;
  readonly bytes: number;
  readonly durations: number[];
  readonly references: number[];
  broke: number;
}

function rungsOf({ kind, worksBytes }: Found): PlannedRung[] {
  return rungFactors.map((factor) => ({ kind, bytes: worksBytes * factor, durations: [], references: [], broke: 0 }));
}

async function unlimitedRun(workload: PressureWorkload, signal: AbortSignal, asksHeap: boolean): Promise<PressureRun> {
  const run = await workload.run({ limit: undefined, asksHeap, timeoutMs: 2 ** 31 - 1, signal });
  signal.throwIfAborted();
  if (run.exit?.code === 0) return run;
  const words = run.lastWords.slice(-3).join(' ⏎ ');
  throw new Error(
    `the workload fails without any limit: it ended with ${run.exit?.signal ?? `code ${run.exit?.code}`}${words === '' ? '' : `; its last words: ${words}`}`,
  );
}

function sameOutput(a: PressureRun, b: PressureRun): boolean {
  return (
    a.output.size === b.output.size &&
    [...a.output].every(([path, { digest }]) => b.output.get(path)?.digest === digest)
  );
}

/** What the workload used without a limit is the first limit that is tried; of the heap a little more, for it is seen by looks. */
function startOf(kind: LimitKind, { heapBytes, virtualBytes, peakBytes }: PressureRun): number {
  if (kind === 'heap') return Math.max(2 ** 25, heapBytes * 1.5);
  return kind === 'address-space' ? virtualBytes * 1.1 : peakBytes * 1.1;
}

/** Endings that differ in what they say, the worst first. */
function distinct(endings: readonly JudgedEnding[]): JudgedEnding[] {
  const byText = new Map(endings.map((one) => [`${one.ending} ${one.facts[0]}`, one]));
  return [...byText.values()].sort((a, b) => worst[a.ending] - worst[b.ending]);
}
