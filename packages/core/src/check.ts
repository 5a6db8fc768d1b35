import type { Clock } from './clock.ts';
import type { Dataset } from './dataset.ts';
import type { Evidence, Measurement, MetricId, Series } from './measurement.ts';
import type { Random } from './random.ts';
import type { PipelineTarget, RunningService } from './target.ts';

/** A check's name: its package's area and what it measures, as `latency/inference`. */
export type CheckId = string;

/**
 * What a check cannot do without. `service-process`: a service that we started, so that its processes are known.
 * `simulated-dataset`: market data whose true signal is known.
 */
export type Capability = 'service' | 'service-process' | 'pipeline' | 'dataset' | 'simulated-dataset';

/** What must not run beside a check: `cpu` is held by everything that measures time. */
export type Resource = 'cpu' | 'service' | 'pipeline' | 'disk';

/** How big a run is. */
export interface Scale {
  readonly stocks: number;
  readonly days: number;
  /** Concurrent users for closed-loop load. */
  readonly users: number;
}

/** What a check tells while it runs; it never prints. */
export type CheckEvent =
  | {
      readonly type: 'progress';
      /** What is being done now, for people. */
      readonly message: string;
      /** Part done, 0 to 1, where it is known. */
      readonly fraction?: number;
    }
  | { readonly type: 'sample'; readonly metric: MetricId; readonly value: number; readonly unit: Measurement['unit'] }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };

/** What the runner hands to a check. */
export interface CheckContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly seed: number;
  /** A random stream of the run's seed for one purpose. */
  random(purpose: string): Random;
  readonly scale: Scale;
  /** How long the check should take at most; it may be ended some time after that. */
  readonly budgetMs: number;
  /** A folder of the check's own, for whatever it needs while it runs. */
  readonly workDir: string;
  /**
   * Stores a file beside the results and gives its evidence entry.
   * @param name file name without folders
   */
  keep(name: string, title: string, mediaType: string, content: string | Uint8Array): Promise<Evidence>;
  /** Tells whoever follows the run how far the check is. */
  emit(event: CheckEvent): void;
  /** Tells of processes that work for this check, such as load agents on this machine: their CPU time is then not that of others. */
  claimProcesses?(pids: readonly number[]): void;
  /** The service, ready and of this check's own; there if the check needs `service`. */
  readonly service?: RunningService;
  /** There if the check needs `pipeline`. */
  readonly pipeline?: PipelineTarget;
  /** There if the check needs `dataset` or `pipeline`. */
  readonly dataset?: Dataset;
  /** The same market data at another size; there if the check needs `dataset` or `pipeline`. The caller removes its folder. */
  datasetAt?(scale: Pick<Scale, 'stocks' | 'days'>): Promise<Dataset>;
  /**
   * Whether some requirement on these metrics is still undecided by these measurements, so that sampling on would
   * help. The check samples on within its budget and spends its error budget over the looks.
   */
  undecided(measurements: readonly Measurement[]): boolean;
  /** Work that several checks of a run share (one pipeline run, say): made once, whoever asks first. */
  shared<T>(key: string, make: () => Promise<T>): Promise<T>;
}

/** What a check found. Verdicts are not its business. */
export interface CheckOutcome {
  readonly measurements: readonly Measurement[];
  /** Metrics that it was to measure and could not, each with the reason. */
  readonly notMeasured?: readonly { readonly metric: MetricId; readonly reason: string }[];
  readonly series: readonly Series[];
  readonly evidence: readonly Evidence[];
  /** Sentences for the reader. */
  readonly notes: readonly string[];
}

/** One thing that is run against a target and measures something. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  /** Metrics that it can give; a name may end in `.*`. Requirements on other metrics are `not-measured`. */
  readonly metrics: readonly MetricId[];
  readonly needs: readonly Capability[];
  readonly exclusive: readonly Resource[];
  /** Usual duration at this scale, for the plan and the remaining time. */
  expectedMs(scale: Scale): number;
  /** Longest duration before the runner ends it. Default: ten times the expected, at least a minute. */
  timeoutMs?(scale: Scale): number;
  /** Memory the check may add to the measuring process, in bytes. Default 1 GiB. */
  readonly memoryBudgetBytes?: number;
  /** Set where the check itself ends the target's process, so that its death is no news. */
  readonly endsTarget?: boolean;
  /** Measures. @throws Error in words where it could not; what was to be measured is then not measured, with them as the reason */
  run(context: CheckContext): Promise<CheckOutcome>;
}
