import type { Clock, RunningService } from '@preopen/core';
import { waitUntil } from '@preopen/latency';
import type { ProbeLog } from './probe-log.ts';
import {
  type Baseline,
  baselineOf,
  defaultTolerance,
  type Recovery,
  recoveryOf,
  type SteadyTolerance,
  whyNotSteady,
} from './recovery.ts';

/** Takes back what a fault did. Calling it twice is as good as once. */
export type Undo = () => Promise<void>;

/** Something that is broken on purpose. Injecting returns the undo, so that what never began cannot be undone. */
export interface Fault {
  /** As it stands in metric names: `kill`, `pause`. */
  readonly id: string;
  readonly title: string;
  /** How long the fault lasts before it is undone; 0 for what is over at once, such as a kill. */
  readonly durationMs: number;
  /** Resolves once the fault is in effect. */
  inject(service: RunningService, signal: AbortSignal): Promise<Undo>;
}

/** Open-loop traffic that goes on through the fault. */
export interface Workload {
  /** What became of the requests so far, by the experiment's clock; requests still under way may be absent. */
  log(): ProbeLog;
  /** Ends the traffic; resolves when every request has ended or was cut off. */
  stop(): Promise<void>;
}

/** Steady state, fault, undo, observation. */
export interface Experiment {
  readonly fault: Fault;
  readonly tolerance: SteadyTolerance;
  /** Left out of the baseline: connections open and caches fill. */
  readonly warmUpMs: number;
  readonly baselineMs: number;
  /** Longest time to wait for steady state after the undo. */
  readonly horizonMs: number;
}

/** Fills in what an experiment leaves open. */
export function defineExperiment(experiment: Pick<Experiment, 'fault'> & Partial<Experiment>): Experiment {
  return { tolerance: defaultTolerance, warmUpMs: 1000, baselineMs: 5000, horizonMs: 30_000, ...experiment };
}

/** What an experiment found. Without a steady state before the fault nothing can be said of the time after it. */
export type ExperimentOutcome =
  | { readonly outcome: 'not-measured'; readonly reason: string; readonly log: ProbeLog }
  | {
      readonly outcome: 'measured';
      readonly baseline: Baseline;
      readonly recovery: Recovery;
      readonly startMs: number;
      readonly faultMs: number;
      readonly undoMs: number;
      readonly endMs: number;
      readonly log: ProbeLog;
    };

/** How often the observation asks whether the target is steady again. */
const lookEveryMs = 500;

/**
 * Runs an experiment under traffic that is already flowing. Whatever happens, what was injected is undone.
 * @param tell progress, in words
 */
export async function runExperiment(
  experiment: Experiment,
  service: RunningService,
  workload: Workload,
  { clock, signal, tell = () => undefined }: { clock: Clock; signal: AbortSignal; tell?: (message: string) => void },
): Promise<ExperimentOutcome> {
  const wait = (durationMs: number): Promise<void> => waitUntil(clock.nowMs() + durationMs, clock, signal);
  const { fault, tolerance } = experiment;
  tell('finding the steady state');
  await wait(experiment.warmUpMs);
  const startMs = clock.nowMs();
  let faultMs = startMs;
  // One more chance: a stretch can be unsteady because something else on the machine just ended.
  let reason: string | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    const fromMs = clock.nowMs();
    await wait(experiment.baselineMs);
    faultMs = clock.nowMs();
    // What was due last may still be under way: the last 100 ms wait for the next look.
    reason = whyNotSteady(workload.log(), fromMs, faultMs - 100, tolerance);
    if (reason === undefined) break;
  }
  if (reason !== undefined) {
    await workload.stop();
    return { outcome: 'not-measured', reason: `no steady state before the fault: ${reason}`, log: workload.log() };
  }
  const baseline = baselineOf(workload.log(), faultMs - experiment.baselineMs, faultMs - 100);
  tell(`${fault.title}: injected`);
  faultMs = clock.nowMs();
  const undo = await fault.inject(service, signal);
  let undoMs: number;
  try {
    if (fault.durationMs > 0) await wait(Math.max(0, fault.durationMs - (clock.nowMs() - faultMs)));
  } finally {
    await undo();
    undoMs = clock.nowMs();
  }
  tell(`${fault.title}: undone, waiting for steady state`);
  let endMs = undoMs;
  for (;;) {
    await wait(lookEveryMs);
    endMs = clock.nowMs();
    const sinceUndoMs = endMs - undoMs;
    if (sinceUndoMs >= experiment.horizonMs + tolerance.holdMs) break;
    // Answers to the newest requests are still under way; they would look like failures.
    const settled = recoveryOf(workload.log(), baseline, { faultMs, undoMs, endMs: endMs - lookEveryMs }, tolerance);
    const { timeToSteadyStateMs } = settled;
    if (timeToSteadyStateMs !== undefined && sinceUndoMs > timeToSteadyStateMs + tolerance.holdMs + lookEveryMs) break;
  }
  await workload.stop();
  const log = workload.log();
  const recovery = recoveryOf(log, baseline, { faultMs, undoMs, endMs: endMs - lookEveryMs }, tolerance);
  return { outcome: 'measured', baseline, recovery, startMs, faultMs, undoMs, endMs, log };
}
