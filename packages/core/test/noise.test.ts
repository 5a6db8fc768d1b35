import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type NoiseSources,
  type ProcessTicks,
  parseMachineTicks,
  parseProcessTicks,
  startNoiseProbe,
} from '../src/noise.ts';

const aProcess = (change: Partial<ProcessTicks>): ProcessTicks => ({
  pid: 10,
  parent: 1,
  name: 'x',
  own: 0,
  children: 0,
  startedAt: '1',
  ...change,
});

/** A machine of two cores that stands still between its two looks, 10 s apart. */
function machine(
  first: readonly ProcessTicks[],
  second: readonly ProcessTicks[],
  busyTicks: number,
  stealTicks = 0,
): NoiseSources {
  let looks = 0;
  let reads = 0;
  return {
    machine: () =>
      reads++ === 0 ? { busy: 0, steal: 0, total: 0 } : { busy: busyTicks, steal: stealTicks, total: 2000 },
    processes: () => (looks++ === 0 ? first : second),
    cpuPressureUs: () => undefined,
    cores: 2,
  };
}

const read = async (sources: NoiseSources, ownPids: number[] = [10]) => {
  let calls = 0;
  const clock = { nowMs: () => calls++, wallMs: () => 0 };
  return startNoiseProbe({ clock, ownPids: () => ownPids, sources }).stop();
};

describe('startNoiseProbe', () => {
  it('counts what others took, and names them', async () => {
    const reading = await read(
      machine(
        [aProcess({}), aProcess({ pid: 99, name: 'cc1plus' })],
        [aProcess({ own: 500 }), aProcess({ pid: 99, name: 'cc1plus', own: 700 })],
        1200,
      ),
    );
    expect(reading.foreignCpuShare).toBeCloseTo(0.35, 6);
    expect(reading.contaminated).toBe(true);
    expect(reading.reason).toContain('35 %');
    expect(reading.reason).toContain('cc1plus');
  });

  it('counts neither our own work nor that of our children and of children that have ended', async () => {
    const first = [
      aProcess({}),
      aProcess({ pid: 11, parent: 10, own: 5 }),
      aProcess({ pid: 12, parent: 11, startedAt: '2' }),
    ];
    // Process 12 ended: its 300 ticks came to its parent 11; 13 is new and ours.
    const second = [
      aProcess({ own: 100 }),
      aProcess({ pid: 11, parent: 10, own: 205, children: 300 }),
      aProcess({ pid: 13, parent: 10, own: 400, startedAt: '9' }),
    ];
    const reading = await read(machine(first, second, 1000));
    expect(reading.foreignCpuShare).toBeCloseTo(0, 6);
    expect(reading.contaminated).toBe(false);
    expect(reading.reason).toBe('');
  });

  it('sees time that the hypervisor gave away', async () => {
    const reading = await read(machine([], [], 0, 40));
    expect(reading.stealShare).toBeCloseTo(0.02, 6);
    expect(reading.contaminated).toBe(true);
  });

  it('says so where nothing can be read, and blames nobody', async () => {
    const reading = await read({
      machine: () => undefined,
      processes: () => [],
      cpuPressureUs: () => undefined,
      cores: 2,
    });
    expect(reading).toMatchObject({
      foreignCpuShare: null,
      contaminated: false,
      reason: expect.stringContaining('cannot be read'),
    });
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
    });
    expect(parseProcessTicks('nonsense')).toBeUndefined();
  });
  it('reads the machine’s line', () => {
    expect(parseMachineTicks('cpu  10 1 5 100 4 1 1 7 0 0\ncpu0 1 1 1 1\n')).toEqual({
      busy: 18,
      steal: 7,
      total: 129,
    });
    expect(parseMachineTicks('')).toBeUndefined();
  });
  it.skipIf(process.platform !== 'linux')('reads this very process (needs /proc)', () => {
    expect(parseProcessTicks(readFileSync('/proc/self/stat', 'utf8'))?.pid).toBe(process.pid);
  });
});
