import type { Clock } from '../clock.ts';
import type { NoiseReading } from '../results.ts';
import type { PipelineConfig, PipelineTarget, RunningService, ServiceConfig } from '../target.ts';

/** Where targets are started from; the real one spawns processes and opens sockets. */
export interface TargetOpener {
  startService(
    config: ServiceConfig,
    options: { name: string; clock: Clock; signal: AbortSignal; workDir: string; configDir: string },
  ): Promise<RunningService>;
  openPipeline(
    config: PipelineConfig,
    options: { name: string; clock: Clock; workDir: string; configDir: string },
  ): PipelineTarget;
}

/** Starts reading how much of the machine others use; `stop` gives the reading. */
export type NoiseProbeStarter = (options: { clock: Clock; ownPids: () => readonly number[] }) => {
  stop(): Promise<NoiseReading>;
};

const worst = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};

/** The noise of a whole run: the worst of its checks. */
export function summarizeNoise(readings: readonly NoiseReading[]): NoiseReading {
  const disturbed = readings.filter((reading) => reading.contaminated);
  return {
    foreignCpuShare: worst(readings.map((reading) => reading.foreignCpuShare)),
    stealShare: worst(readings.map((reading) => reading.stealShare)),
    cpuPressureShare: worst(readings.map((reading) => reading.cpuPressureShare)),
    calibrationRatio: worst(readings.map((reading) => reading.calibrationRatio)),
    contaminated: disturbed.length > 0,
    reason: disturbed[0]?.reason ?? '',
  };
}
