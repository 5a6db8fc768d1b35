import { expect, it } from 'vitest';
import { hintText, memoryHints } from '../src/hints.ts';
import type { MemoryProfile } from '../src/profile-memory.ts';

type Given = Parameters<typeof memoryHints>[0];
const node: NonNullable<MemoryProfile['node']> = {
  pid: 1,
  version: 'v20',
  processes: 1,
  atMs: [0, 500],
  usedBytes: [5e7, 6e7],
  totalBytes: [8e7, 8e7],
  externalBytes: [1e6, 1e6],
  arrayBufferBytes: [1e6, 1e6],
  longestPauseMs: [0, 2],
  limitBytes: 4e9,
  spaces: {},
  gc: { count: 10, major: 1, totalPauseMs: 20, longestPauseMs: 4 },
  pauses: [],
};
const profile = (changes: Partial<Given> = {}): Given => ({
  startMs: 0,
  endMs: 10_000,
  stages: [],
  node,
  timeline: { rssBytes: [1e8, 1.2e8], swapBytes: [0, 0], processes: [1, 1] } as unknown as Given['timeline'],
  ...changes,
});
const titles = (given: Given): string[] => memoryHints(given).map(({ title }) => title);

it('a profile like any other gives no hint', () => {
  expect(memoryHints(profile())).toEqual([]);
  expect(memoryHints(profile({ node: undefined }))).toEqual([]);
});

it('each hint carries the figures that it rests on', () => {
  const collecting = profile({ node: { ...node, gc: { ...node.gc, totalPauseMs: 3000 } } });
  expect(memoryHints(collecting).map(hintText)).toEqual([
    expect.stringMatching(
      /^hint: collecting garbage .* \(30 % of the time; 10 collections, 1 of them of the old space; .*\): measure other settings/,
    ),
  ]);
  expect(titles(profile({ node: { ...node, usedBytes: [3.8e9, 3.8e9], totalBytes: [3.9e9, 3.9e9] } }))).toEqual([
    'the heap comes near its limit, at which the process would end',
  ]);
  expect(titles(profile({ node: { ...node, totalBytes: [8e7, 9e8] } }))).toEqual([
    'most of the heap that is reserved was not in use at the end',
  ]);
  const native = { rssBytes: [2e9], swapBytes: [0], processes: [1] } as unknown as Given['timeline'];
  expect(titles(profile({ timeline: native }))).toEqual(['most memory lies outside of what V8 knows']);
  const swapped = { rssBytes: [1e8], swapBytes: [5e8], processes: [1] } as unknown as Given['timeline'];
  expect(titles(profile({ timeline: swapped }))).toEqual(['memory was swapped out']);
});

it('a stage that keeps memory is named only if a later one has the peak', () => {
  const features = { stage: 'features', peakBytes: 8e8, growthBytes: 7e8, keptBytes: 6e8 };
  const training = { stage: 'training', peakBytes: 1.5e9, growthBytes: 8e8, keptBytes: 6e8 };
  expect(memoryHints(profile({ stages: [features, training] }))[0]!.figures).toEqual([
    'it kept 600 MB',
    'the peak of 1500 MB comes later, in stage training',
  ]);
  expect(memoryHints(profile({ stages: [training, features] }))).toEqual([]);
});
