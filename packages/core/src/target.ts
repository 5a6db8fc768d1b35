import type { EncodedRequest, InferenceBatch, InferenceCodec, ModelMetadata, OutcomeKind, Reply } from './inference.ts';

/** A system under test, as a config describes it (already validated and in its long form). */
export interface TargetConfig {
  readonly name: string;
  readonly service?: ServiceConfig;
  readonly pipeline?: PipelineConfig;
}

/** An online inference service. */
export type ServiceConfig = ServiceCommon &
  (
    | { readonly kind: 'url'; readonly url: string }
    | {
        readonly kind: 'command';
        /**
         * `{port}` in any argument, in `url`, `readyUrl` and the values of `env` is a free port of our choosing, `{workDir}` in
         * arguments and those values a folder of the run.
         */
        readonly command: readonly [string, ...string[]];
        readonly url?: string;
        readonly readyUrl: string;
        readonly cwd?: string;
        readonly env?: Readonly<Record<string, string>>;
      }
    | { readonly kind: 'module'; readonly module: string }
  );

/** Something that a service itself asks: a feature store, a cache, a broker. */
export interface ServiceUpstream {
  /** The environment variable from which the service learns the address. */
  readonly env: string;
  /** Where it really is, with a port; faults put a proxy in front of it. */
  readonly url: string;
}

/** The file of the model that a service serves, and how the service is told to read it again. */
export interface ServiceModelFile {
  /** `{workDir}` in it is the folder that the service’s command was given; relative to the config. */
  readonly path: string;
  /** `SIGHUP` to the process that was started, or an http address that takes POST, with `{port}` put in. */
  readonly reload: string;
}

/** What all kinds of service share. */
export interface ServiceCommon {
  /** Name of the model in the protocol's paths. */
  readonly model: string;
  /** Default: the Open Inference Protocol with binary tensors. */
  readonly codec?: InferenceCodec;
  /** CSV of feature rows (header, one row per stock) to send instead of rows drawn at random. */
  readonly samples?: string;
  /** Features per row, for services that do not say it themselves. */
  readonly features?: number;
  /** How long the service may take until it is ready. Default 60 000. */
  readonly readyTimeoutMs?: number;
  /** Time between SIGTERM and SIGKILL. Default 5000. */
  readonly graceMs?: number;
  /** What the service asks, by names of one's own; only of a service that we start. */
  readonly upstreams?: Readonly<Record<string, ServiceUpstream>>;
  /** For faults of the model’s file, which is damaged for a time and put back. */
  readonly modelFile?: ServiceModelFile;
}

/** A batch pipeline: `{input}` is the dataset folder, `{output}` the folder for `predictions.csv` or `.parquet`. */
export type PipelineConfig =
  | {
      readonly kind: 'command';
      readonly command: readonly [string, ...string[]];
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'module'; readonly module: string };

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Monotonic, on the clock of the run. */
  readonly atMs: number;
}

/** A process that we started, and all that it started. */
export interface TargetProcess {
  readonly pid: number;
  /** Process ids alive now: the process and its descendants, found from `/proc` (the process alone where there is none). */
  pids(): readonly number[];
  /** Resolves when the main process has ended, whoever ended it. */
  readonly exited: Promise<ProcessExit>;
  /** Set once it has ended. */
  exit(): ProcessExit | undefined;
  /** Last lines of its standard output and error, oldest first. */
  lastWords(lines?: number): readonly string[];
  /** File that holds its whole output. */
  readonly logPath: string;
  /** Sends a signal to the main process only. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM to all of the tree, SIGKILL to what is left after the grace period; resolves when all are gone. */
  /** Ends it and all that it started: first asked, then after the grace made to. */
  stop(graceMs?: number): Promise<void>;
}

/** One request and what became of it; times are monotonic milliseconds on the run's clock. */
export interface Exchange {
  readonly outcome: OutcomeKind;
  /** When the request was handed to the socket. */
  readonly sentMs: number;
  /** When the first byte of the answer came; `NaN` if none did. */
  readonly firstByteMs: number;
  readonly doneMs: number;
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  readonly reply?: Reply;
  readonly predictions?: Float64Array;
  /** What went wrong, for people. */
  readonly problem?: string;
}

/** What is added to the environment of a process, from what it would have without. */
export type EnvironmentChange = (
  before: Readonly<Record<string, string | undefined>>,
) => Readonly<Record<string, string>>;

/** A service that is up and ready. */
export interface RunningService {
  readonly name: string;
  readonly url: URL;
  readonly model: string;
  readonly codec: InferenceCodec;
  readonly metadata: ModelMetadata;
  /** Present where we started the service ourselves. */
  readonly process?: TargetProcess;
  /** What it asks itself, as far as the config says. */
  readonly upstreams?: Readonly<Record<string, ServiceUpstream>>;
  /** The file of its model, absolute, and how it reads it again, as far as the config says. */
  readonly modelFile?: ServiceModelFile;
  /** Milliseconds from start to ready; `undefined` for a service that was already running. */
  readonly startMs: number | undefined;
  /**
   * Feature rows to score: the user's samples, else standard normal values from the seed.
   * @param rows any number; samples are cycled
   */
  batch(rows: number, seed: number): InferenceBatch;
  /** Sends one request over a keep-alive connection and checks the answer. Never rejects. */
  send(request: EncodedRequest, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Exchange>;
  /**
   * Starts the service again after its process has ended, on the same address, and waits until it is ready.
   * @param environment what to add to the environment of the process, from what it has
   */
  restart?(signal: AbortSignal, environment?: EnvironmentChange): Promise<RunningService>;
  /**
   * Starts a second instance beside it, by the same command, on an address and with a log of its own, and waits until it is
   * ready; whoever starts it stops it. Absent where the address is fixed by the config or the service was not started by us.
   */
  startBeside?(signal: AbortSignal): Promise<RunningService>;
  /** Ends it and all that it started. */
  stop(): Promise<void>;
}

/** One stage of a pipeline run. */
export interface StageTiming {
  readonly stage: string;
  readonly startMs: number;
  /** `undefined` where the pipeline ended without closing the stage. */
  readonly endMs: number | undefined;
  /** Rows the pipeline says it handled. */
  readonly rows?: number;
}

/** What a pipeline run left behind. */
export interface PipelineRun {
  readonly outputDir: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly exit: ProcessExit;
  readonly stages: readonly StageTiming[];
  readonly lastWords: readonly string[];
  readonly logPath: string;
}

/** A pipeline that can be run on a dataset, as often as checks like. */
export interface PipelineTarget {
  readonly name: string;
  /**
   * Runs the pipeline to its end. Resolves however it ends: look at `exit`.
   * Stages are announced by NDJSON lines on its standard output:
   * `{"stage":"features","event":"start"}` and `{"stage":"features","event":"end","rows":504000}`.
   */
  run(request: {
    readonly inputDir: string;
    readonly outputDir: string;
    readonly signal: AbortSignal;
    /** What to add to the environment of the process, from what it has. */
    readonly environment?: EnvironmentChange;
    /** Called once the process is there, before it has done anything; for memory watching and faults. */
    readonly onStart?: (process: TargetProcess) => void;
    readonly onStage?: (event: { stage: string; event: 'start' | 'end'; atMs: number; rows?: number }) => void;
  }): Promise<PipelineRun>;
}
