import type { HeapProfiler, Profiler } from 'node:inspector';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { InputError } from '@preopen/core';
import { selfMsOfNodes } from '../cpu/hotspots.ts';

/** A call stack with what was counted at it. */
interface CountedStack {
  /** Innermost first, as pprof wants it. */
  readonly stack: readonly Frame[];
  readonly values: readonly number[];
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Counted {
  /** Of the values: what they count, and its unit. */
  readonly types: readonly (readonly [string, string])[];
  readonly stacks: readonly CountedStack[];
  readonly period: number;
  readonly durationNs: number;
}

const importPeer = async (): Promise<typeof import('pprof-format')> => {
  try {
    return await import('pprof-format');
  } catch (cause) {
    throw new InputError(
      'pprof files are written with the package pprof-format, which is not installed. Install it beside Preopen: npm install pprof-format',
      { cause },
    );
  }
};

/** Whether pprof files can be written: throws the message that says how to get the package if not. */
export async function requirePprof(): Promise<void> {
  await importPeer();
}

/**
 * A CPU profile of V8 as a gzipped pprof file (`samples` and `cpu` in nanoseconds), for `go tool pprof` and the like.
 * Needs the optional package `pprof-format`.
 * @throws InputError if it is not installed
 */
export function cpuPprof(profile: Profiler.Profile): Promise<Uint8Array> {
  const self = selfMsOfNodes(profile);
  const placeOf = new Map(profile.nodes.map(({ id }, place) => [id, place]));
  const hits = new Map<number, number>();
  for (const id of profile.samples ?? []) hits.set(id, (hits.get(id) ?? 0) + 1);
  const stacks: CountedStack[] = [];
  const visit = (place: number, above: readonly Frame[]): void => {
    const { id, callFrame, children = [] } = profile.nodes[place]!;
    if (callFrame.functionName === '(idle)') return;
    const stack = place === 0 ? above : [callFrame, ...above];
    const count = hits.get(id) ?? 0;
    if (count > 0 && stack.length > 0) stacks.push({ stack, values: [count, Math.round(self[place]! * 1e6)] });
    for (const child of children) visit(placeOf.get(child)!, stack);
  };
  if (profile.nodes.length > 0) visit(0, []);
  const samples = profile.samples?.length ?? 0;
  const durationNs = Math.round((profile.endTime - profile.startTime) * 1000);
  return encode({
    types: [
      ['samples', 'count'],
      ['cpu', 'nanoseconds'],
    ],
    stacks,
    period: samples > 0 ? Math.round(durationNs / samples) : 0,
    durationNs,
  });
}

/**
 * Live allocations of V8 as a gzipped pprof file (`inuse_space`: V8 does not tell the count of objects). Needs the optional package `pprof-format`.
 * @throws InputError if it is not installed
 */
export function heapPprof(profile: HeapProfiler.SamplingHeapProfile): Promise<Uint8Array> {
  const stacks: CountedStack[] = [];
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, above: readonly Frame[], isRoot: boolean): void => {
    const stack = isRoot ? above : [node.callFrame, ...above];
    if (node.selfSize > 0 && stack.length > 0) stacks.push({ stack, values: [node.selfSize] });
    for (const child of node.children) visit(child, stack, false);
  };
  visit(profile.head, [], true);
  return encode({
    types: [['inuse_space', 'bytes']],
    stacks,
    period: 0,
    durationNs: 0,
  });
}

async function encode({ types, stacks, period, durationNs }: Counted): Promise<Uint8Array> {
  const {
    Function: PprofFunction,
    Line,
    Location,
    Mapping,
    Profile,
    Sample,
    StringTable,
    ValueType,
  } = await importPeer();
  const strings = new StringTable();
  const sampleType = types.map(
    ([type, unit]) => new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) }),
  );
  const functions = new Map<string, InstanceType<typeof PprofFunction>>();
  const locations = new Map<string, InstanceType<typeof Location>>();
  const locationOf = ({ functionName, url, lineNumber }: Frame): number => {
    const key = `${functionName}\n${url}\n${lineNumber}`;
    const known = locations.get(key);
    if (known) return Number(known.id);
    const id = locations.size + 1;
    const name = strings.dedup(functionName || '(anonymous)');
    functions.set(
      key,
      new PprofFunction({ id, name, systemName: name, filename: strings.dedup(url), startLine: lineNumber + 1 }),
    );
    const line = new Line({ functionId: id, line: lineNumber + 1 });
    locations.set(key, new Location({ id, mappingId: 1, line: [line] }));
    return id;
  };
  const sample = stacks.map(
    ({ stack, values }) => new Sample({ locationId: stack.map(locationOf), value: [...values] }),
  );
  const profile = new Profile({
    sampleType,
    sample,
    mapping: [
      new Mapping({
        id: 1,
        filename: strings.dedup('node'),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      }),
    ],
    location: [...locations.values()],
    function: [...functions.values()],
    stringTable: strings,
    durationNanos: durationNs,
    ...(period > 0 ? { periodType: sampleType.at(-1)!, period } : {}),
  });
  return promisify(gzip)(profile.encode());
}
