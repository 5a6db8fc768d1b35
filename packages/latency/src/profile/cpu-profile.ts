import type { Profiler } from 'node:inspector';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isListOf = (value: unknown, holds: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(holds);

function isNode(node: unknown): node is Profiler.ProfileNode {
  if (!isObject(node) || !isNumber(node.id) || !isObject(node.callFrame)) return false;
  const { functionName, url, lineNumber } = node.callFrame;
  const isFrame = typeof functionName === 'string' && typeof url === 'string' && isNumber(lineNumber);
  return isFrame && (node.children === undefined || isListOf(node.children, isNumber));
}

/**
 * A CPU profile as V8 gives it, from what a process of the service said: the service may have said anything.
 * @throws Error if it is none
 */
export function parseProfile(value: unknown): Profiler.Profile {
  if (!isObject(value) || !isListOf(value.nodes, isNode)) throw new Error('a CPU profile whose nodes are none of V8’s');
  const { startTime, samples, timeDeltas } = value;
  const isTimed =
    isNumber(startTime) &&
    (samples === undefined || isListOf(samples, isNumber)) &&
    (timeDeltas === undefined || isListOf(timeDeltas, isNumber));
  if (!isTimed) throw new Error('a CPU profile whose times are no numbers');
  return value as unknown as Profiler.Profile;
}
