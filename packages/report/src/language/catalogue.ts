import type { Verdict } from '@preopen/core';

/** Languages that pages are written in. */
export type Language = 'en' | 'zh-TW';

/** Parts of the page. */
export type SectionId =
  | 'summary'
  | 'requirements'
  | 'latency'
  | 'throughput'
  | 'memory'
  | 'signal'
  | 'taiwan'
  | 'recovery'
  | 'scaling'
  | 'other'
  | 'history'
  | 'environment'
  | 'figures'
  | 'glossary';

/** A figure as it stands in a sentence: written, with its unit. Sentences about a run are made of these alone. */
export type Figure = string;

/** A requirement as sentences speak of it. */
export interface RequirementWords {
  readonly name: string;
  readonly value: Figure;
  /** `58.9 ms to 64.1 ms`; empty where there is none. */
  readonly interval: string;
  readonly limit: Figure;
  /** Distance from the limit; empty where it cannot be told. */
  readonly margin: string;
  readonly reason: string;
}

export interface Counts {
  readonly required: number;
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  readonly notMeasured: number;
}

/** All that a page says in one language. Both languages have the same keys, or the compiler complains. */
export interface Catalogue {
  readonly language: Language;
  /** Title of the page: what was run, on what. */
  readonly verdicts: Readonly<Record<Verdict, string>>;
  /** The run as a whole, in two or three words. */
  readonly standing: Readonly<Record<Verdict | 'interrupted' | 'nothing', string>>;
  readonly sections: Readonly<Record<SectionId, string>>;
  /** What a section answers, one sentence. */
  readonly questions: Readonly<Record<SectionId, string>>;
  readonly labels: {
    readonly reportOf: (target: string, suite: string) => string;
    readonly skipToContent: string;
    readonly menu: string;
    readonly theme: string;
    readonly print: string;
    readonly verdict: string;
    readonly requirement: string;
    readonly limit: string;
    readonly measured: string;
    readonly interval: string;
    readonly unbounded: string;
    readonly margin: string;
    /** Rows of requirements that are folded away. */
    readonly morePassed: (count: string) => string;
    readonly marginHelp: string;
    readonly samples: string;
    readonly askedBy: string;
    readonly notRequired: string;
    readonly metric: string;
    readonly how: string;
    readonly reason: string;
    readonly check: string;
    readonly status: string;
    readonly took: string;
    readonly notMeasured: string;
    readonly notRun: string;
    readonly evidence: string;
    readonly notes: string;
    readonly tableOf: (rows: string) => string;
    readonly saveCsv: string;
    readonly chartOf: (title: string) => string;
    readonly noHistory: string;
    readonly noMeasurement: string;
    readonly allFiguresOf: string;
    readonly run: string;
    readonly tool: string;
    readonly target: string;
    readonly targetDigest: string;
    readonly data: string;
    readonly seed: string;
    readonly seedGiven: string;
    readonly system: string;
    readonly processor: string;
    readonly memory: string;
    readonly otherWork: string;
    readonly unreadable: string;
    readonly started: string;
    readonly duration: string;
    readonly scale: string;
    readonly none: string;
    readonly quiet: string;
    readonly noisy: string;
    readonly noiseOf: string;
    readonly foreignCpu: string;
    readonly steal: string;
    readonly pressure: string;
    readonly calibration: string;
    readonly changed: string;
    readonly spoilt: string;
    readonly inThisRun: string;
    readonly changesHelp: string;
    readonly page: string;
    readonly fault: string;
    /** Pauses of at least a length, and the longest. */
    readonly gcMarks: (count: Figure, least: Figure, longest: Figure) => string;
    readonly gcPauses: (looks: number) => string;
    readonly requestsOverTime: string;
    readonly withoutLimit: string;
    readonly ofChecks: (count: number) => string;
    readonly answered: string;
    readonly partlyFailed: string;
    readonly failedRequests: string;
    readonly allGroups: string;
    readonly dayMean: (days: number) => string;
    readonly achievedShare: string;
    readonly notHeld: string;
    readonly generatorLate: string;
    readonly runs: string;
    readonly fit: string;
    readonly value: string;
    readonly failedCheck: string;
    readonly definition: string;
  };
  /** What a run is about, for the line below the verdict. */
  readonly scaleOf: (stocks: string, days: string, users: string) => string;
  readonly completed: Readonly<Record<'completed' | 'failed' | 'skipped', string>>;
  /** Sentences of the summary. */
  readonly summary: {
    readonly why: string;
    readonly undecided: string;
    readonly unproven: string;
    readonly holds: string;
    readonly beyond: string;
    readonly uncovered: string;
    readonly next: string;
    readonly conditions: string;
    readonly counts: (counts: Counts) => string;
    readonly interrupted: (measured: Figure) => string;
    readonly nothingRequired: (measured: Figure) => string;
    readonly failed: (of: RequirementWords) => string;
    readonly undecidedOf: (of: RequirementWords) => string;
    readonly unmeasured: (of: Pick<RequirementWords, 'name' | 'limit' | 'reason'>) => string;
    readonly held: (of: RequirementWords) => string;
    readonly more: (count: Figure) => string;
    readonly scenarios: (kept: Figure, of: Figure) => string;
    /** Faults on purpose, failures of the market and wrong data. */
    readonly failures: (kept: Figure, of: Figure) => string;
    readonly recovery: (faults: Figure, slowest: Figure) => string;
    /** Parts of the page of which the run has no check at all. */
    readonly uncoveredOf: (sections: readonly string[], checks: Figure, suite: string) => string;
    readonly nextFailed: (count: Figure, where: string) => string;
    readonly nextUnmeasured: (count: Figure, command: string) => string;
    readonly nextUndecided: (count: Figure) => string;
    readonly nextPassed: (count: Figure) => string;
    readonly machine: (cores: Figure, memory: Figure, foreign: Figure) => string;
    readonly scale: (stocks: Figure, days: Figure, seed: Figure, took: Figure) => string;
    readonly notCertificate: (pass: Figure, required: Figure) => string;
  };
  /** What a chart shows, in a sentence with its figures. */
  readonly captions: {
    readonly percentiles: (of: { p95: Figure; tail: Figure; oneIn: Figure }) => string;
    readonly histogram: (of: { low: Figure; high: Figure; requests: Figure }) => string;
    readonly overTime: (of: { slowest: Figure; at: Figure; stalls: Figure }) => string;
    readonly stages: (of: { stage: string; middle: Figure; tail: Figure }) => string;
    readonly batchSize: (of: { fixed: Figure; perStock: Figure }) => string;
    readonly capacity: (of: { held: Figure; limit: Figure; interval: string }) => string;
    readonly scalability: (of: { knee: Figure; most: Figure; at: Figure }) => string;
    readonly memory: (of: { peak: Figure; at: Figure }) => string;
    readonly largest: (of: { name: string; value: Figure }) => string;
    readonly icByDate: (of: { mean: Figure; interval: string; positive: Figure; days: Figure }) => string;
    /** Sessions of the folds: the least and the most that a fold has. */
    readonly folds: (of: {
      folds: Figure;
      training: { least: Figure; most: Figure };
      leftOut: { least: Figure; most: Figure };
      test: { least: Figure; most: Figure };
    }) => string;
    readonly decay: (of: { first: Figure; firstAt: string; last: Figure; lastAt: string }) => string;
    readonly quantiles: (of: { top: Figure; bottom: Figure }) => string;
    readonly sectors: (of: { best: string; most: Figure; worst: string; least: Figure }) => string;
    readonly growth: (of: { after: Figure; market: Figure; days: Figure }) => string;
    readonly recovery: (of: { failed: Figure; answered: Figure; slowest: Figure }) => string;
    readonly recoveries: (of: { measured: Figure; of: Figure; slowest: Figure; fault: string }) => string;
    readonly functions: (of: { name: string; tail: Figure; middle: Figure }) => string;
    readonly scale: (of: { exponent: Figure; interval: string }) => string;
    readonly sameEverywhere: (of: { value: Figure; of: Figure }) => string;
    readonly span: (of: { low: Figure; high: Figure; of: Figure }) => string;
    readonly history: (of: { runs: Figure; low: Figure; high: Figure; changes: readonly Figure[] }) => string;
  };
  /** `58.9 ms to 64.1 ms`. */
  readonly range: (low: Figure, high: Figure) => string;
  readonly below: (share: Figure) => string;
  readonly above: (share: Figure) => string;
  /** The value is the limit. */
  readonly atLimit: string;
  readonly times: (factor: Figure) => string;
  readonly confidence: (share: Figure, method: string) => string;
  /** What a history holds, in a sentence. */
  readonly historyOf: (of: { runs: Figure; series: Figure; changed: Figure }) => string;
  /** Of the latest runs none measured a metric. */
  readonly missedSince: (runs: number) => string;
  /** `−5 s`. */
  readonly seconds: (value: number) => string;
  readonly limitOf: (limit: Figure) => string;
  /** Dates and times of the market’s city. */
  readonly when: (iso: string) => string;
  /** A metric's name for people; `undefined` for one that is not known. */
  readonly metric: (id: string) => string | undefined;
  /** A word or title that checks say in English, in this language; `undefined` where it has none. */
  readonly term: (english: string) => string | undefined;
  readonly glossary: readonly (readonly [term: string, meaning: string])[];
}
