import {
  type Check,
  type Config,
  coreRequirements,
  declaresMetric,
  didYouMean,
  filterSuite,
  fullScaleRequirements,
  InputError,
  matchesPattern,
  parseRequirement,
  type Requirement,
  type Scale,
  type Suite,
} from '@preopen/core';
import { failoverRequirements, taiwanFaultRequirements } from '@preopen/failover';
import { panelScenarios, serviceScenarios } from '@preopen/market-tw';
import { taiwanMarket } from './taiwan-market.ts';

/** A suite before the config and the flags have had their say. */
export interface SuiteOutline {
  readonly name: string;
  readonly title: string;
  readonly scale: Scale;
  /** Ids of its checks; `*` stands for any text. */
  readonly checks: readonly string[];
  readonly requirements: readonly Requirement[];
  readonly notes: readonly string[];
}

const design = (expression: string): Requirement => parseRequirement(expression, { source: 'design' });
const specification = (expression: string): Requirement => parseRequirement(expression, { source: 'specification' });
const ofMetrics = (...metrics: string[]): Requirement[] =>
  coreRequirements.filter(({ metric }) => metrics.includes(metric));

const fullScale: Scale = { stocks: 2000, days: 252, users: 50 };
const recovery = [...failoverRequirements(), ...taiwanFaultRequirements(taiwanMarket)];
/** Distance of a null market's IC from zero: an honest pipeline is beyond it once in 10,000 runs. */
const honesty = [
  ...['pit.violations', 'pit.differences', 'pit.survivorship'].map((metric) => design(`${metric} <= 0`)),
  design('ic.nullDeviations < 3.89'),
];
/** Bytes kept per 1000 requests: 128 B a request is what clean services stay below. Its interval is at 99.9 % (p < 0.001). */
const leak = [design('memory.service.leak < 128 kB')];
/** Services keep their latency, answer, and answer what was asked; refusing missing values is an answer. */
const serviceStress = serviceScenarios.flatMap(({ id, hasHoles = false }) => [
  design(`taiwan.${id}.errorShare < 1 %`),
  ...(hasHoles ? [] : [specification(`taiwan.${id}.p95 < 100 ms`), design(`taiwan.${id}.staleAnswers <= 0`)]),
]);
/** Pipelines finish in time and memory, cover every tradable stock, and predict finite numbers, whatever the scenario. */
const panelStress = panelScenarios.flatMap(({ id }) => [
  specification(`taiwan.${id}.missingPredictions <= 1 %`),
  specification(`taiwan.${id}.nonFinitePredictions <= 0`),
  specification(`taiwan.${id}.duration < 1800 s`),
  specification(`taiwan.${id}.peakRss < 16 GB`),
]);
const stress = [...serviceStress, ...panelStress, design('taiwan.halt-storm.missingAfterHalt <= 1 %')];

/** The six suites that come with the command. */
export const builtinSuites: readonly SuiteOutline[] = [
  {
    name: 'quick',
    title: 'for CI: each requirement of the specification once, at small scale',
    scale: { stocks: 100, days: 63, users: 2 },
    checks: ['latency/inference', 'load/throughput', 'memory/pipeline', 'scale/pipeline', 'signal/ic'],
    requirements: coreRequirements,
    notes: [
      'quick is for CI: it says nothing of Taiwan’s stress, of recovery, of leaks, or of a universe larger than it ran.',
    ],
  },
  {
    name: 'comprehensive',
    title: 'the full universe: each requirement of the specification at its scale',
    scale: fullScale,
    checks: ['latency/*', 'load/*', 'memory/pipeline', 'memory/service', 'memory/leak', 'scale/*', 'signal/*', 'pit/*'],
    requirements: [...coreRequirements, ...fullScaleRequirements, ...leak, ...honesty],
    notes: [],
  },
  {
    name: 'taiwan',
    title: 'price limits, halts and market stress as Taiwan has them',
    // Some thirty markets: at this scale the reference target is through them in a few minutes.
    scale: { stocks: 200, days: 84, users: 2 },
    checks: ['taiwan/*'],
    requirements: stress,
    notes: [],
  },
  {
    name: 'failover',
    title: 'faults on purpose, and the time until the target serves steadily again',
    scale: { stocks: 100, days: 63, users: 2 },
    checks: ['failover/*'],
    requirements: recovery,
    notes: [],
  },
  {
    name: 'load',
    title: 'latency and throughput under open and closed load, and the capacity',
    scale: { stocks: 2000, days: 63, users: 50 },
    checks: ['latency/*', 'load/*'],
    requirements: ofMetrics('latency.inference.p95', 'throughput.predictions', 'errors.rate'),
    notes: [],
  },
  {
    name: 'all',
    title: 'everything at full scale',
    scale: fullScale,
    checks: ['*'],
    requirements: [...coreRequirements, ...fullScaleRequirements, ...leak, ...honesty, ...stress, ...recovery],
    notes: [],
  },
];

