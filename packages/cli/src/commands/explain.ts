import { type Check, declaresMetric, didYouMean, InputError, matchesPattern } from '@preopen/core';
import { faultKinds, type TaiwanFaultEntry, taiwanFaults } from '@preopen/failover';
import { builtinChecks } from '../checks.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { conditionExplanations } from '../explanations/conditions.ts';
import { explanationOf } from '../explanations/metrics.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { builtinSuites, type SuiteOutline } from '../suites.ts';
import { formatClock } from '../terminal/duration.ts';
import { wrap } from '../terminal/table.ts';

/** An answer: paragraphs under their headings, in order. */
interface Answer {
  readonly name: string;
  readonly kind: 'metric' | 'check' | 'suite' | 'fault' | 'condition';
  readonly parts: readonly (readonly [heading: string, text: string | readonly string[]])[];
}

const capabilities = {
  service: 'a service, by address, command or module',
  'service-process': 'a service that is started here (command or module), so that its process is known',
  pipeline: 'a pipeline, by command or module',
  dataset: 'a dataset, simulated or of your own',
  'simulated-dataset': 'the simulated market, whose true signal is known',
} as const;

const suitesWith = (check: string): readonly string[] =>
  builtinSuites
    .filter(({ checks }) => checks.some((pattern) => matchesPattern(check, pattern)))
    .map(({ name }) => name);

const requirementsOn = (metric: string): readonly string[] => [
  ...new Set(
    builtinSuites.flatMap(({ requirements }) =>
      requirements
        .filter((requirement) => requirement.metric === metric)
        .map(({ expression, source }) => `${expression} (${source})`),
    ),
  ),
];

function explainMetric(metric: string, checks: readonly Check[]): Answer | undefined {
  const explanation = explanationOf(metric);
  const measuring = checks.filter((check) => declaresMetric(check.metrics, metric));
  if (!explanation || measuring.length === 0) return undefined;
  const requirements = requirementsOn(metric);
  return {
    name: metric,
    kind: 'metric',
    parts: [
      ['What it is', explanation.what],
      ['How it is measured', explanation.how],
      ['When it fails', explanation.whenItFails],
      [
        'Required',
        requirements.length > 0 ? requirements : 'by no built-in suite; add a limit to `requirements` in the config',
      ],
      ['Measured by', measuring.map(({ id }) => `${id}, in ${suitesWith(id).join(', ')}`)],
      ['Try', `preopen run --suite ${suitesWith(measuring[0]!.id)[0]} --only ${measuring[0]!.id}`],
    ],
  };
}

function explainCheck(check: Check): Answer {
  const suites = builtinSuites.filter(({ name }) => suitesWith(check.id).includes(name));
  return {
    name: check.id,
    kind: 'check',
    parts: [
      ['What it is', check.title],
      ['Needs', check.needs.map((need) => capabilities[need])],
      ['Gives', check.metrics.map((metric) => `${metric}: ${explanationOf(metric)?.what ?? ''}`)],
      [
        'In',
        suites.map(({ name, scale }) => `${name}, about ${formatClock(check.expectedMs(scale))} (minutes:seconds)`),
      ],
      ['Try', `preopen run --suite ${suites[0]!.name} --only ${check.id}`],
    ],
  };
}

function explainSuite({ name, title, scale, checks, requirements, notes }: SuiteOutline): Answer {
  return {
    name,
    kind: 'suite',
    parts: [
      ['What it is', [title, ...notes]],
      ['Scale', `${scale.stocks} stocks × ${scale.days} days, ${scale.users} users`],
      ['Checks', checks],
      ['Required', requirements.map(({ expression }) => expression)],
      ['Try', `preopen run --suite ${name} --validate-requirements`],
    ],
  };
}

function explainFault({ name, synopsis, title }: (typeof faultKinds)[number]): Answer {
  return {
    name,
    kind: 'fault',
    parts: [
      ['What it is', title],
      ['Written', synopsis],
      [
        'How it is measured',
        'Open-loop requests find a steady state first; the fault is done, verified, undone, and the requests go on until the target is steady again. What it would touch is written to a journal before, so that a killed run is undone too.',
      ],
      ['Try', [`preopen failover --fault ${name}`, `preopen explain recovery.${name}.timeToSteadyState`]],
    ],
  };
}

