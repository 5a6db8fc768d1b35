import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipeline, systemClock } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summarizeCpu } from '../src/cpu/hotspots.ts';
import { judgeEnding } from '../src/pressure/ending.ts';
import { refuseLimitKind } from '../src/pressure/limit.ts';
import { pipelineWorkload } from '../src/pressure/workload.ts';
import { profileMemory } from '../src/profile-memory.ts';
import { heapMarkSentences } from '../src/snapshot/heap-marks.ts';

let workDir: string;
beforeAll(() => {
  workDir = mkdtempSync(join(tmpdir(), 'preopen-recording-test-'));
});
afterAll(() => rmSync(workDir, { recursive: true, force: true }));
const { signal } = new AbortController();
const script = (name: string, text: string): string => {
  const path = join(workDir, name);
  writeFileSync(path, text);
  return path;
};

describe('what a Node command records of itself', { timeout: 60_000 }, () => {
  it('is there from its first line, also of a script that never turns its event loop', async () => {
    const path = script(
      'busy.cjs',
      `function burn() { let s = 0; for (let i = 0; i < 5e7; i++) s += Math.sqrt(s + i); return s; }
       globalThis.kept = []; for (let i = 0; i < 20000; i++) kept.push(new Array(100).fill(i)); burn(); process.exit(0);`,
    );
    const { recordings } = await profileMemory(
      { kind: 'command', command: [process.execPath, path] },
      {
        workDir,
        signal,
        record: {
          cpuIntervalMicroseconds: 1000,
          allocationIntervalBytes: 32_768,
          collections: true,
          heapSnapshot: true,
        },
      },
    );
    expect(recordings).toHaveLength(1);
    const [recording] = recordings;
    const profile = JSON.parse(readFileSync(recording!.cpuProfilePath!, 'utf8')) as Profiler.Profile;
    expect(summarizeCpu(profile).functions[0]).toMatchObject({ functionName: 'burn' });
    expect(recording!.collections!.count).toBeGreaterThan(0);
    expect(recording!.heapProfilePath).toBeDefined();
    expect(existsSync(recording!.heapSnapshotPath!)).toBe(true);
  });

  it('is asked for before a service is ended', async () => {
    const path = script(
      'serve.cjs',
      'function tick() { let s = 0; for (let i = 0; i < 1e6; i++) s += i; return s; } setInterval(tick, 5);',
    );
    const { recordings } = await profileMemory(
      { kind: 'command', command: [process.execPath, path] },
      { workDir, signal, durationMs: 1500, record: { cpuIntervalMicroseconds: 1000 } },
    );
    const profile = JSON.parse(readFileSync(recordings[0]!.cpuProfilePath!, 'utf8')) as Profiler.Profile;
    expect(summarizeCpu(profile).functions.map(({ functionName }) => functionName)).toContain('tick');
  });
});

describe('the heap of a Node command between two marks', { timeout: 60_000 }, () => {
  it('tells which class became more and what holds it, and the command goes on to its own end', async () => {
    const path = script(
      'growing.cjs',
      `class Planted { constructor(i) { this.values = [i, i]; } }
       const registry = { kept: [] }; let i = 0;
       const timer = setInterval(() => registry.kept.push(new Planted(i++)), 5);
       setTimeout(() => { clearInterval(timer); console.log('ended by itself', registry.kept.length); }, 6000);`,
    );
    const { heapComparison, lastWords, exit } = await profileMemory(
      { kind: 'command', command: [process.execPath, path] },
      { workDir, signal, heapMarksMs: [800, 2000] },
    );
    const words = heapMarkSentences(heapComparison!).join('\n');
    expect(words).toMatch(/became more: .*Planted \+\d/);
    expect(words).toMatch(/a new Planted is held by .*\.kept \(Array\)/);
    expect(exit?.code).toBe(0);
    expect(lastWords.at(-1)).toMatch(/^ended by itself/);
  });
});

describe.skipIf(!existsSync('/proc/self/status'))('work under a limit (needs /proc)', { timeout: 60_000 }, () => {
  const run = async (path: string, limit: Parameters<ReturnType<typeof pipelineWorkload>['run']>[0]['limit']) => {
    const pipeline = openPipeline(
      { kind: 'command', command: [process.execPath, path, '{output}'] },
      { name: 'limited', clock: systemClock, workDir, configDir: workDir },
    );
    return pipelineWorkload(pipeline, { inputDir: workDir, workDir, clock: systemClock }).run({
      limit,
      asksHeap: false,
      timeoutMs: 30_000,
      signal,
    });
  };
  const hungry = `const fs = require('node:fs'); const out = process.argv[2] + '/predictions.csv';
fs.writeFileSync(out, 'date,stock\\n'); const kept = [];
for (let i = 0; i < 400000; i++) kept.push({ values: [i, i, i, i] });
fs.appendFileSync(out, '1,' + kept.length + '\\n');`;

  it('that ends in V8’s heap limit with half a file is no clean end, and with room it is whole', async () => {
    const path = script('hungry.cjs', hungry);
    const without = await run(path, undefined);
    expect(without.output.get('predictions.csv')!.bytes).toBeGreaterThan(11);
    const unlimited = { output: without.output, isReproducible: true };
    expect(judgeEnding(await run(path, { kind: 'heap', bytes: 256 * 2 ** 20 }), unlimited).ending).toBe('whole');
    const broken = judgeEnding(await run(path, { kind: 'heap', bytes: 16 * 2 ** 20 }), unlimited);
    expect(broken.ending).toBe('unclean');
    expect(broken.facts.join('; ')).toMatch(/SIGABRT.*heap.*predictions\.csv was left behind/i);
  });

  it.skipIf(refuseLimitKind('control-group') !== undefined)(
    'that a control group ends is known to have been ended by the kernel (needs the rights for a group)',
    async () => {
      const path = script('hungry.cjs', hungry);
      const { kills, exit } = await run(path, { kind: 'control-group', bytes: 30e6 + 0.5 });
      expect(kills).toBeGreaterThan(0);
      expect(exit).toMatchObject({ signal: 'SIGKILL' });
    },
  );
});
