export type { WorkloadStarter } from './checks.ts';
export { failoverCheck, failoverChecks } from './checks.ts';
export type { Experiment, ExperimentOutcome, Fault, Undo, Workload } from './experiment.ts';
export { defineExperiment, runExperiment } from './experiment.ts';
export type { ProbeLog } from './probe-log.ts';
export { killAndRestart, pauseProcess } from './process-faults.ts';
export type { Baseline, Recovery, SteadyTolerance } from './recovery.ts';
export { baselineOf, defaultTolerance, recoveryOf, whyNotSteady } from './recovery.ts';
