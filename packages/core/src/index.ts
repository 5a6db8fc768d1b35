export type { Capability, Check, CheckContext, CheckEvent, CheckId, CheckOutcome, Resource, Scale } from './check.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export type { Dataset, DatasetSource } from './dataset.ts';
export type {
  EncodedRequest,
  InferenceBatch,
  InferenceCodec,
  ModelMetadata,
  OutcomeKind,
  Reply,
} from './inference.ts';
export { InputError } from './input-error.ts';
export type { Evidence, Interval, Measurement, MetricId, Series, SeriesColumn, Unit } from './measurement.ts';
export type { Random } from './random.ts';
export { createRandom } from './random.ts';
export type { Comparison, Requirement } from './requirement.ts';
export type { CheckResult, Environment, JudgedRequirement, NoiseReading, Results, Verdict } from './results.ts';
export type {
  Exchange,
  PipelineConfig,
  PipelineRun,
  PipelineTarget,
  ProcessExit,
  RunningService,
  ServiceConfig,
  StageTiming,
  TargetConfig,
  TargetProcess,
} from './target.ts';
