import type { Profiler } from 'node:inspector';

/** A function and the time spent in it. */
export interface HotFunction {
  readonly functionName: string;
  readonly url: string;
  /** From 1. */
  readonly line: number;
  /** In the function itself. */
  readonly selfMs: number;
  /** In it and in all that it called; a function that calls itself is counted once. */
  readonly totalMs: number;
  /** `selfMs` over all time that something was done: idle time is no work. */
  readonly selfShare: number;
}

/** Where the time of a process went. */
export interface CpuSummary {
  readonly durationMs: number;
  readonly idleMs: number;
  readonly collectingMs: number;
  /** Most time in itself first. */
  readonly functions: readonly HotFunction[];
}

/** V8's own nodes, which are no functions. Source: V8, profiler/profile-generator.cc */
const idleName = '(idle)';
const collectorName = '(garbage collector)';
const notFunctions = new Set(['(root)', '(program)', idleName, collectorName]);

/** Milliseconds of each node of a profile in itself, by its place in `profile.nodes`. */
export function selfMsOfNodes(profile: Profiler.Profile): Float64Array {
  const placeOf = new Map(profile.nodes.map(({ id }, place) => [id, place]));
  const self = new Float64Array(profile.nodes.length);
  const { samples = [], timeDeltas = [] } = profile;
  let atUs = 0;
  const taken = samples.map((id, i) => {
    atUs += timeDeltas[i] ?? 0;
    return { place: placeOf.get(id), atUs };
  });
  // V8 tells some samples late; their distances are negative then.
  taken.sort((a, b) => a.atUs - b.atUs);
  // What is seen at a sample is held to have lasted since the one before. A process that wakes for some milliseconds of work is
  // often woken by a sample, which sees it idle, and is seen late for the first time: held to last until the next sample,
  // idleness would take up to three milliseconds from whatever such a piece of work begins with.
  let beforeUs = 0;
  for (const { place, atUs } of taken) {
    if (place !== undefined) self[place]! += Math.max(0, atUs - beforeUs) / 1000;
    beforeUs = atUs;
  }
  return self;
}

/** Functions by the time in them. The same function called from many places is one. */
export function summarizeCpu(profile: Profiler.Profile): CpuSummary {
  const self = selfMsOfNodes(profile);
  const placeOf = new Map(profile.nodes.map(({ id }, place) => [id, place]));
  const functions = new Map<
    string,
    { functionName: string; url: string; line: number; selfMs: number; totalMs: number }
  >();
  const onStack = new Map<string, number>();
  const visit = (place: number): number => {
    const { callFrame, children = [] } = profile.nodes[place]!;
    const key = `${callFrame.functionName}\n${callFrame.url}\n${callFrame.lineNumber}`;
    const depth = onStack.get(key) ?? 0;
    onStack.set(key, depth + 1);
    let totalMs = self[place]!;
    for (const child of children) totalMs += visit(placeOf.get(child)!);
    onStack.set(key, depth);
    const known = functions.get(key) ?? {
      functionName: callFrame.functionName || '(anonymous)',
      url: callFrame.url,
      line: callFrame.lineNumber + 1,
      selfMs: 0,
      totalMs: 0,
    };
    known.selfMs += self[place]!;
    if (depth === 0) known.totalMs += totalMs;
    functions.set(key, known);
    return totalMs;
  };
  const durationMs = profile.nodes.length > 0 ? visit(0) : 0;
  const of = (name: string): number =>
    [...functions.values()]
      .filter(({ functionName }) => functionName === name)
      .reduce((sum, { selfMs }) => sum + selfMs, 0);
  const idleMs = of(idleName);
  const workMs = Math.max(Number.MIN_VALUE, durationMs - idleMs);
  return {
    durationMs,
    idleMs,
    collectingMs: of(collectorName),
    functions: [...functions.values()]
      .filter(({ functionName, selfMs, totalMs }) => !notFunctions.has(functionName) && selfMs + totalMs > 0)
      .map((one) => ({ ...one, selfShare: one.selfMs / workMs }))
      .sort((a, b) => b.selfMs - a.selfMs),
  };
}
