import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptyTreeState, lookAtTree } from '../src/tree-look.ts';

/** Sits still, and takes 64 MB more for each line that it is told. */
const growing = `
const held = [];
process.stdin.on('data', () => { held.push(Buffer.alloc(64 * 2 ** 20, 1)); process.stdout.write('grown\\n'); });
process.stdout.write('here\\n');`;

/** Holds 64 MB, and gives half of them back at once when it is told to. */
const shrinking = `
const tide = new ArrayBuffer(2 ** 26, { maxByteLength: 2 ** 26 });
new Uint8Array(tide).fill(1);
process.stdin.on('data', () => { tide.resize(2 ** 25); process.stdout.write('less\\n'); });
process.stdout.write('here\\n');`;

describe.skipIf(!existsSync('/proc/self/status'))('high-water marks', () => {
  it('are read 50 ms after the last time while the size stands still, and 30 ms after while it moves', async () => {
    const child = spawn(process.execPath, ['-e', shrinking], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      let atMs = 0;
      const state = emptyTreeState(0);
      const tree = lookAtTree(state, { pids: () => [child.pid!], nowMs: () => atMs, intervalMs: 10 });
      const readAtMs = (ms: number): number => {
        atMs = ms;
        tree.look();
        return state.lastMs;
      };
      // Beyond all that was seen before, marks are read at once and once more.
      expect([0, 10, 60, 61].map(readAtMs)).toEqual([0, 10, 10, 61]);
      child.stdin.write('\n');
      await once(child.stdout, 'data');
      expect([71, 91, 92, 142, 143].map(readAtMs)).toEqual([61, 61, 92, 92, 143]);
      tree.close();
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});

describe.skipIf(!existsSync('/proc/self/status'))('the pause until the next look at a tree of processes', () => {
  it('is what was asked for, 20 ms at least once the size has stood still for a second, and 2 ms while it climbs', async () => {
    const child = spawn(process.execPath, ['-e', growing], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      let atMs = 0;
      const follow = { pids: () => [child.pid!], nowMs: () => atMs };
      const [often, seldom] = [10, 50].map((intervalMs) => {
        const tree = lookAtTree(emptyTreeState(0), { ...follow, intervalMs });
        return (ms: number) => {
          atMs = ms;
          return tree.look();
        };
      });
      // A first look is beyond all that was seen before.
      expect([often!(0), seldom!(0)]).toEqual([2, 2]);
      expect([often!(10), seldom!(10)]).toEqual([10, 50]);
      expect([often!(1500), seldom!(1500)]).toEqual([20, 50]);
      child.stdin.write('\n');
      await once(child.stdout, 'data');
      expect([often!(1520), seldom!(1520)]).toEqual([2, 2]);
      expect([often!(1530), seldom!(1530)]).toEqual([10, 50]);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});
