import type { Check, CheckContext, CheckOutcome, Measurement, StageTiming } from '@preopen/core';
import { coverageOf } from '@preopen/market-tw';
import { sharedPipelineRun } from '../pipeline-run.ts';

/** Time that stages of one name took together; `undefined` if none was announced and ended. */
export function stageSeconds(stages: readonly StageTiming[], name: string): number | undefined {
  const ended = stages.filter((stage) => stage.stage === name && stage.endMs !== undefined);
  return ended.length === 0 ? undefined : ended.reduce((sum, stage) => sum + (stage.endMs! - stage.startMs), 0) / 1000;
}

/**
 * Stocks of the dataset that lost no prediction: whenever they traded in the predicted days, they have one. A stock that
 * left the market before, or is too new, was owed none and lost none.
 */
function stocksWithoutLoss(panel: Parameters<typeof coverageOf>[0], values: Float64Array, firstDay: number): number {
  const n = panel.stocks.length;
  let whole = 0;
  for (let i = 0; i < n; i++) {
    let lost = 0;
    let history = 0;
    for (let t = 0; t < panel.dates.length; t++) {
      const at = t * n + i;
      if (Number.isNaN(panel.fields.close[at]!)) continue;
      if (t >= firstDay && history >= 25 && Number.isNaN(values[at]!)) lost++;
      history++;
    }
    if (lost === 0) whole++;
  }
  return whole;
}

async function measureScale(context: CheckContext): Promise<CheckOutcome> {
  const { run, panel, predictions } = await sharedPipelineRun(context);
  const { owed, missing, firstDay } = coverageOf(panel, predictions);
  const durationS = (run.endMs - run.startMs) / 1000;
  const measurements: Measurement[] = [
    {
      metric: 'pipeline.duration',
      value: durationS,
      unit: 's',
      samples: 1,
      how: 'from the start of the process to its end',
    },
    {
      metric: 'universe.stocks',
      value: owed === 0 ? 0 : stocksWithoutLoss(panel, predictions.values, firstDay),
      unit: 'count',
      samples: panel.stocks.length,
      how: `stocks with a finite prediction on every predicted day on which they traded, after 25 sessions of their own; the dataset has ${panel.stocks.length}`,
    },
    {
      metric: 'universe.lostPredictions',
      value: owed === 0 ? 1 : missing / owed,
      unit: 'ratio',
      samples: Math.max(1, owed),
      how: 'share of stock-days without a prediction',
    },
    {
      metric: 'pipeline.rowsPerSecond',
      value: (panel.dates.length * panel.stocks.length) / durationS,
      unit: '1/s',
      samples: 1,
      how: 'stock-days of the dataset over the whole duration',
    },
  ];
  const notMeasured: { metric: string; reason: string }[] = [];
  const featuresS = stageSeconds(run.stages, 'features');
  if (featuresS === undefined) {
    notMeasured.push({
      metric: 'features.duration',
      reason:
        'the pipeline announces no stage “features”: print {"stage":"features","event":"start"} and "end" on a line of its own',
    });
  } else
    measurements.push({
      metric: 'features.duration',
      value: featuresS,
      unit: 's',
      samples: 1,
      how: 'between the announced start and end of the stage “features”',
    });
  const stages = [...new Set(run.stages.map(({ stage }) => stage))];
  return {
    measurements,
    notMeasured,
    series: [
      {
        id: 'pipeline.stages',
        title: 'Time by stage of the pipeline',
        columns: [
          { name: 'stage', values: stages },
          { name: 'duration', unit: 's', values: stages.map((stage) => stageSeconds(run.stages, stage) ?? null) },
        ],
      },
    ],
    evidence: [],
    notes: [
      `${panel.stocks.length} stocks × ${panel.dates.length} days in ${durationS.toFixed(1)} s; ${predictions.rows.toLocaleString('en-US')} predictions from ${panel.dates[firstDay] ?? 'no day'} on`,
      ...(predictions.unknown > 0
        ? [`${predictions.unknown} predictions are for dates or stocks that the dataset does not have`]
        : []),
      ...(predictions.nonFinite > 0 ? [`${predictions.nonFinite} predictions are not finite`] : []),
    ],
  };
}

/** The pipeline on the full scale of the run: time by stage, throughput, and whether a stock was lost. */
export function pipelineScale(): Check {
  return {
    id: 'scale/pipeline',
    title: 'The pipeline at the scale of the run',
    metrics: [
      'pipeline.duration',
      'features.duration',
      'universe.stocks',
      'universe.lostPredictions',
      'pipeline.rowsPerSecond',
    ],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 3000 + stocks * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measureScale,
  };
}
