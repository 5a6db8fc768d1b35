import { describe, expect, it } from 'vitest';
import type { CpuTimesSource, MachineTicks, ProcessTicks } from '../src/internal/cpu-times.ts';
import { startNoiseProbe } from '../src/noise.ts';

const aProcess = (change: Partial<ProcessTicks>): ProcessTicks => ({
  pid: 10,
  parent: 1,
  name: 'ours',
  own: 0,
  children: 0,
  startedAt: '1',
  isKernel: false,
  ...change,
});

const start: MachineTicks = { processes: 0, interrupts: 0, steal: 0, total: 0 };
/** Two cores for 10 s. */
const tenSeconds: MachineTicks = { ...start, total: 2000 };

/** A machine that is looked at twice. */
function twoLooks(
  first: readonly ProcessTicks[],
  second: readonly ProcessTicks[],
  end: Partial<MachineTicks>,
  pressureUs: number | undefined = undefined,
): CpuTimesSource {
  const tables = [first, second];
  const machines = [start, { ...tenSeconds, ...end }];
  const pressures = [pressureUs === undefined ? undefined : 0, pressureUs];
  return {
    machine: () => machines.shift(),
    processes: () => tables.shift() ?? [],
    pressureUs: () => pressures.shift(),
  };
}

/** A clock that moves on by one millisecond at each look. */
function tickingClock() {
  let nowMs = 0;
  return { nowMs: () => nowMs++, wallMs: () => 0 };
}

const reading = (source: CpuTimesSource) =>
  startNoiseProbe({ clock: tickingClock(), ownPids: () => [10], source }).stop();

describe('startNoiseProbe', () => {
  it('counts what others took, and names the biggest', async () => {
    const noise = await reading(
      twoLooks(
        [aProcess({}), aProcess({ pid: 99, name: 'cc1plus' }), aProcess({ pid: 98, name: 'cron' })],
        [
          aProcess({ own: 500 }),
          aProcess({ pid: 99, name: 'cc1plus', own: 650 }),
          aProcess({ pid: 98, name: 'cron', own: 50 }),
        ],
        { processes: 1200 },
      ),
    );
    expect(noise).toMatchObject({ foreignCpuShare: 0.35, contaminated: true });
    expect(noise.reason).toBe(
      "other processes took 35 % of the machine's CPU time, most of it cc1plus 33 %, cron 2.5 %",
    );
  });

  it('lets a tenth of the machine pass', async () => {
    const idle = [aProcess({})];
    expect(await reading(twoLooks(idle, idle, { processes: 200 }))).toMatchObject({
      foreignCpuShare: 0.1,
      contaminated: false,
      reason: '',
    });
    expect(await reading(twoLooks(idle, idle, { processes: 201 }))).toMatchObject({ contaminated: true });
  });

  it('counts neither our work nor that of what we started', async () => {
    const noise = await reading(
      twoLooks(
        [aProcess({}), aProcess({ pid: 11, parent: 10, own: 5 })],
        [aProcess({ own: 100 }), aProcess({ pid: 11, parent: 10, own: 905 })],
        { processes: 1000 },
      ),
    );
    expect(noise).toMatchObject({ foreignCpuShare: 0, contaminated: false, reason: '' });
  });

  it('charges interrupts to both sides in proportion', async () => {
    const table = (own: number) => [aProcess({ own })];
    const mostlyOurs = await reading(twoLooks(table(0), table(900), { processes: 1000, interrupts: 400 }));
    // By hand: a tenth of 1000 is foreign, so a tenth of 400 as well; 140 of 2000.
    expect(mostlyOurs.foreignCpuShare).toBeCloseTo(0.07, 12);
    const onlyOurs = await reading(twoLooks(table(0), table(1000), { processes: 1000, interrupts: 900 }));
    expect(onlyOurs.foreignCpuShare).toBe(0);
  });

  it('sees time that the hypervisor gave away', async () => {
    const noise = await reading(twoLooks([], [], { steal: 40 }));
    expect(noise).toMatchObject({ stealShare: 0.02, contaminated: true });
    expect(noise.reason).toContain('hypervisor gave 2.0 %');
    expect(await reading(twoLooks([], [], { steal: 20 }))).toMatchObject({ stealShare: 0.01, contaminated: false });
  });

  it('takes counters that step back as standing still', async () => {
    expect(await reading(twoLooks([], [], { processes: -50, steal: -10 }))).toMatchObject({
      foreignCpuShare: 0,
      stealShare: 0,
      contaminated: false,
    });
  });

  it('says nothing where the counters cannot be those of the machine that we run on', async () => {
    const noise = await reading(twoLooks([aProcess({})], [aProcess({ own: 900 })], { processes: 100 }));
    expect(noise).toMatchObject({ foreignCpuShare: null, contaminated: false });
    expect(noise.reason).toContain('could not be read');
  });

  it('says nothing of a time too short for the counters', async () => {
    const noise = await reading(twoLooks([], [], { processes: 9, total: 40 }));
    expect(noise).toMatchObject({ foreignCpuShare: null, stealShare: null, contaminated: false });
    expect(noise.reason).toContain('too short');
  });

  it('reads the pressure as a share of the time', async () => {
    // The clock moves on by few milliseconds between the two readings.
    const { cpuPressureShare } = await reading(twoLooks([], [], {}, 1000));
    expect(cpuPressureShare).toBeGreaterThan(0);
    expect(cpuPressureShare).toBeLessThanOrEqual(1);
    expect((await reading(twoLooks([], [], {}))).cpuPressureShare).toBeNull();
  });

  it('blames nobody where nothing can be read', async () => {
    const noise = await reading({ machine: () => undefined, processes: () => [], pressureUs: () => undefined });
    expect(noise).toMatchObject({
      foreignCpuShare: null,
      stealShare: null,
      cpuPressureShare: null,
      contaminated: false,
      reason: expect.stringContaining('could not be read'),
    });
  });
});
