export { allocationSites, growingSites } from './allocation-profile.ts';
export { type ClinicCheckOptions, clinicPage } from './checks/clinic.ts';
export { type GcCheckOptions, gcSettings } from './checks/gc.ts';
export { serviceLeak } from './checks/leak.ts';
export { pipelineMemory } from './checks/pipeline-memory.ts';
export { memoryPressure, type PressureCheckOptions } from './checks/pressure.ts';
export { memoryProfile, type ProfileCheckOptions } from './checks/profile.ts';
export type { RecordingWish } from './checks/recordings.ts';
export { memoryScaling } from './checks/scaling.ts';
export { serviceMemory } from './checks/service-memory.ts';
export { profilerChecks } from './checks.ts';
export type { ClinicTool } from './clinic/run-clinic.ts';
export { allocationFlames, cpuFlames, type FlameFrame } from './cpu/flame-graph.ts';
export { type FlamePageOptions, flamePage } from './cpu/flame-page.ts';
export { type CpuSummary, type HotFunction, summarizeCpu } from './cpu/hotspots.ts';
export { cpuPprof, heapPprof, requirePprof } from './export/pprof.ts';
export {
  type GcComparison,
  type GcExperimentOptions,
  type GcFigures,
  type GcReport,
  type GcRun,
  gcExperiment,
} from './gc/gc-experiment.ts';
export { type GcSetting, usualSettings } from './gc/setting.ts';
export { type MemoryHint, memoryHints } from './hints.ts';
export { detectLeak, type LeakOptions, type LeakPhase } from './leak/detect-leak.ts';
export type { Workload } from './leak/recorder.ts';
export type { AllocationSite, JudgedMetric, LeakCulprit, LeakReport, LeakVerdict } from './leak/report.ts';
export { type Growth, type GrowthJudgement, type GrowthRule, judgeGrowth } from './leak/rule.ts';
export { type LeakMetric, type LeakTarget, nodeHeap, ownHeap, residentMemory } from './leak/target.ts';
export type { GcEvents, HeapReading, HeapSpace, NodeProbe, SettledMemory } from './node/probe.ts';
export { type ProbedProcess, type ProbeServer, startProbeServer } from './node/probe-server.ts';
export type { NodeRecording, NodeRecordingRequest } from './node/recording.ts';
export type { PairedRatio } from './paired-ratio.ts';
export type { MemoryPeak } from './peak.ts';
export type { LimitKind, MemoryLimit } from './pressure/limit.ts';
export {
  type LimitFinding,
  type PressureOptions,
  type PressureReport,
  pressureSweep,
} from './pressure/pressure-sweep.ts';
export { type PressureRun, type PressureWorkload, pipelineWorkload } from './pressure/workload.ts';
export type { ProcessMemory } from './proc-memory.ts';
export { readProcessMemory, readProcessTree, readPssBytes } from './proc-memory.ts';
export { type MemoryProfile, type ProfileOptions, type ProfileSubject, profileMemory } from './profile-memory.ts';
export { compareKinds, countKinds, type KindChange, type ObjectKind } from './snapshot/compare.ts';
export {
  refuseSnapshot,
  type SnapshotAllowance,
  type SnapshotCost,
  snapshotCost,
  usualAllowance,
} from './snapshot/cost.ts';
export type { HeapGraph } from './snapshot/heap-graph.ts';
export type { HeapComparison, HeapMark } from './snapshot/heap-marks.ts';
export { readHeapSnapshot } from './snapshot/read-snapshot.ts';
export { retainerPath } from './snapshot/retainers.ts';
export type { MemoryTimeline, MemoryWatch } from './timeline.ts';
export { watchMemory } from './timeline.ts';
