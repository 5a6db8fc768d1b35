import type { Clock } from '@preopen/core';

/** Memory of one stage of a pipeline; repeated stages are taken together. */
export interface StageMemory {
  readonly stage: string;
  /** Most that was resident while it ran. */
  readonly peakBytes: number;
  /** By how much that is more than when it began. */
  readonly growthBytes: number;
  /** What was there when it ended and not when it began: held for later, or forgotten. */
  readonly keptBytes: number;
}

/** When one run of a stage began and ended, on the clock of the timeline. */
export interface StageTime {
  readonly stage: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A pipeline that announces a stage for each stock and day is no longer told by its stages. */
const mostTimes = 400;

/**
 * Follows stages by what is resident at their ends.
 * @param mark looks now; gives the highest since the last call
 */
export function watchStages(
  mark: () => { readonly peakBytes: number; readonly nowBytes: number },
  clock: Pick<Clock, 'nowMs'>,
): {
  on(stage: string, event: 'start' | 'end'): { readonly nowBytes: number };
  /** Stages that have ended, in the order of their first end. */
  ended(): StageMemory[];
  /** Runs of stages in the order of their ends, at most the first 400. */
  times(): StageTime[];
} {
  const open = new Map<string, { startBytes: number; peakBytes: number; fromMs: number }>();
  const times: StageTime[] = [];
  const ended = new Map<string, StageMemory>();
  return {
    on(stage, event) {
      const { peakBytes, nowBytes } = mark();
      const atMs = clock.nowMs();
      for (const running of open.values()) running.peakBytes = Math.max(running.peakBytes, peakBytes);
      if (event === 'start') {
        open.set(stage, { startBytes: nowBytes, peakBytes: nowBytes, fromMs: atMs });
        return { nowBytes };
      }
      const run = open.get(stage);
      open.delete(stage);
      if (!run) return { nowBytes };
      if (times.length < mostTimes) times.push({ stage, fromMs: run.fromMs, toMs: atMs });
      const before = ended.get(stage);
      ended.set(stage, {
        stage,
        peakBytes: Math.max(run.peakBytes, before?.peakBytes ?? 0),
        growthBytes: Math.max(run.peakBytes - run.startBytes, before?.growthBytes ?? 0),
        keptBytes: nowBytes - run.startBytes + (before?.keptBytes ?? 0),
      });
      return { nowBytes };
    },
    ended: () => [...ended.values()],
    times: () => [...times],
  };
}
