import { readFile } from 'node:fs/promises';
import type { HeapProfiler, Profiler } from 'node:inspector';
import { InputError } from '@preopen/core';

/** A profile as its file holds it, and the file's text, to be kept as it is. */
export interface ProfileFile<Profile> {
  readonly text: string;
  readonly profile: Profile;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const areNumbers = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.every(isNumber));

const isFrame = (value: unknown): boolean =>
  isFields(value) &&
  typeof value.functionName === 'string' &&
  typeof value.url === 'string' &&
  isNumber(value.lineNumber) &&
  isNumber(value.columnNumber);

/** Deeper than V8 records any stack, and not too deep to be walked down by functions that call themselves. */
const deepest = 2000;

/** What is wrong with a CPU profile, in words; its nodes must be one tree from the first on. */
function cpuProblem(given: unknown): string | undefined {
  if (!isFields(given) || !Array.isArray(given.nodes)) return 'it has no nodes';
  if (!isNumber(given.startTime) || !isNumber(given.endTime)) return 'it has no beginning and end';
  if (!areNumbers(given.samples) || !areNumbers(given.timeDeltas)) return 'its samples are no numbers';
  const depthOf = new Map<unknown, number>();
  const childrenOf = new Map<unknown, readonly unknown[]>();
  for (const node of given.nodes as unknown[]) {
    if (!isFields(node) || !isNumber(node.id) || !isFrame(node.callFrame)) return 'a node has no number or no function';
    if (!areNumbers(node.children)) return `the callees of node ${node.id} are no numbers`;
    if (childrenOf.has(node.id)) return `two nodes have the number ${node.id}`;
    childrenOf.set(node.id, (node.children as number[] | undefined) ?? []);
  }
  const [root] = childrenOf.keys();
  const open: [unknown, number][] = root === undefined ? [] : [[root, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [id, depth] = next;
    if (depthOf.has(id) || depth > deepest) return `node ${String(id)} is called from two places, or too deep`;
    const children = childrenOf.get(id);
    if (children === undefined) return `node ${String(id)} is called and not there`;
    depthOf.set(id, depth);
    for (const child of children) open.push([child, depth + 1]);
  }
  return undefined;
}

/** What is wrong with a profile of allocations, in words. */
function allocationProblem(given: unknown): string | undefined {
  if (!isFields(given)) return 'it is no object';
  const open: [unknown, number][] = [[given.head, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    if (!isFields(node) || !isFrame(node.callFrame) || !isNumber(node.selfSize) || !Array.isArray(node.children))
      return 'a node has no function, size or callees';
    if (depth > deepest) return `its stacks are deeper than ${deepest}`;
    for (const child of node.children) open.push([child, depth + 1]);
  }
  return undefined;
}

async function readProfile<Profile>(
  path: string,
  kind: string,
  problemOf: (given: unknown) => string | undefined,
): Promise<ProfileFile<Profile>> {
  const refuse = (problem: string, cause?: unknown): InputError =>
    new InputError(`${path} is no whole ${kind}: ${problem}. Was the process ended while it wrote?`, {
      at: path,
      cause,
    });
  const text = await readFile(path, 'utf8');
  let profile: unknown;
  try {
    profile = JSON.parse(text);
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  const problem = problemOf(profile);
  if (problem !== undefined) throw refuse(problem);
  return { text, profile: profile as Profile };
}

/** Reads a `.cpuprofile` of V8. @throws InputError with the file's name if it is torn, or its nodes are no tree */
export const readCpuProfile = (path: string): Promise<ProfileFile<Profiler.Profile>> =>
  readProfile(path, 'CPU profile', cpuProblem);

/** Reads a `.heapprofile` of V8. @throws InputError with the file's name if it is torn */
export const readAllocationProfile = (path: string): Promise<ProfileFile<HeapProfiler.SamplingHeapProfile>> =>
  readProfile(path, 'profile of allocations', allocationProblem);
