import type { HeapProfiler, Profiler } from 'node:inspector';
import { selfMsOfNodes } from './hotspots.ts';

/** A frame of a flame graph: a function as called from the frames below it. */
export interface FlameFrame {
  readonly name: string;
  readonly place: string;
  /** In whatever the graph counts, with all that is above it. */
  readonly value: number;
  readonly children: readonly FlameFrame[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Growing {
  name: string;
  place: string;
  value: number;
  children: Map<string, Growing>;
}

const placeOf = ({ url, lineNumber }: CallFrame): string => (url === '' ? '' : `${url}:${lineNumber + 1}`);

function addTo(parent: Growing, frame: CallFrame): Growing {
  const name = frame.functionName || '(anonymous)';
  const place = placeOf(frame);
  const key = `${name}\n${place}`;
  const known = parent.children.get(key);
  if (known) return known;
  const made: Growing = { name, place, value: 0, children: new Map() };
  parent.children.set(key, made);
  return made;
}

/** Sums children up into their parents, the largest first; frames without any value go. */
function settled({ name, place, value, children }: Growing): FlameFrame {
  const own = [...children.values()].map(settled).filter((child) => child.value > 0);
  own.sort((a, b) => b.value - a.value);
  return { name, place, value: value + own.reduce((sum, child) => sum + child.value, 0), children: own };
}

const root = (): Growing => ({ name: 'all', place: '', value: 0, children: new Map() });

/** Milliseconds of a CPU profile by call stacks. Idle time is left out: it is no work. */
export function cpuFlames(profile: Profiler.Profile): FlameFrame {
  const self = selfMsOfNodes(profile);
  const placeById = new Map(profile.nodes.map(({ id }, place) => [id, place]));
  const all = root();
  const visit = (place: number, parent: Growing): void => {
    const { callFrame, children = [] } = profile.nodes[place]!;
    if (callFrame.functionName === '(idle)') return;
    const frame = place === 0 ? all : addTo(parent, callFrame);
    frame.value += self[place]!;
    for (const child of children) visit(placeById.get(child)!, frame);
  };
  if (profile.nodes.length > 0) visit(0, all);
  return settled(all);
}

/** Live bytes of an allocation profile by call stacks. */
export function allocationFlames(profile: HeapProfiler.SamplingHeapProfile): FlameFrame {
  const all = root();
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, parent: Growing, isRoot: boolean): void => {
    const frame = isRoot ? all : addTo(parent, node.callFrame);
    frame.value += node.selfSize;
    for (const child of node.children) visit(child, frame, false);
  };
  visit(profile.head, all, true);
  return settled(all);
}
