export type { Capability, Check, CheckContext, CheckEvent, CheckId, CheckOutcome, Resource, Scale } from './check.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export type { Config, ConfigInput, PipelineInput, ServiceInput, SuiteInput, TargetInput } from './config.ts';
export { defineConfig } from './config.ts';
export { findConfig, loadConfig, loadDefaultExport } from './config-file.ts';
export { parseConfig } from './config-validation.ts';
export type { Dataset, DatasetSource } from './dataset.ts';
export { coreRequirements, fullScaleRequirements } from './default-requirements.ts';
export { describeEnvironment } from './environment.ts';
export type { Finding } from './examine/finding.ts';
export { examineMachine } from './examine/machine.ts';
export { examineTarget } from './examine/target.ts';
export type {
  EncodedRequest,
  InferenceBatch,
  InferenceCodec,
  ModelMetadata,
  OutcomeKind,
  Reply,
} from './inference.ts';
export { InputError } from './input-error.ts';
export { writeFileAtomic } from './internal/atomic-file.ts';
export { listeningPids, listeningPorts } from './internal/listening-pids.ts';
export type { Evidence, Interval, Measurement, MetricId, Series, SeriesColumn, Tail, Unit } from './measurement.ts';
export { startNoiseProbe } from './noise.ts';
export type { InferRequest, TensorDatatype } from './open-inference-protocol.ts';
export { decodeInferRequest, encodeInferResponse, openInferenceCodec } from './open-inference-protocol.ts';
export type { AskedMoment, MarketState, Print } from './prints.ts';
export { printFiles } from './prints.ts';
export type { Random } from './random.ts';
export { createRandom } from './random.ts';
export type { Comparison, Requirement } from './requirement.ts';
export { parseRequirement } from './requirement-parser.ts';
export type { CheckResult, Environment, JudgedRequirement, NoiseReading, Results, Verdict } from './results.ts';
export { parseResults, readResults, serializeResults, writeResults } from './results-file.ts';
export type { RunEvent } from './run-events.ts';
export type { RunRequest, SuiteRun } from './runner.ts';
export { runSuite } from './runner.ts';
export type { BatchInterval } from './statistics/batch-interval.ts';
export { batchQuantileInterval, shareAboveInterval } from './statistics/batch-interval.ts';
export type { BootstrapOptions, Statistic } from './statistics/bootstrap.ts';
export { bootstrapInterval } from './statistics/bootstrap.ts';
export { normalCdf, normalQuantile, studentTCdf, studentTQuantile } from './statistics/distributions.ts';
export type { ExceedanceBound } from './statistics/exceedance-bound.ts';
export { exceedanceBound, exceedanceBounds, pooledExceedanceBound } from './statistics/exceedance-bound.ts';
export { mannKendall } from './statistics/mann-kendall.ts';
export { mannWhitneyU } from './statistics/mann-whitney.ts';
export { meanInterval } from './statistics/mean-interval.ts';
export { midranks } from './statistics/midranks.ts';
export { orderStatisticInterval } from './statistics/order-statistic-interval.ts';
export { permutationTest } from './statistics/permutation-test.ts';
export { proportionInterval } from './statistics/proportion-interval.ts';
export { quantile, sortedCopy } from './statistics/quantile.ts';
export type { QuantileAtLeast } from './statistics/quantile-at-least.ts';
export { quantileAtLeast } from './statistics/quantile-at-least.ts';
export { rankCorrelation } from './statistics/rank-correlation.ts';
export type { SequentialLook } from './statistics/sequential-interval.ts';
export { sequentialQuantileInterval } from './statistics/sequential-interval.ts';
export { automaticBlockLength, stationaryBootstrapInterval } from './statistics/stationary-bootstrap.ts';
export { theilSen } from './statistics/theil-sen.ts';
export { didYouMean, suggest } from './suggest.ts';
export type { Suite } from './suite.ts';
export { filterSuite, matchesPattern } from './suite.ts';
export type {
  EnvironmentChange,
  Exchange,
  PipelineConfig,
  PipelineRun,
  PipelineTarget,
  ProcessExit,
  RunningService,
  ServiceConfig,
  ServiceModelFile,
  ServiceUpstream,
  StageTiming,
  TargetConfig,
  TargetProcess,
} from './target.ts';
export type { AddressOptions } from './targets/address.ts';
export { isAddress, targetAtAddress } from './targets/address.ts';
export type { InferenceAnswer, InferenceRequest, InferenceServer } from './targets/inference-server.ts';
export { inferenceServer } from './targets/inference-server.ts';
export type { ServeOptions } from './targets/module-host.ts';
export { serveModel } from './targets/module-host.ts';
export { openPipeline, type PipelineOptions } from './targets/pipeline.ts';
export type { PipelineModule, PipelineModuleContext } from './targets/pipeline-module.ts';
export { plainHttpCodec, plainHttpName } from './targets/plain-http.ts';
export { isAlive, membersOf, type ProcStat, readProcessTable, readProcStat } from './targets/proc.ts';
export { signalProcess } from './targets/process-tree.ts';
export { readRequestBody } from './targets/request-body.ts';
export type { Marks, ServedModel } from './targets/served-model.ts';
export { type StartOptions, startService } from './targets/service.ts';
export { endedByItself, TargetError } from './targets/target-error.ts';
export { convertUnit, formatQuantity } from './units.ts';
export { declaresMetric, judgeMeasurement, judgeRequirements, overallVerdict } from './verdict.ts';
