import type { InferenceCodec } from './inference.ts';
import type { Requirement } from './requirement.ts';
import type { ServiceModelFile, ServiceUpstream, TargetConfig } from './target.ts';

/** A service as users write it: exactly one of `url`, `command` and `module`. */
export interface ServiceInput {
  url?: string;
  command?: readonly string[];
  module?: string;
  /** With `command`: answers 2xx once the service is ready. Default: `url` + `/v2/health/ready`. */
  readyUrl?: string;
  /** The model's name in the protocol's paths. Default `model`. */
  model?: string;
  /** Another API than the Open Inference Protocol; only in config files that are code. */
  codec?: InferenceCodec;
  /** CSV of feature rows to send. */
  samples?: string;
  features?: number;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  readyTimeoutMs?: number;
  graceMs?: number;
  /**
   * What the service asks itself, by names of your own: `{ features: { env: 'FEATURE_STORE_URL', url: 'http://127.0.0.1:9000' } }`.
   * The variable holds that address, or that of a proxy while a fault is to come between the two.
   */
  upstreams?: Readonly<Record<string, ServiceUpstream>>;
  /**
   * The file of the model that the service serves, and how it reads it again: `{ path: 'model.txt', reload: 'SIGHUP' }`, or an
   * address that takes POST. Faults damage it for a time and put it back as it was.
   */
  modelFile?: ServiceModelFile;
}

/** A pipeline as users write it: exactly one of `command` and `module`. */
export interface PipelineInput {
  command?: readonly string[];
  module?: string;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

/** A target as users write it; at least one of the two. */
export interface TargetInput {
  service?: ServiceInput;
  pipeline?: PipelineInput;
}

/** A suite of one's own, as a change to another. */
export interface SuiteInput {
  /** `quick`, `comprehensive`, `taiwan`, `failover`, `load`, `all`, or another suite of the config. */
  extends?: string;
  stocks?: number;
  days?: number;
  users?: number;
  /** Ids of checks to run; `*` stands for any text. */
  only?: readonly string[];
  skip?: readonly string[];
  /** In place of the config's requirements. */
  requirements?: readonly string[];
}

/** What stands in `preopen.config.{ts,mts,js,mjs,json}`. */
export interface ConfigInput {
  $schema?: string;
  targets?: Readonly<Record<string, TargetInput>>;
  /** Replaces the suite's requirements, one expression each. */
  requirements?: readonly string[];
  suites?: Readonly<Record<string, SuiteInput>>;
  /** The target that is run if none is named. Default: the first one. */
  target?: string;
  /** Folder or file of market data in place of the simulated market. */
  data?: string;
  seed?: number;
  outputDir?: string;
  /** What a run is shown in, beside the terminal: names of reporters, or files (`./mine.ts`) that define one. */
  reporters?: readonly string[];
}

/** A config that has been read and found right. */
export interface Config {
  /** The file; `undefined` where there is none. */
  readonly path: string | undefined;
  /** Where its relative paths start. */
  readonly dir: string;
  readonly targets: readonly TargetConfig[];
  /** `undefined`: the suite's own. */
  readonly requirements: readonly Requirement[] | undefined;
  readonly suites: Readonly<Record<string, SuiteInput & { parsedRequirements?: readonly Requirement[] }>>;
  readonly target: string | undefined;
  readonly data: string | undefined;
  readonly seed: number | undefined;
  readonly outputDir: string | undefined;
  readonly reporters: readonly string[] | undefined;
}

/** Gives a config file its types; returns what it was given. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