const waysOfComing = {
  dataset: 'to a pipeline, in its dataset: the run is held against one on the same data without the failure',
  requests: 'to a service, in its requests: the same rows are to have the same predictions, wherever they stand',
  prints:
    'to a pipeline that reads prints.csv and as-of.csv and writes live.csv (asOfMs, stock, prediction, flag); any other is not measured',
  load: 'to a service, under load: steady state, fault, undo, and the time until it is steady again',
} as const;

function explainTaiwanFault({ id, title, story, intensity, comes }: TaiwanFaultEntry): Answer {
  return {
    name: id,
    kind: 'fault',
    parts: [
      ['What it is', `${title}. ${story}`],
      ['Written', `${id}[:INTENSITY], from 0 (nothing) to 1 (all of it, without a number)`],
      ['Intensity', `The ${intensity}.`],
      ['How it comes', comes.map((way) => waysOfComing[way])],
      ['Try', [`preopen failover --fault ${id}:0.4`, `preopen failover --fault ${id} --frontier`]],
    ],
  };
}

/** A condition of a certificate, by the id that whoever verifies accepts it with. */
function explainCondition(id: string): Answer | undefined {
  if (!Object.hasOwn(conditionExplanations, id)) return undefined;
  const { what, whatToDo } = conditionExplanations[id as keyof typeof conditionExplanations];
  return {
    name: id,
    kind: 'condition',
    parts: [
      ['What it is', what],
      ['What to do', whatToDo],
      ['Try', `preopen verify CERTIFICATE --key PUBLIC.pem --accept-condition ${id}`],
    ],
  };
}

/** Everything that can be explained, for suggestions and completion. */
export function explainable(): readonly string[] {
  const checks = builtinChecks();
  return [
    ...builtinSuites.map(({ name }) => name),
    ...checks.map(({ id }) => id),
    ...faultKinds.map(({ name }) => name),
    ...taiwanFaults.map(({ id }) => id),
    ...Object.keys(conditionExplanations),
    ...new Set(checks.flatMap(({ metrics }) => metrics)),
  ];
}

function answerTo(name: string): Answer {
  const checks = builtinChecks();
  const suite = builtinSuites.find((one) => one.name === name);
  if (suite) return explainSuite(suite);
  const check = checks.find(({ id }) => id === name);
  if (check) return explainCheck(check);
  const metric = explainMetric(name, checks);
  if (metric) return metric;
  const fault = faultKinds.find((one) => one.name === name);
  if (fault) return explainFault(fault);
  const failure = taiwanFaults.find(({ id }) => id === name.toLowerCase());
  if (failure) return explainTaiwanFault(failure);
  const condition = explainCondition(name);
  if (condition) return condition;
  throw new InputError(
    `nothing is known of “${name}”. Give a metric, a check, a suite, a fault or a condition of a certificate; preopen list and preopen failover list tell most of them.${didYouMean(name, explainable())}`,
    { code: 'E107' },
  );
}

/** `preopen explain`: what a metric, check or suite is, how it is measured, and what to do when it fails. */
export function explainCommand(name: string, json: boolean, streams: Streams): ExitCode {
  const answer = answerTo(name);
  if (json) {
    const parts = answer.parts.map(([heading, text]) => ({ heading, text }));
    streams.out.write(`${JSON.stringify({ ...answer, parts }, null, 2)}\n`);
    return exitCodes.ok;
  }
  const { colors, columns } = stylesOf(streams, 'auto').out;
  const width = Math.min(columns, 100) - 4;
  const lines = [`${colors.bold(answer.name)} ${colors.dim(`(${answer.kind})`)}`];
  for (const [heading, text] of answer.parts) {
    lines.push('', `  ${colors.bold(heading)}`);
    for (const paragraph of typeof text === 'string' ? [text] : text)
      lines.push(...wrap(paragraph, width).map((line) => `    ${line}`));
  }
  streams.out.write(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}
