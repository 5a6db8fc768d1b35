import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome, Measurement } from '@preopen/core';
import { writeDataset } from './dataset-folder.ts';
import type { Panel } from './panel.ts';
import { type Predictions, readPredictions } from './predictions.ts';
import { type SimulationRequest, simulatedHorizonDays, simulateMarket } from './simulate.ts';

/** A market in distress that a pipeline must survive. */
export interface PanelScenario {
  /** As in metric names. */
  readonly id: string;
  readonly title: string;
  /** What it is and where it comes from. */
  readonly story: string;
  readonly change: Partial<SimulationRequest>;
}

/** Scenarios that come with the package; each is the simulated market of the run's scale with something done to it. */
export const panelScenarios: readonly PanelScenario[] = [
  {
    id: 'crash',
    title: 'A crash over several days, with limit locks and a rebound',
    story:
      'three times the calm volatility, with market falls of 6, 4 and 10 % and a rise of 6 %, as in March 2020 and April 2025: hundreds of stocks lock at their limit, and what the limit cuts off is carried over',
    change: {
      stress: 3,
      shocks: [
        { daysFromEnd: 14, logReturn: -0.04 },
        { daysFromEnd: 13, logReturn: -0.06 },
        { daysFromEnd: 12, logReturn: 0.06 },
        { daysFromEnd: 8, logReturn: -0.105 },
      ],
    },
  },
];

/** What a pipeline owes: a finite prediction for each stock that traded, on every day from its first prediction on. */
export function coverageOf(
  panel: Panel,
  predictions: Predictions,
): { owed: number; missing: number; firstDay: number } {
  const n = panel.stocks.length;
  const first = predictions.values.findIndex((value) => !Number.isNaN(value));
  const firstDay = first < 0 ? panel.dates.length : Math.floor(first / n);
  let owed = 0;
  let missing = 0;
  // A stock needs some days of history before anything can be said of it; the last day's return lies beyond the panel.
  const history = new Uint16Array(n);
  for (let t = 0; t < panel.dates.length; t++) {
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      if (Number.isNaN(panel.fields.close[at]!)) continue;
      if (t >= firstDay && history[i]! >= requiredHistoryDays) {
        owed++;
        if (Number.isNaN(predictions.values[at]!)) missing++;
      }
      history[i]!++;
    }
  }
  return { owed, missing, firstDay };
}

/** Sessions of a stock before a prediction can be asked for it. */
const requiredHistoryDays = 25;

async function runScenario(scenario: PanelScenario, context: CheckContext): Promise<CheckOutcome> {
  const { stocks, days } = context.scale;
  context.emit({ type: 'progress', message: `simulating: ${scenario.title}` });
  const market = simulateMarket({ stocks, days, seed: context.seed, ...scenario.change });
  const inputDir = join(context.workDir, `${scenario.id}-input`);
  await writeDataset(market.panel, inputDir, {
    source: 'simulated',
    origin: market.origin,
    horizonDays: simulatedHorizonDays,
  });
  const outputDir = join(context.workDir, `${scenario.id}-output`);
  context.emit({ type: 'progress', message: 'the pipeline runs on it' });
  const run = await context.pipeline!.run({ inputDir, outputDir, signal: context.signal });
  context.signal.throwIfAborted();
  if (run.exit.code !== 0) {
    throw new Error(
      `the pipeline did not survive “${scenario.title}”: it ended with ${run.exit.signal ?? `code ${run.exit.code}`}; its last words: ${run.lastWords.slice(-3).join(' ⏎ ')}`,
    );
  }
  const predictions = await readPredictions(outputDir, market.panel);
  const { owed, missing } = coverageOf(market.panel, predictions);
  if (owed === 0) throw new Error(`the pipeline predicted nothing under “${scenario.title}”`);
  const name = (metric: string): string => `taiwan.${scenario.id}.${metric}`;
  const measurements: Measurement[] = [
    {
      metric: name('missingPredictions'),
      value: missing / owed,
      unit: 'ratio',
      samples: owed,
      how: 'of the stocks that traded, from the first predicted day on, after 25 sessions of their own',
    },
    { metric: name('nonFinitePredictions'), value: predictions.nonFinite, unit: 'count', samples: predictions.rows },
    { metric: name('duration'), value: (run.endMs - run.startMs) / 1000, unit: 's', samples: 1 },
  ];
  return { measurements, series: [], evidence: [], notes: [`${scenario.title}: ${scenario.story}.`] };
}

/** A pipeline gets the market of a scenario and must finish, cover what traded, and predict finite numbers. */
export function stressedPanelCheck(scenario: PanelScenario): Check {
  return {
    id: `taiwan/panel-${scenario.id}`,
    title: `${scenario.title}: the pipeline survives it`,
    metrics: ['missingPredictions', 'nonFinitePredictions', 'duration'].map(
      (metric) => `taiwan.${scenario.id}.${metric}`,
    ),
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 4000 + stocks * days * 0.1,
    timeoutMs: () => 1_800_000,
    run: (context) => runScenario(scenario, context),
  };
}
