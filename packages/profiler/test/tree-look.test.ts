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
