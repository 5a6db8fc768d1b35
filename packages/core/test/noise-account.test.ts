import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCpuAccount } from '../src/internal/cpu-account.ts';
import {
  type ProcessTicks,
  parseMachineTicks,
  parsePressureUs,
  parseProcessTicks,
  procCpuTimes,
} from '../src/internal/cpu-times.ts';

const aProcess = (pid: number, parent: number, own: number, change: Partial<ProcessTicks> = {}): ProcessTicks => ({
  pid,
  parent,
  name: `p${pid}`,
  own,
  children: 0,
  startedAt: '1',
  isKernel: false,
  ...change,
});

/** Own ticks after looks at these tables, with process 10 as the root. */
function ownTicks(...tables: readonly (readonly ProcessTicks[])[]): number {
  const account = createCpuAccount();
  for (const table of tables) account.look(table, [10]);
  return account.ownTicks;
}

describe('createCpuAccount', () => {
  it('counts from the first look on', () => {
    expect(ownTicks([aProcess(10, 1, 700)], [aProcess(10, 1, 750)])).toBe(50);
  });
  it('counts all work of a descendant that began between two looks', () => {
    expect(ownTicks([aProcess(10, 1, 0)], [aProcess(10, 1, 0), aProcess(11, 10, 30), aProcess(12, 11, 7)])).toBe(37);
  });
  it('counts a child once that ends and hands its time to its parent', () => {
    const looks = [
      [aProcess(10, 1, 0), aProcess(11, 10, 100)],
      [aProcess(10, 1, 0), aProcess(11, 10, 150)],
      // It worked 20 ticks more, 170 in its life, and ended.
      [aProcess(10, 1, 0, { children: 170 })],
    ];
    expect(ownTicks(...looks)).toBe(70);
  });
  it('counts a whole branch once that ends between two looks', () => {
    const looks = [
      [aProcess(10, 1, 0), aProcess(11, 10, 40), aProcess(12, 11, 60)],
      // 12 came to 90 and handed them to 11, which came to 50 and handed 140 to 10.
      [aProcess(10, 1, 0, { children: 140 })],
    ];
    expect(ownTicks(...looks)).toBe(40);
  });
  it('counts a child that began and ended between two looks', () => {
    expect(ownTicks([aProcess(10, 1, 0)], [aProcess(10, 1, 0, { children: 33 })])).toBe(33);
  });
  it('keeps a child as ours whose parent ended before it', () => {
    const looks = [
      [aProcess(10, 1, 0), aProcess(11, 10, 0), aProcess(12, 11, 0)],
      [aProcess(10, 1, 0), aProcess(12, 1, 80)],
    ];
    expect(ownTicks(...looks)).toBe(80);
  });
  it('takes a process of the same number for another one if it began at another time', () => {
    const looks = [
      [aProcess(10, 1, 0), aProcess(11, 10, 500)],
      [aProcess(10, 1, 0, { children: 500 }), aProcess(11, 1, 40, { startedAt: '2' })],
    ];
    expect(ownTicks(...looks)).toBe(0);
  });
  it('names the others, biggest first, with what their children did', () => {
    const account = createCpuAccount();
    account.look([aProcess(10, 1, 0), aProcess(20, 1, 5), aProcess(21, 1, 0)], [10]);
    account.look([aProcess(10, 1, 9), aProcess(20, 1, 8), aProcess(21, 1, 2, { children: 60 })], [10]);
    expect(account.foreignTicks()).toEqual([
      { name: 'p21', ticks: 62 },
      { name: 'p20', ticks: 3 },
    ]);
  });
  it('counts every tick once, however often it looks, while processes come and go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ pick: fc.nat(), ticks: fc.nat(30), act: fc.nat(5), look: fc.boolean() }), {
          maxLength: 60,
        }),
        (steps) => {
          // A model of the kernel: work, fork, and exit with a parent that waits for its child.
          const alive = new Map<number, { parent: number; own: number; children: number }>([
            [10, { parent: 1, own: 0, children: 0 }],
          ]);
          const account = createCpuAccount();
          const look = () =>
            account.look(
              [...alive].map(([pid, { parent, own, children }]) => aProcess(pid, parent, own, { children })),
              [10],
            );
          look();
          let done = 0;
          let nextPid = 11;
          for (const { pick, ticks, act, look: looks } of steps) {
            const [pid, process] = [...alive][pick % alive.size]!;
            const isLeaf = ![...alive.values()].some(({ parent }) => parent === pid);
            if (act === 0) {
              alive.set(nextPid++, { parent: pid, own: 0, children: 0 });
            } else if (act === 1 && isLeaf && pid !== 10) {
              alive.delete(pid);
              alive.get(process.parent)!.children += process.own + process.children;
            } else {
              process.own += ticks;
              done += ticks;
            }
            if (looks) look();
          }
          look();
          expect(account.ownTicks).toBe(done);
        },
      ),
    );
  });
});

describe('parsing /proc', () => {
  it('reads a process whose name holds brackets and blanks', () => {
    const line = '77 (a) b (c) S 5 1 1 0 -1 4194560 100 200 0 0 11 22 33 44 20 0 1 0 12345 0 0';
    expect(parseProcessTicks(line)).toEqual({
      pid: 77,
      parent: 5,
      name: 'a) b (c',
      own: 33,
      children: 77,
      startedAt: '12345',
      isKernel: false,
    });
    expect(parseProcessTicks('nonsense')).toBeUndefined();
  });
  it('tells a thread of the kernel by its flags', () => {
    const line = '3 (pool_workqueue_release) S 2 0 0 0 -1 2129984 0 0 0 0 0 1 0 0 20 0 1 0 9 0 0';
    expect(parseProcessTicks(line)).toMatchObject({ parent: 2, own: 1, isKernel: true });
  });
  it('reads the line of the whole machine, without counting guests twice', () => {
    expect(parseMachineTicks('cpu  10 1 5 100 4 1 2 7 6 0\ncpu0 1 1 1 1\n')).toEqual({
      processes: 16,
      interrupts: 3,
      steal: 7,
      total: 130,
    });
    expect(parseMachineTicks('')).toBeUndefined();
    expect(parseMachineTicks('cpu  10 1 5 100\n')).toBeUndefined();
  });
  it('reads the pressure', () => {
    expect(parsePressureUs('some avg10=0.00 avg60=0.00 avg300=0.00 total=1234\nfull avg10=0.00 total=9\n')).toBe(1234);
    expect(parsePressureUs('')).toBeUndefined();
  });
  it.skipIf(process.platform !== 'linux')('reads this very machine (needs /proc)', () => {
    expect(parseProcessTicks(readFileSync('/proc/self/stat', 'utf8'))?.pid).toBe(process.pid);
    const whole = procCpuTimes.processes(true).map(({ pid }) => pid);
    expect(whole).toContain(process.pid);
    const again = procCpuTimes.processes(false);
    expect(again.map(({ pid }) => pid)).toContain(process.pid);
    // Of the threads of the kernel none is lost by being known already; one or another may have come since.
    const inKernel = procCpuTimes.processes(true).filter(({ isKernel, pid }) => isKernel && whole.includes(pid));
    expect(again.map(({ pid }) => pid)).toEqual(expect.arrayContaining(inKernel.map(({ pid }) => pid)));
  });
});
