import type { CheckId } from './check.ts';
import type { Evidence, Measurement, MetricId, Series } from './measurement.ts';
import type { Requirement } from './requirement.ts';

/** What a requirement came to. What was not measured never counts as passed. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'not-measured';

/** A requirement held against what was measured: what was not measured has a reason, never a value. */
export type JudgedRequirement = Requirement &
  (
    | { readonly verdict: 'pass' | 'fail'; readonly measured: Measurement; readonly reason: string }
    | { readonly verdict: 'inconclusive'; readonly measured: Measurement; readonly reason: string }
    | { readonly verdict: 'not-measured'; readonly reason: string }
  );

/** How much of the machine others used while a check ran. */
export interface NoiseReading {
  /** Share of all cores taken by processes outside the measurement, 0 to 1; `null` where it cannot be read. */
  readonly foreignCpuShare: number | null;
  /** Share of all cores that the hypervisor gave to others; `null` where it cannot be read. */
  readonly stealShare: number | null;
  /** Pressure stall information, share of time in which some task waited for a CPU; `null` where absent. */
  readonly cpuPressureShare: number | null;
  /** Time of a fixed piece of arithmetic before and after, against its best; 1 is undisturbed. */
  readonly calibrationRatio: number | null;
  /** Set where the readings say that figures of time taken now cannot be trusted. */
  readonly contaminated: boolean;
  /** Sentence with the figures; empty where nothing disturbed. */
  readonly reason: string;
}

/** The machine that measured. */
export interface Environment {
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
  /** `docker`, `podman`, `kubernetes`, `lxc` …, or `null` outside of containers. */
  readonly container: string | null;
  readonly cgroup: {
    readonly version: 1 | 2 | null;
    readonly memoryLimitBytes: number | null;
    readonly cpuLimitCores: number | null;
  };
  /** Frequency governor, such as `performance`; `null` where it cannot be read. */
  readonly cpuGovernor: string | null;
  /** The whole run's noise. */
  readonly noise: NoiseReading;
}

/** What became of one check. */
export interface CheckResult {
  readonly id: CheckId;
  readonly title: string;
  readonly status: 'completed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; absent for a completed check. */
  readonly reason?: string;
  /** ISO date and time; `null` for a skipped check. */
  readonly startedAt: string | null;
  readonly durationMs: number;
  readonly noise: NoiseReading | null;
  readonly measurements: readonly Measurement[];
  readonly notMeasured: readonly { readonly metric: MetricId; readonly reason: string }[];
  readonly series: readonly Series[];
  readonly evidence: readonly Evidence[];
  readonly notes: readonly string[];
}

/** One run on one target: everything that any page, table or certificate shows comes from here. */
export interface Results {
  readonly schemaVersion: 1;
  readonly run: {
    readonly id: string;
    readonly suite: string;
    /** ISO date and time. */
    readonly startedAt: string;
    readonly durationMs: number;
    readonly seed: number;
    /** Whether the seed was given by hand. */
    readonly seedGiven: boolean;
    readonly scale: { readonly stocks: number; readonly days: number; readonly users: number };
    readonly tool: { readonly name: string; readonly version: string };
    /** `interrupted`: ended by the user; what was measured until then is here. */
    readonly status: 'completed' | 'interrupted';
  };
  readonly environment: Environment;
  readonly target: {
    readonly name: string;
    readonly kind: readonly ('service' | 'pipeline')[];
    /** `sha256:…` over the target's description; what a URL serves is not part of it. */
    readonly digest: string;
    /**
     * How closely the digest binds: `bytes` hashed the contents of a file of each command or module, `process` only
     * describes how it was started, `declared` knows (a part of) it by an address alone, which may serve another thing
     * tomorrow. Absent in results of releases that did not tell: nothing may be concluded from that.
     */
    readonly binding?: 'bytes' | 'process' | 'declared';
    /** How it was started or reached, for people. */
    readonly description: string;
  };
  readonly dataset: {
    readonly source: 'simulated' | 'files' | 'none';
    readonly stocks: number;
    readonly days: number;
    /** `sha256:…`; `null` where no check needed data. */
    readonly digest: string | null;
    readonly origin: string;
  };
  readonly checks: readonly CheckResult[];
  readonly requirements: readonly JudgedRequirement[];
  readonly verdict: Verdict;
  /** Sentences about the run as a whole, such as what this suite does not judge. */
  readonly notes: readonly string[];
}
