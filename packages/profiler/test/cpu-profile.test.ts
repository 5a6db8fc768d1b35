import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { allocationFlames, cpuFlames } from '../src/cpu/flame-graph.ts';
import { flamePage } from '../src/cpu/flame-page.ts';
import { summarizeCpu } from '../src/cpu/hotspots.ts';
import { cpuPprof, heapPprof } from '../src/export/pprof.ts';

const frame = (functionName: string, url = 'file:///app/score.js', lineNumber = 9) => ({
  functionName,
  scriptId: '1',
  url,
  lineNumber,
  columnNumber: 0,
});
/** root → main → score (6 ms), main itself (2 ms), score → main again (1 ms); idle 4 ms. By hand. */
const profile: Profiler.Profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', '', -1), children: [2, 5] },
    { id: 2, callFrame: frame('main', 'file:///app/main.js', 0), children: [3] },
    { id: 3, callFrame: frame('score'), children: [4] },
    { id: 4, callFrame: frame('main', 'file:///app/main.js', 0), children: [] },
    { id: 5, callFrame: frame('(idle)', '', -1), children: [] },
  ],
  startTime: 0,
  endTime: 13_000,
  samples: [2, 3, 3, 4, 5, 5],
  timeDeltas: [2000, 3000, 3000, 1000, 1000, 3000],
};

describe('a CPU profile', () => {
  it('is summed up by functions: own time, time with callees counted once, and idle time that is no work', () => {
    const { durationMs, idleMs, functions } = summarizeCpu(profile);
    expect({ durationMs, idleMs }).toEqual({ durationMs: 13, idleMs: 4 });
    expect(functions).toEqual([
      { functionName: 'score', url: 'file:///app/score.js', line: 10, selfMs: 6, totalMs: 7, selfShare: 6 / 9 },
      { functionName: 'main', url: 'file:///app/main.js', line: 1, selfMs: 3, totalMs: 9, selfShare: 3 / 9 },
    ]);
  });

  it('holds what is seen at a sample to have lasted since the one before, in the order of time', () => {
    // Idle until 10 ms; main is seen first at 13 and told of after score, which was seen at 15.
    const woken = { ...profile, samples: [5, 3, 2, 5], timeDeltas: [10_000, 5000, -2000, 4000] };
    const { idleMs, functions } = summarizeCpu(woken);
    const own = Object.fromEntries(functions.map(({ functionName, selfMs }) => [functionName, selfMs]));
    expect({ idleMs, ...own }).toEqual({ idleMs: 12, main: 3, score: 2 });
  });

  it('is a flame graph by call stacks, without idle time', () => {
    const all = cpuFlames(profile);
    expect(all.value).toBe(9);
    const [main] = all.children;
    expect(main).toMatchObject({ name: 'main', place: 'file:///app/main.js:1', value: 9 });
    expect(main!.children[0]).toMatchObject({ name: 'score', value: 7 });
  });

  it('is a pprof file whose samples and stacks are those of the profile', async () => {
    const decoded = Profile.decode(gunzipSync(await cpuPprof(profile)));
    const text = (index: number | bigint): string => decoded.stringTable.strings[Number(index)]!;
    expect(decoded.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`)).toEqual([
      'samples/count',
      'cpu/nanoseconds',
    ]);
    const nameOf = (id: number | bigint): string => {
      const { line } = decoded.location.find((location) => location.id === id)!;
      return text(decoded.function.find((one) => one.id === line[0]!.functionId)!.name);
    };
    const samples = decoded.sample.map(({ locationId, value }) => [
      locationId.map(nameOf).join(' < '),
      value.map(Number),
    ]);
    expect(samples).toEqual([
      ['main', [1, 2_000_000]],
      ['score < main', [2, 6_000_000]],
      ['main < score < main', [1, 1_000_000]],
    ]);
  });
});

const hasGo = spawnSync('go', ['version']).status === 0;

it.runIf(hasGo)(
  'pprof of the Go toolchain (runs where there is one) reads the same figures from the file',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'preopen-pprof-'));
    try {
      const path = join(folder, 'cpu.pb.gz');
      writeFileSync(path, await cpuPprof(profile));
      const { stdout } = spawnSync('go', ['tool', 'pprof', '-top', '-unit', 'ms', path], { encoding: 'utf8' });
      expect(stdout).toMatch(/Type: cpu/);
      expect(stdout).toMatch(/6ms 66\.67%.*7ms 77\.78%\s+score/);
      expect(stdout).toMatch(/3ms 33\.33%.*9ms\s+100%\s+main/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  // Where it was never used, Go compiles the tool first.
  120_000,
);

it('live allocations are a flame graph and a pprof file, by bytes', async () => {
  const node = (functionName: string, selfSize: number, children: object[] = []) => ({
    callFrame: frame(functionName),
    selfSize,
    children,
  });
  const heap = { head: node('(root)', 0, [node('load', 100, [node('parse', 900)])]) } as never;
  expect(allocationFlames(heap).children[0]).toMatchObject({
    name: 'load',
    value: 1000,
    children: [{ name: 'parse', value: 900 }],
  });
  const decoded = Profile.decode(gunzipSync(await heapPprof(heap)));
  expect(decoded.sample.map(({ value }) => Number(value[0]))).toEqual([100, 900]);
});

describe('the page of a flame graph', () => {
  const show = (value: number): string => `${value} ms`;
  it('escapes what a program named, and loads nothing', () => {
    const page = flamePage(
      {
        name: 'all',
        place: '',
        value: 2,
        children: [{ name: '</title><script>alert(1)</script>', place: 'x"y:1', value: 2, children: [] }],
      },
      { title: 'A & B', show },
    );
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('A &#38; B');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(src|href)="/);
  });

  it('says so when nothing was seen', () => {
    expect(flamePage({ name: 'all', place: '', value: 0, children: [] }, { title: 'none', show })).toContain(
      'Nothing was seen.',
    );
  });

  it('draws frames as wide as their value, and counts what is too narrow to see', () => {
    const child = (name: string, value: number) => ({ name, place: '', value, children: [] });
    const page = flamePage(
      { name: 'all', place: '', value: 10_001, children: [child('a', 10_000), child('b', 1)] },
      { title: 't', show },
    );
    expect(page).toContain('1 frames are narrower');
    expect(page.match(/<g /g)).toHaveLength(2);
  });
});
