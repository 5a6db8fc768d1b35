import { InputError } from '@preopen/core';
import type { Fault } from './fault.ts';
import { defaultTolerance, type SteadyTolerance } from './recovery.ts';
import { defaultWorkload, type WorkloadOptions } from './workload.ts';

/** How the steady state before the fault is found. */
export interface SteadyStateOptions {
  readonly tolerance: SteadyTolerance;
  /** Left out of the baseline: connections open and caches fill. */
  readonly warmUpMs: number;
  readonly baselineMs: number;
}

/** What must hold; each becomes a requirement on the metric of its name. */
export interface ExperimentLimits {
  readonly timeToSteadyStateMs?: number;
  readonly timeToFirstSuccessMs?: number;
  readonly outageMs?: number;
  readonly failedRequests?: number;
  readonly wrongAnswers?: number;
}

/** Steady state, fault, undo, observation: as data. */
export interface Experiment {
  readonly fault: Fault;
  /** How long the fault lasts; 0 for what is over at once. */
  readonly durationMs: number;
  readonly steadyState: SteadyStateOptions;
  readonly workload: WorkloadOptions;
  /** Longest time to wait for steady state after the undo. */
  readonly horizonMs: number;
  readonly limits: ExperimentLimits;
  /** Share of requests that may fail, for the error budget. */
  readonly objectiveErrorShare: number;
  /** `twin`: a second instance without the fault runs beside the target, where the fault, the service and the machine allow it. */
  readonly control: 'twin' | 'none';
}

/** An experiment as it is written: only the fault is needed. */
export interface ExperimentInput {
  readonly fault: Fault;
  readonly durationMs?: number;
  readonly steadyState?: Partial<Omit<SteadyStateOptions, 'tolerance'>> & {
    readonly tolerance?: Partial<SteadyTolerance>;
  };
  readonly workload?: Partial<WorkloadOptions>;
  readonly horizonMs?: number;
  readonly limits?: ExperimentLimits;
  readonly objectiveErrorShare?: number;
  /** Default `twin`. */
  readonly control?: 'twin' | 'none';
}

/** Fewer requests than this say nothing about percentiles. */
const fewestBaselineRequests = 100;

/** All that is wrong with an experiment, each with its field, what was given and what was expected. */
function mistakesIn({ fault, durationMs, steadyState, workload, horizonMs, ...rest }: Experiment): string[] {
  const { warmUpMs, baselineMs, tolerance } = steadyState;
  const mistakes: string[] = [];
  const expect = (holds: boolean, field: string, expected: string, given: unknown): void => {
    if (!holds) mistakes.push(`${field}: expected ${expected}, got ${String(given)}`);
  };
  const aTime = 'a time in milliseconds, 0 or more';
  const isTime = (value: number): boolean => Number.isFinite(value) && value >= 0;
  expect(/^[a-z][a-z0-9-]*$/.test(fault.id), 'fault.id', 'lower-case words joined by hyphens', fault.id);
  expect(isTime(durationMs), 'durationMs', aTime, durationMs);
  expect(isTime(warmUpMs), 'steadyState.warmUpMs', aTime, warmUpMs);
  expect(isTime(horizonMs), 'horizonMs', aTime, horizonMs);
  expect(workload.ratePerSecond > 0, 'workload.ratePerSecond', 'a rate above 0', workload.ratePerSecond);
  expect(workload.timeoutMs > 0, 'workload.timeoutMs', 'a time above 0', workload.timeoutMs);
  expect(
    Number.isSafeInteger(workload.rows) && workload.rows > 0,
    'workload.rows',
    'a whole number above 0',
    workload.rows,
  );
  expect(
    (workload.ratePerSecond * baselineMs) / 1000 >= fewestBaselineRequests,
    'steadyState.baselineMs',
    `long enough for ${fewestBaselineRequests} requests at ${workload.ratePerSecond} a second`,
    `${baselineMs} ms`,
  );
  for (const name of ['p50Ratio', 'p95Ratio'] as const) {
    expect(tolerance[name] >= 1, `steadyState.tolerance.${name}`, 'a ratio of 1 or more', tolerance[name]);
  }
  expect(tolerance.windowMs > 0, 'steadyState.tolerance.windowMs', 'a time above 0', tolerance.windowMs);
  expect(
    tolerance.holdMs >= tolerance.windowMs,
    'steadyState.tolerance.holdMs',
    'no less than the window',
    tolerance.holdMs,
  );
  for (const [name, limit] of Object.entries(rest.limits)) {
    expect(isTime(limit as number), `limits.${name}`, 'a number, 0 or more', limit);
  }
  const { objectiveErrorShare: share, control } = rest;
  expect(control === 'twin' || control === 'none', 'control', '"twin" or "none"', control);
  expect(share > 0 && share < 1, 'objectiveErrorShare', 'a share between 0 and 1', share);
  return mistakes;
}

/**
 * Fills in what an experiment leaves open.
 * @throws InputError with all that is wrong with it
 */
export function defineExperiment(input: ExperimentInput): Experiment {
  const experiment: Experiment = {
    fault: input.fault,
    durationMs: input.durationMs ?? input.fault.durationMs,
    steadyState: {
      warmUpMs: 1000,
      baselineMs: 5000,
      ...input.steadyState,
      tolerance: { ...defaultTolerance, ...input.steadyState?.tolerance },
    },
    workload: { ...defaultWorkload, ...input.workload },
    horizonMs: input.horizonMs ?? 30_000,
    limits: input.limits ?? {},
    objectiveErrorShare: input.objectiveErrorShare ?? 0.01,
    control: input.control ?? 'twin',
  };
  const mistakes = mistakesIn(experiment);
  if (mistakes.length > 0) {
    throw new InputError(`experiment “${input.fault.id}”: ${mistakes.join('; ')}.`, { at: input.fault.id });
  }
  return experiment;
}
