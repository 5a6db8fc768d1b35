import type { Profiler, Runtime } from 'node:inspector';
import { parseProfile } from './cpu-profile.ts';

/** What a process was doing at each sample of a CPU profile. Times are on the profile's clock, in milliseconds. */
export interface Timeline {
  /** `sleep (model.mjs:12)`, or what V8 calls the rest: `(idle)`, `(garbage collector)`, `(program)`. */
  readonly names: readonly string[];
  /** Ascending. A sample stands for the time until the next one, at most `reachMs`. */
  readonly atMs: Float64Array;
  /** Index into `names` of each sample. */
  readonly owner: Uint32Array;
  readonly reachMs: number;
}

/** Time for which there is no sample: before the first, and where the sampler itself had no processor. */
export const notSampled = '(not sampled)';
const nodeItself = '(Node itself)';

/**
 * Who owns each sample: the innermost function outside Node and V8, for what they do is done on somebody's behalf.
 * @param given as a process of the service told it
 * @param reachMs how long a sample may stand for the time after it
 * @throws Error if it is no CPU profile
 */
export function timelineOf(given: Profiler.Profile, reachMs: number): Timeline {
  const profile = parseProfile(given);
  const names: string[] = [];
  const indexOf = new Map<string, number>();
  const intern = (name: string): number => {
    const known = indexOf.get(name);
    if (known !== undefined) return known;
    indexOf.set(name, names.length);
    return names.push(name) - 1;
  };
  const ownerOf = new Map<number, number>();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  // Stacks may be deeper than ours; and a node that stands under several, as V8 has none, is the first one's.
  const toVisit = profile.nodes[0] ? [{ id: profile.nodes[0].id, above: nodeItself }] : [];
  for (let next = toVisit.pop(); next; next = toVisit.pop()) {
    const node = nodes.get(next.id);
    if (!node || ownerOf.has(next.id)) continue;
    const name = nameOf(node.callFrame, next.above);
    ownerOf.set(next.id, intern(name));
    for (const id of node.children ?? []) toVisit.push({ id, above: name });
  }
  const samples = profile.samples ?? [];
  let nowMs = profile.startTime / 1000;
  const taken = samples.map((id, i) => {
    nowMs += (profile.timeDeltas?.[i] ?? 0) / 1000;
    return { atMs: nowMs, owner: ownerOf.get(id) ?? intern(notSampled) };
  });
  // V8 tells some samples late; their distances are negative then.
  taken.sort((a, b) => a.atMs - b.atMs);
  return {
    names,
    atMs: Float64Array.from(taken, ({ atMs }) => atMs),
    owner: Uint32Array.from(taken, ({ owner }) => owner),
    reachMs,
  };
}

function nameOf({ functionName, url, lineNumber }: Runtime.CallFrame, above: string): string {
  if (functionName === '(root)') return nodeItself;
  // Of V8's own: `(idle)`, `(program)`, `(garbage collector)`.
  if (url === '' && /^\((?!anonymous)/.test(functionName)) return functionName;
  if (url === '' || url.startsWith('node:')) return above;
  return `${functionName || '(anonymous)'} (${url.split('/').at(-1)}:${lineNumber + 1})`;
}

/**
 * Milliseconds by function between two moments; they add up to the whole.
 * @param into added to, where given
 */
export function timesBetween(
  { names, atMs, owner, reachMs }: Timeline,
  fromMs: number,
  toMs: number,
  into: Map<string, number> = new Map(),
): Map<string, number> {
  const add = (name: string, ms: number): void => void into.set(name, (into.get(name) ?? 0) + ms);
  let sampledMs = 0;
  for (let i = Math.max(0, lastAtOrBefore(atMs, fromMs)); i < atMs.length && atMs[i]! < toMs; i++) {
    const endMs = Math.min(atMs[i]! + reachMs, atMs[i + 1] ?? Number.POSITIVE_INFINITY, toMs);
    const ms = endMs - Math.max(atMs[i]!, fromMs);
    if (ms <= 0) continue;
    add(names[owner[i]!]!, ms);
    sampledMs += ms;
  }
  if (toMs - fromMs > sampledMs) add(notSampled, toMs - fromMs - sampledMs);
  return into;
}

/** Index of the last value at or before a moment; -1 if there is none. */
function lastAtOrBefore(ascending: Float64Array, moment: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