/** What flags change of a suite. */
export interface SuiteChange {
  readonly stocks?: number;
  readonly days?: number;
  readonly users?: number;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** A built-in suite, or one of the config on top of the one that it extends. */
function outlineOf(name: string, config: Config, seen: readonly string[] = []): SuiteOutline & { change: SuiteChange } {
  const own = config.suites[name];
  const builtin = builtinSuites.find((suite) => suite.name === name);
  if (own) {
    if (seen.includes(name)) {
      throw new InputError(
        `suites.${name}.extends: the suites ${[...seen, name].join(' → ')} extend each other in a circle`,
        { code: 'E110' },
      );
    }
    const base = outlineOf(
      own.extends ?? (builtin ? name : 'comprehensive'),
      own.extends || !builtin ? config : { ...config, suites: {} },
      [...seen, name],
    );
    const { stocks = base.scale.stocks, days = base.scale.days, users = base.scale.users } = own;
    return {
      ...base,
      name,
      scale: { stocks, days, users },
      requirements: own.parsedRequirements ?? base.requirements,
      change: { only: own.only ?? base.change.only ?? [], skip: [...(base.change.skip ?? []), ...(own.skip ?? [])] },
    };
  }
  if (builtin) return { ...builtin, change: {} };
  const known = [...builtinSuites.map((suite) => suite.name), ...Object.keys(config.suites)];
  throw new InputError(`unknown suite “${name}”. Known are ${known.join(', ')}.${didYouMean(name, known)}`, {
    code: 'E103',
  });
}

/**
 * The suite that a run is to take: built-in or of the config, with the config's requirements and the flags on top.
 * @param ofThisTarget required besides by the built-in suites that measure it, such as of the upstreams that only this target has
 * @throws InputError for an unknown name, or a pattern that fits no check
 */
export function resolveSuite(
  name: string,
  config: Config,
  change: SuiteChange,
  checks: readonly Check[],
  ofThisTarget: readonly Requirement[] = [],
): Suite {
  const outline = outlineOf(name, config);
  const own = config.suites[name];
  const chosen = checks.filter(({ id }) => outline.checks.some((pattern) => matchesPattern(id, pattern)));
  for (const pattern of [...(change.only ?? []), ...(change.skip ?? [])]) {
    if (!checks.some(({ id }) => matchesPattern(id, pattern))) {
      const ids = checks.map(({ id }) => id);
      const groups = ids.map((id) => id.replace(/\/.*/, '/*'));
      throw new InputError(
        `no check is called “${pattern}”.${didYouMean(pattern, pattern.includes('*') ? groups : ids)} \`preopen list checks\` tells all; * stands for any text.`,
        { code: 'E104' },
      );
    }
  }
  return filterSuite(
    {
      name,
      checks: chosen,
      requirements: own?.parsedRequirements ??
        config.requirements ?? [
          ...outline.requirements,
          ...ofThisTarget.filter(({ metric }) => chosen.some(({ metrics }) => declaresMetric(metrics, metric))),
        ],
      scale: {
        stocks: change.stocks ?? outline.scale.stocks,
        days: change.days ?? outline.scale.days,
        users: change.users ?? outline.scale.users,
      },
      notes: outline.notes,
    },
    {
      only: [...(outline.change.only ?? []), ...(change.only ?? [])],
      skip: [...(outline.change.skip ?? []), ...(change.skip ?? [])],
    },
  );
}

/** Metrics that are required and that no check at all measures, in words: most likely misspelt. */
export function unmeasurable({ requirements }: Suite, checks: readonly Check[]): string[] {
  const known = checks.flatMap(({ metrics }) => metrics);
  return requirements
    .filter(({ metric }) => !checks.some(({ metrics }) => declaresMetric(metrics, metric)))
    .map(({ metric }) => `no check measures “${metric}”.${didYouMean(metric, known)}`);
}

/** Why no check of a suite gives a metric: where it is measured, or that nothing does. */
export function whereMeasured(metric: string, suite: Suite, checks: readonly Check[]): string {
  const measuring = checks.filter((check) => declaresMetric(check.metrics, metric));
  if (measuring.length === 0) {
    const known = checks.flatMap(({ metrics }) => metrics);
    return `no check measures “${metric}”.${didYouMean(metric, known)}`;
  }
  const suites = builtinSuites.filter((outline) =>
    measuring.some(({ id }) => outline.checks.some((pattern) => matchesPattern(id, pattern))),
  );
  return `${measuring.map(({ id }) => id).join(', ')} measures it, which is not in ${suite.name} but in ${suites.map((outline) => outline.name).join(', ')}`;
}
