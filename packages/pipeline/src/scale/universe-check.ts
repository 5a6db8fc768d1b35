import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome, Measurement } from '@preopen/core';
import { narrowPanel, type Panel } from '@preopen/market-tw';
import { type FinishedRun, runOn, sharedPipelineRun, trialRun } from '../pipeline-run.ts';
import { stageSeconds } from './pipeline-check.ts';
import { fitPowerLaw } from './power-law.ts';

/** Parts of the market that the pipeline is run on, beside the whole and, where it is simulated, twice as many stocks. */
const shares = [0.125, 0.25, 0.5];
/** One more where there cannot be twice as many: five sizes in either case. */
const shareForTwice = 0.75;
/** Below it, starting up takes most of the time. */
const fewestStocks = 400;
/** What is asked of the curve: all of Taiwan’s stocks and funds, and room to grow. */
const askedStocks = 5000;
const confidence = 0.95;

interface Point {
  readonly stocks: number;
  readonly durationS: number;
  readonly stages: ReadonlyMap<string, number>;
}

function pointOf({ run, panel }: FinishedRun): Point {
  const names = [...new Set(run.stages.map(({ stage }) => stage))];
  return {
    stocks: panel.stocks.length,
    durationS: (run.endMs - run.startMs) / 1000,
    stages: new Map(names.map((name) => [name, stageSeconds(run.stages, name) ?? Number.NaN])),
  };
}

/** Stage that takes the most time at a size, as its own curve has it. */
function limitingStage(points: readonly Point[], stocks: number): { stage: string; share: number } | undefined {
  const names = [...new Set(points.flatMap(({ stages }) => [...stages.keys()]))];
  const expected = names.map((stage) => {
    const curve = fitPowerLaw(
      points.map((point) => ({ x: point.stocks, y: point.stages.get(stage) ?? Number.NaN })),
      confidence,
    );
    return { stage, seconds: curve?.at(stocks).value ?? 0 };
  });
  const all = expected.reduce((sum, { seconds }) => sum + seconds, 0);
  const longest = expected.sort((a, b) => b.seconds - a.seconds)[0];
  return longest && all > 0 ? { stage: longest.stage, share: longest.seconds / all } : undefined;
}

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const whole = await sharedPipelineRun(context);
  const count = whole.panel.stocks.length;
  if (count < fewestStocks) {
    const reason = `${count} stocks are too few for a curve: below ${fewestStocks} starting up takes most of the time`;
    return {
      measurements: [],
      notMeasured: ['scale.exponent', 'scale.durationAt5000'].map((metric) => ({ metric, reason })),
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const simulate = context.dataset!.source === 'simulated' ? context.datasetAt : undefined;
  const points: Point[] = [];
  for (const share of simulate ? shares : [...shares, shareForTwice])
    points.push(pointOf(await runOnPart(context, whole, Math.round(share * count))));
  points.push(pointOf(whole));
  if (simulate) points.push(pointOf(await runOnTwice(context, whole, simulate)));
  // Five points at different sizes and positive times: there is a fit.
  const curve = fitPowerLaw(
    points.map(({ stocks, durationS }) => ({ x: stocks, y: durationS })),
    confidence,
  )!;
  const asked = curve.at(askedStocks);
  const range = `${points[0]!.stocks} to ${points.at(-1)!.stocks} stocks × ${whole.panel.dates.length} days`;
  const measurements: Measurement[] = [
    {
      metric: 'scale.exponent',
      value: curve.exponent,
      unit: 'ratio',
      samples: points.length,
      interval: curve.exponentInterval,
      how: `duration grows as the number of stocks to this power, from runs on ${range}`,
    },
    {
      metric: 'scale.durationAt5000',
      value: asked.value,
      unit: 's',
      samples: points.length,
      interval: asked.interval,
      how: `what the curve says of ${askedStocks} stocks; an extrapolation`,
    },
  ];
  const limit = limitingStage(points, askedStocks);
  const stageNames = [...new Set(points.flatMap(({ stages }) => [...stages.keys()]))];
  return {
    measurements,
    series: [
      {
        id: 'scale.universe',
        title: 'Duration by number of stocks',
        columns: [
          { name: 'stocks', unit: 'count', values: points.map(({ stocks }) => stocks) },
          { name: 'duration', unit: 's', values: points.map(({ durationS }) => durationS) },
          ...stageNames.map((name) => ({
            name,
            unit: 's' as const,
            values: points.map(({ stages }) => stages.get(name) ?? null),
          })),
        ],
      },
    ],
    evidence: [],
    notes: limit
      ? [`At ${askedStocks} stocks the stage “${limit.stage}” takes the most time, ${Math.round(100 * limit.share)} %.`]
      : ['The pipeline announces no stages, so that the one that limits it is not known.'],
  };
}

/** A run on twice the stocks, so that what is asked of the curve lies near; market data of a user's own hold no more. */
async function runOnTwice(
  context: CheckContext,
  whole: FinishedRun,
  simulate: NonNullable<CheckContext['datasetAt']>,
): Promise<FinishedRun> {
  const stocks = 2 * whole.panel.stocks.length;
  const { dir } = await simulate({ stocks, days: whole.panel.dates.length });
  try {
    return await runOn(context, dir, join(context.workDir, 'twice-output'), `the pipeline runs on ${stocks} stocks`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function runOnPart(context: CheckContext, whole: FinishedRun, stocks: number): Promise<FinishedRun> {
  const panel: Panel = narrowPanel(whole.panel, { stocks, days: 0 });
  return trialRun(context, {
    name: `stocks-${stocks}`,
    what: `the pipeline runs on ${stocks} stocks`,
    panel,
    horizonDays: whole.horizonDays,
  });
}

/** How the pipeline's time grows with the number of stocks. */
export function universeScaling(): Check {
  return {
    id: 'scale/universe',
    title: 'Time by number of stocks',
    metrics: ['scale.exponent', 'scale.durationAt5000'],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => (stocks < fewestStocks ? 1000 : 8000 + stocks * days * 0.55),
    timeoutMs: () => 3_600_000,
    run: measure,
  };
}
