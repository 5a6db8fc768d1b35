import type { Clock } from './clock.ts';
import { calibrateMs } from './internal/calibration.ts';
import { createCpuAccount } from './internal/cpu-account.ts';
import { type CpuTimesSource, type MachineTicks, procCpuTimes } from './internal/cpu-times.ts';
import type { NoiseReading } from './results.ts';

/** Above these, figures of time are not to be trusted. */
const limits = { foreignCpuShare: 0.1, stealShare: 0.01, calibrationRatio: 1.5 };

/** Ticks (10 ms each, over all cores) below which the rounding of the counters would look like somebody's work. */
const minTicks = 50;

/** The probe may take this share of a core; with more processes to read it looks less often. */
const maxProbeShare = 0.005;

/** The fastest calibration of this process so far: what a core of this machine can give. */
let fastestCalibrationMs = Number.POSITIVE_INFINITY;

function ratioToFastest(beforeMs: number, afterMs: number): number | null {
  fastestCalibrationMs = Math.min(fastestCalibrationMs, beforeMs, afterMs);
  return fastestCalibrationMs > 0 ? Math.max(beforeMs, afterMs) / fastestCalibrationMs : null;
}

function difference(start: MachineTicks, end: MachineTicks): MachineTicks {
  // Some counters, such as the time of waiting for a disk, are known to step back.
  const grown = (of: keyof MachineTicks): number => Math.max(0, end[of] - start[of]);
  return {
    processes: grown('processes'),
    interrupts: grown('interrupts'),
    steal: grown('steal'),
    total: grown('total'),
  };
}

/**
 * Share of all cores that went to others; `null` where our own processes seem to have worked more than the whole
 * machine, which then is not the machine that the counters speak of.
 */
function foreignShare(machine: MachineTicks, ownTicks: number): number | null {
  const foreign = machine.processes - ownTicks;
  if (foreign < -limits.foreignCpuShare * machine.total) return null;
  if (foreign <= 0) return 0;
  // Interrupts are charged to nobody: each side gets as much of them as it has of the rest.
  const withInterrupts = foreign * (1 + machine.interrupts / machine.processes);
  return Math.min(1, withInterrupts / machine.total);
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

type Readings = Omit<NoiseReading, 'contaminated' | 'reason'>;

/** What in the readings spoils figures of time, in words; empty where nothing does. */
function disturbances(readings: Readings, biggestForeign: readonly string[]): readonly string[] {
  const { foreignCpuShare, stealShare, calibrationRatio } = readings;
  const found: string[] = [];
  if (foreignCpuShare !== null && foreignCpuShare > limits.foreignCpuShare) {
    const names = biggestForeign.length > 0 ? `, most of it ${biggestForeign.join(', ')}` : '';
    found.push(`other processes took ${percent(foreignCpuShare)} of the machine's CPU time${names}`);
  }
  if (stealShare !== null && stealShare > limits.stealShare)
    found.push(`the hypervisor gave ${percent(stealShare)} of the CPU time to other machines`);
  if (calibrationRatio !== null && calibrationRatio > limits.calibrationRatio)
    found.push(`a fixed piece of arithmetic took ${calibrationRatio.toFixed(1)} times as long as it can`);
  return found;
}

/**
 * Starts reading how much of the machine others use: all work of processes less that of this process, of `ownPids`, and
 * of all that they start. Reads the process table once a second, less often where that would cost more than 0.5 % of a
 * core; threads of the kernel only at the beginning and at the end. Work of short-lived children is exact as long as their
 * parent waits for them; otherwise what they did since the last look counts as foreign. What kernel threads do on our
 * behalf counts as foreign too.
 *
 * Without `/proc` the shares are `null` and nothing is called contaminated but by the calibration.
 * @param options.ownPids processes that count as ours, asked at each look
 * @param options.intervalMs between looks; 1000 unless given
 * @param options.source passed in for tests
 */
export function startNoiseProbe(options: {
  readonly clock: Clock;
  readonly ownPids: () => readonly number[];
  readonly intervalMs?: number;
  readonly source?: CpuTimesSource;
}): {
  /** Ends the watch; what other work took while it went on. */
  stop(): Promise<NoiseReading>;
} {
  const { clock, ownPids, intervalMs = 1000, source = procCpuTimes } = options;
  const beforeMs = calibrateMs(clock);
  const account = createCpuAccount();
  let timer: NodeJS.Timeout | undefined;
  const look = (isWhole = false): number => {
    const startMs = clock.nowMs();
    account.look(source.processes(isWhole), [process.pid, ...ownPids()]);
    return clock.nowMs() - startMs;
  };
  const lookAgainAfter = (costMs: number): void => {
    timer = setTimeout(() => lookAgainAfter(look()), Math.max(intervalMs, costMs / maxProbeShare));
    timer.unref();
  };

  const firstCostMs = look(true);
  const start = source.machine();
  const startPressureUs = source.pressureUs();
  const startMs = clock.nowMs();
  lookAgainAfter(firstCostMs);

  const read = (): Readings & { readonly silence: string; readonly biggestForeign: readonly string[] } => {
    look(true);
    const end = source.machine();
    const endPressureUs = source.pressureUs();
    const elapsedUs = (clock.nowMs() - startMs) * 1000;
    const machine = start && end ? difference(start, end) : undefined;
    const isLong = machine !== undefined && machine.total >= minTicks;
    const foreignCpuShare = isLong ? foreignShare(machine, account.ownTicks) : null;
    return {
      foreignCpuShare,
      stealShare: isLong ? machine.steal / machine.total : null,
      cpuPressureShare:
        startPressureUs === undefined || endPressureUs === undefined || elapsedUs <= 0
          ? null
          : Math.min(1, Math.max(0, (endPressureUs - startPressureUs) / elapsedUs)),
      calibrationRatio: ratioToFastest(beforeMs, calibrateMs(clock)),
      silence:
        foreignCpuShare !== null
          ? ''
          : machine !== undefined && !isLong
            ? 'too short to tell how much of the machine others used'
            : 'how much of the machine others used could not be read here',
      biggestForeign: account
        .foreignTicks()
        .slice(0, 3)
        .map(({ name, ticks }) => `${name} ${percent(machine ? ticks / machine.total : 0)}`),
    };
  };

  return {
    async stop() {
      clearTimeout(timer);
      const { silence, biggestForeign, ...readings } = read();
      const found = disturbances(readings, biggestForeign);
      return { ...readings, contaminated: found.length > 0, reason: found.length > 0 ? found.join('; ') : silence };
    },
  };
}
