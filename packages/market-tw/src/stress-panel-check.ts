import { join } from 'node:path';
import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  type Measurement,
  meanInterval,
  type PipelineRun,
  proportionInterval,
  type Series,
  type Unit,
} from '@preopen/core';
import { writeDataset } from './dataset-folder.ts';
import { forwardReturns } from './panel.ts';
import { type Predictions, readPredictions } from './predictions.ts';
import { historicalScenarios } from './scenarios/historical-scenario.ts';
import { scenarioLibrary } from './scenarios/library.ts';
import type { Scenario, StressedMarket } from './scenarios/scenario.ts';
import { simulatedHorizonDays } from './simulate.ts';
import { coverageOf, predictedWhileHalted } from './stress/coverage.ts';
import { marketDaysSeries } from './stress/market-days.ts';
import { type MemoryWatch, watchMemory } from './stress/peak-memory.ts';
import { sectorConcentration } from './stress/sector-concentration.ts';
import { dailyIcs, icChange, roughSessions, splitIcs } from './stress/signal-under-stress.ts';

/** Every scenario of the library and every sourced period of history. */
export const panelScenarios: readonly Scenario[] = [...scenarioLibrary, ...historicalScenarios];

/** What a check writes of its scenario. */
export const panelStory = ({ title, story, hypothetical, source }: Scenario): string =>
  `${title}: ${story} ${hypothetical ? 'Hypothetical in kind or extent. ' : ''}Source: ${source}.`;

const metricNames = [
  'missingPredictions',
  'missingAfterHalt',
  'nonFinitePredictions',
  'duration',
  'peakRss',
  'predictedWhileHalted',
  'icStress',
  'icCalm',
  'icChange',
  'semiconductorShare',
  'semiconductorRisk',
] as const;
type MetricName = (typeof metricNames)[number];

const semiconductors = '24';
/** Stress takes a few weeks, and what leads up to it need not be a year: with more, thirty runs take hours and show no more. */
const longestDays = 126;

/** The specification allows half an hour for the features of the whole universe; a market under stress is far smaller. */
const defaultPipelineLimitMs = 1_800_000;
/** What simulating the market before, and measuring the predictions after the pipeline may take. */
const aroundMs = 600_000;

/** What became of a pipeline on a market under stress. */
interface StressRun {
  readonly run: PipelineRun;
  readonly peakBytes: number | undefined;
  /** It went on to its limit and was ended. */
  readonly wasEnded: boolean;
}

async function runPipeline(
  scenario: Scenario,
  market: StressedMarket,
  context: CheckContext,
  limitMs: number,
): Promise<StressRun> {
  const inputDir = join(context.workDir, `${scenario.id}-input`);
  await writeDataset(market.panel, inputDir, {
    source: 'simulated',
    origin: market.origin,
    horizonDays: simulatedHorizonDays,
  });
  let watch: MemoryWatch | undefined;
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    const run = await context.pipeline!.run({
      inputDir,
      outputDir: join(context.workDir, `${scenario.id}-output`),
      signal: AbortSignal.any([context.signal, limit.signal]),
      onStart: (process) => {
        watch = watchMemory(process);
        timer = setTimeout(() => limit.abort(), limitMs);
      },
    });
    return { run, peakBytes: watch?.stop(), wasEnded: limit.signal.aborted };
  } finally {
    clearTimeout(timer);
    watch?.stop();
  }
}

type Entry = [name: MetricName, measurement: Omit<Measurement, 'metric'> | undefined, reason: string];

interface Figures {
  readonly measured: Partial<Record<MetricName, Omit<Measurement, 'metric'>>>;
  readonly reasons: Partial<Record<MetricName, string>>;
  readonly series: readonly Series[];
}

function figuresOf(entries: readonly Entry[], series: readonly Series[] = []): Figures {
  const measured: Partial<Record<MetricName, Omit<Measurement, 'metric'>>> = {};
  const reasons: Partial<Record<MetricName, string>> = {};
  for (const [name, measurement, reason] of entries) {
    if (measurement) measured[name] = measurement;
    else reasons[name] = reason;
  }
  return { measured, reasons, series };
}

const one = (value: number, unit: Unit): Omit<Measurement, 'metric'> => ({ value, unit, samples: 1 });

/** What a run took. */
const resources = ({ run, peakBytes }: StressRun): Entry[] => [
  ['duration', one((run.endMs - run.startMs) / 1000, 's'), ''],
  ['peakRss', peakBytes === undefined ? undefined : one(peakBytes, 'bytes'), 'there is no /proc to read memory from'],
];

