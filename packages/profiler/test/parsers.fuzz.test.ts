import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzz, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { allocationFlames, cpuFlames } from '../src/cpu/flame-graph.ts';
import { summarizeCpu } from '../src/cpu/hotspots.ts';
import { readAllocationProfile, readCpuProfile } from '../src/cpu/profile-file.ts';
import { readRecordings } from '../src/node/recording.ts';
import { parseCpuMs, parseStatus } from '../src/proc-memory.ts';
import { readHeapSnapshot } from '../src/snapshot/read-snapshot.ts';

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-profiler-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

const callFrame = { functionName: 'score', scriptId: '1', url: 'file:///app/score.js', lineNumber: 9, columnNumber: 0 };
const cpuProfile = {
  nodes: [
    { id: 1, callFrame: { ...callFrame, functionName: '(root)', url: '' }, children: [2, 3] },
    { id: 2, callFrame, hitCount: 3, children: [] },
    { id: 3, callFrame: { ...callFrame, functionName: '(idle)', url: '' } },
  ],
  startTime: 0,
  endTime: 13_000,
  samples: [2, 3, 2],
  timeDeltas: [0, 2000, 3000],
};
const heapProfile = {
  head: { callFrame, selfSize: 10, id: 1, children: [{ callFrame, selfSize: 5, id: 2, children: [] }] },
  samples: [{ size: 5, nodeId: 2, ordinal: 1 }],
};
const snapshot = {
  snapshot: {
    meta: {
      node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
      node_types: [['hidden', 'object', 'string'], 'string', 'number', 'number', 'number'],
      edge_fields: ['type', 'name_or_index', 'to_node'],
      edge_types: [['context', 'element', 'property'], 'string_or_number', 'node'],
    },
    node_count: 3,
    edge_count: 2,
  },
  nodes: [1, 0, 1, 10, 2, 1, 1, 3, 20, 0, 2, 2, 5, 30, 0],
  edges: [2, 1, 5, 1, 0, 10],
  strings: ['', 'Leak', 'text \\u0041'],
};

describe('whatever stands in a CPU profile', () => {
  it('gives functions and flames, or an error with the file’s name', async () => {
    const own = async (text: string) => {
      const { profile } = await readCpuProfile(write('1.cpuprofile', text));
      return [summarizeCpu(profile), cpuFlames(profile)] as const;
    };
    await fuzz(mutatedTexts(JSON.stringify(cpuProfile)), own, [InputError]);
    await fuzz(
      mutatedDocuments(cpuProfile).map((value) => JSON.stringify(value) ?? ''),
      own,
      [InputError],
      ([{ functions }]) => {
        for (const { selfMs } of functions) expect(Number.isFinite(selfMs)).toBe(true);
      },
    );
  });

  it('is refused where a function calls itself back by the numbers of its nodes, rather than followed for ever', async () => {
    const nodes = [
      { id: 1, callFrame, children: [2] },
      { id: 2, callFrame, children: [1] },
    ];
    const path = write('2.cpuprofile', JSON.stringify({ ...cpuProfile, nodes }));
    await expect(readCpuProfile(path)).rejects.toThrow(InputError);
  });
});

describe('whatever stands in a profile of allocations', () => {
  it('gives flames, or an error with the file’s name', async () => {
    const own = async (text: string) =>
      allocationFlames((await readAllocationProfile(write('1.heapprofile', text))).profile);
    await fuzz(mutatedTexts(JSON.stringify(heapProfile)), own, [InputError]);
    await fuzz(
      mutatedDocuments(heapProfile).map((value) => JSON.stringify(value) ?? ''),
      own,
      [InputError],
      ({ value }) => {
        expect(Number.isFinite(value)).toBe(true);
      },
    );
  });
});

describe('whatever a Node process says of its recording', () => {
  const folder = join(scratch, 'recordings');
  const summary = {
    pid: 7,
    node: 'v20.20.2',
    durationMs: 1500.5,
    collections: { count: 3, major: 1, totalPauseMs: 4.5 },
    refused: 'it was too dear',
  };
  const own = (text: string) => {
    write(join('recordings', '7.json'), text);
    return readRecordings(folder);
  };
  beforeAll(() => {
    mkdirSync(folder);
    write(join('recordings', '7.cpuprofile'), '{}');
  });

  it('gives a recording whose files lie in its folder, or an error with the file’s name', async () => {
    const holds = ([recording]: Awaited<ReturnType<typeof own>>) => {
      expect(recording!.durationMs).toBeGreaterThanOrEqual(0);
      if (recording!.cpuProfilePath !== undefined) expect(dirname(recording!.cpuProfilePath)).toBe(folder);
    };
    expect(await own(JSON.stringify(summary))).toEqual([{ ...summary, cpuProfilePath: join(folder, '7.cpuprofile') }]);
    await fuzz(mutatedTexts(JSON.stringify(summary)), own, [InputError], holds);
    await fuzz(
      mutatedDocuments(summary).map((value) => JSON.stringify(value) ?? ''),
      own,
      [InputError],
      holds,
    );
  });

  it('names no file outside of its folder', async () => {
    await expect(own(JSON.stringify({ ...summary, pid: '../7' }))).rejects.toThrow(/7\.json.*pid/);
  });
});

describe('whatever stands in a heap snapshot', () => {
  it('gives a graph whose edges lead to nodes, or an error with the file’s name', async () => {
    const own = (text: string) => readHeapSnapshot(write('1.heapsnapshot', text));
    const holds = ({ nodes, edgeTo, edgeStart }: Awaited<ReturnType<typeof own>>) => {
      expect(edgeTo.every((to) => to < nodes)).toBe(true);
      expect(edgeStart[nodes]).toBe(edgeTo.length);
    };
    expect((await own(JSON.stringify(snapshot))).strings).toEqual(['', 'Leak', undefined]);
    await fuzz(mutatedTexts(JSON.stringify(snapshot)), own, [InputError], holds);
    await fuzz(
      mutatedDocuments(snapshot).map((value) => JSON.stringify(value) ?? ''),
      own,
      [InputError],
      holds,
    );
  });
});

describe('whatever the kernel says', () => {
  it('gives sizes, or nothing', async () => {
    const status =
      'Name:\tnode\nTgid:\t7\nPPid:\t1\nVmSize:\t  1000 kB\nVmHWM:\t 300 kB\nVmRSS:\t 200 kB\nVmSwap:\t 0 kB\nThreads:\t11\n';
    await fuzz(
      mutatedTexts(status),
      (text) => parseStatus(7, text),
      [],
      (memory) => {
        if (memory) expect(Number.isNaN(memory.rssBytes)).toBe(false);
      },
    );
    await fuzz(mutatedTexts('7 (a b) S 1 7 7 0 -1 0 1 0 0 0 31 11 0 0 20 0 1 0 98'), parseCpuMs, [], (ms) => {
      expect(Number.isNaN(ms ?? 0)).toBe(false);
    });
  });
});