/** The figures of a run, and for those that there are none of the reason. */
function measure(market: StressedMarket, stressed: StressRun, predictions: Predictions): Figures {
  const { panel, stressDays } = market;
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const coverage = coverageOf(panel, predictions);
  const halts = predictedWhileHalted(
    panel,
    predictions,
    stressDays.filter((day) => day >= coverage.firstDay),
  );
  const returns = forwardReturns(panel, simulatedHorizonDays);
  const ics = splitIcs(predictions.values, returns, shape, roughSessions(panel, stressDays));
  const change = icChange(ics);
  const sector = sectorConcentration(panel, predictions.values, returns, semiconductors);
  const share = (part: number, whole: number, how: string): Omit<Measurement, 'metric'> | undefined =>
    whole === 0 ? undefined : { value: part / whole, unit: 'ratio', samples: whole, how };
  const meanIc = (values: readonly number[]): Omit<Measurement, 'metric'> | undefined => {
    if (values.length < 2) return undefined;
    const { mean, interval } = meanInterval(values);
    return { value: mean, unit: 'ratio', samples: values.length, interval };
  };
  const entries: Entry[] = [
    [
      'missingPredictions',
      share(
        coverage.missing,
        coverage.owed,
        'of the stocks that traded, from the first predicted day on, after 25 sessions of their own',
      ),
      'the pipeline predicted nothing',
    ],
    [
      'missingAfterHalt',
      share(coverage.missingAfterHalt, coverage.owedAfterHalt, 'of those within five sessions after a halt'),
      'no stock came back from a halt after the first predicted day',
    ],
    ['nonFinitePredictions', { value: predictions.nonFinite, unit: 'count', samples: predictions.rows }, ''],
    ...resources(stressed),
    [
      'predictedWhileHalted',
      halts.halted === 0
        ? undefined
        : {
            value: halts.predicted / halts.halted,
            unit: 'ratio',
            samples: halts.halted,
            interval: proportionInterval(halts.predicted, halts.halted),
          },
      'no stock is halted under this stress',
    ],
    ['icStress', meanIc(ics.stress), 'fewer than two predicted sessions lie in the stress'],
    ['icCalm', meanIc(ics.calm), 'fewer than two predicted sessions lie outside the stress'],
    ['icChange', change && { ...change, unit: 'ratio' }, 'fewer than two predicted sessions of either kind'],
    [
      'semiconductorShare',
      Number.isNaN(sector.share)
        ? undefined
        : { value: sector.share, unit: 'ratio', samples: sector.days, how: 'of the top tenth of predictions' },
      'no day has ten predictions',
    ],
    [
      'semiconductorRisk',
      Number.isNaN(sector.risk)
        ? undefined
        : { value: sector.risk, unit: 'ratio', samples: sector.days, how: 'of the variance of the top tenth’s return' },
      'fewer than ten days have ten predictions',
    ],
  ];
  const days = { stressDays, ics: dailyIcs(predictions.values, returns, shape) };
  return figuresOf(entries, [marketDaysSeries(panel, days)]);
}

/** A pipeline that was ended has a duration and a peak, and no predictions to speak of. */
const figuresOfEnded = (stressed: StressRun, limitMs: number): Figures => {
  const reason = `the pipeline still ran after its limit of ${limitMs / 1000} s, and was ended`;
  const taken = resources(stressed);
  const others = metricNames.filter((name) => taken.every(([other]) => other !== name));
  return figuresOf([...taken, ...others.map((name): Entry => [name, undefined, reason])]);
};

/** What a program said at its end, without the places in Node's own code that follow an error. */
const withoutFrames = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.trim() !== '' && !/^\s*at |^Node\.js v/.test(line));

/** @throws Error if the pipeline failed, or predicted nothing */
async function figuresOfPredictions(scenario: Scenario, market: StressedMarket, stressed: StressRun): Promise<Figures> {
  const { exit, lastWords, outputDir } = stressed.run;
  if (exit.code !== 0) {
    throw new Error(
      `the pipeline did not survive “${scenario.title}”: it ended with ${exit.signal ?? `code ${exit.code}`}; its last words: ${withoutFrames(lastWords).slice(-3).join(' ⏎ ')}`,
    );
  }
  const figures = measure(market, stressed, await readPredictions(outputDir, market.panel));
  if (figures.measured.missingPredictions === undefined)
    throw new Error(`the pipeline predicted nothing under “${scenario.title}”`);
  return figures;
}

async function runScenario(scenario: Scenario, context: CheckContext, limitMs: number): Promise<CheckOutcome> {
  const { stocks } = context.scale;
  const days = Math.min(context.scale.days, longestDays);
  context.emit({ type: 'progress', message: `simulating: ${scenario.title}` });
  const market = scenario.simulate({ stocks, days, seed: context.seed });
  context.emit({ type: 'progress', message: `the pipeline runs on it: ${scenario.title}` });
  const stressed = await runPipeline(scenario, market, context, limitMs);
  context.signal.throwIfAborted();
  const { measured, reasons, series } = stressed.wasEnded
    ? figuresOfEnded(stressed, limitMs)
    : await figuresOfPredictions(scenario, market, stressed);
  const named = (name: string): string => `taiwan.${scenario.id}.${name}`;
  return {
    measurements: Object.entries(measured).map(([name, measurement]) => ({ metric: named(name), ...measurement })),
    notMeasured: Object.entries(reasons).map(([name, reason]) => ({ metric: named(name), reason })),
    series,
    evidence: [],
    notes: [
      panelStory(scenario),
      `${market.stressDays.length} sessions of stress, ${market.haltedCells} stock-days halted, ${market.limitCells} closed at a limit.`,
    ],
  };
}

/**
 * A pipeline gets the market of a scenario and must finish within its limits of time and memory, cover what traded, and predict finite numbers. Measured with it:
 * rank IC under stress beside calm days, predictions for halted stocks and after their return, what semiconductors make up of
 * the predictions' top tenth and of its risk.
 */
export function stressedPanelCheck(
  scenario: Scenario,
  {
    pipelineLimitMs = defaultPipelineLimitMs,
  }: {
    /** A pipeline that runs longer is ended, and its duration until then is what was measured. Default half an hour. */
    readonly pipelineLimitMs?: number;
  } = {},
): Check {
  return {
    id: `taiwan/panel-${scenario.id}`,
    title: `${scenario.title}: the pipeline survives it`,
    metrics: metricNames.map((name) => `taiwan.${scenario.id}.${name}`),
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 2500 + stocks * Math.min(days, longestDays) * 0.1,
    timeoutMs: () => pipelineLimitMs + aroundMs,
    run: (context) => runScenario(scenario, context, pipelineLimitMs),
  };
}
