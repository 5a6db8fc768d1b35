import type { Check, CheckContext, CheckOutcome, Measurement } from '@preopen/core';
import { forwardReturns, readPredictions } from '@preopen/market-tw';
import { informationCoefficient, informationCoefficients } from './information-coefficient.ts';
import { sharedPipelineRun } from './pipeline-run.ts';

const confidence = 0.95;

async function measureSignal(context: CheckContext): Promise<CheckOutcome> {
  const { panel, predictions, horizonDays } = await sharedPipelineRun(context);
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const returns = forwardReturns(panel, horizonDays);
  const daily = informationCoefficients(predictions.values, returns, shape);
  const summary = informationCoefficient(daily, { random: context.random('ic'), confidence });
  if (!summary) {
    const days = daily.filter((value) => !Number.isNaN(value)).length;
    const reason = `only ${days} days have at least 20 stocks with a prediction and a return; 5 are needed`;
    return {
      measurements: [],
      notMeasured: ['ic.mean', 'ic.ir'].map((metric) => ({ metric, reason })),
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const how = `rank IC against the return of the next ${horizonDays === 1 ? 'session' : `${horizonDays} sessions`}, out of sample as the pipeline says, over ${summary.days} days`;
  const measurements: Measurement[] = [
    { metric: 'ic.mean', value: summary.mean, unit: 'ratio', samples: summary.days, interval: summary.interval, how },
    {
      metric: 'ic.ir',
      value: summary.informationRatio,
      unit: 'ratio',
      samples: summary.days,
      how: 'mean over standard deviation of the daily rank IC',
    },
  ];
  const notMeasured: { metric: string; reason: string }[] = [];
  let oracleDaily: Float64Array | undefined;
  const { truthDir } = context.dataset!;
  if (truthDir === undefined)
    notMeasured.push({ metric: 'ic.oracleShare', reason: 'only a simulated market has a known best prediction' });
  else {
    const oracle = await readPredictions(truthDir, panel, 'oracle');
    oracleDaily = informationCoefficients(oracle.values, returns, shape);
    // Of the days that the pipeline predicted only, so that both had the same luck.
    const pairs = [...daily.keys()].filter((t) => !Number.isNaN(daily[t]!) && !Number.isNaN(oracleDaily![t]!));
    const best = pairs.reduce((sum, t) => sum + oracleDaily![t]!, 0);
    const own = pairs.reduce((sum, t) => sum + daily[t]!, 0);
    measurements.push({
      metric: 'ic.oracleShare',
      value: own / best,
      unit: 'ratio',
      samples: pairs.length,
      how: `mean IC over that of the best possible prediction, ${(best / pairs.length).toFixed(3)}`,
    });
  }
  const orNull = (values: Float64Array): (number | null)[] =>
    Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return {
    measurements,
    notMeasured,
    series: [
      {
        id: 'ic.byDate',
        title: 'Rank IC by day',
        columns: [
          { name: 'date', values: panel.dates },
          { name: 'pipeline', unit: 'ratio', values: orNull(daily) },
          ...(oracleDaily ? [{ name: 'best possible', unit: 'ratio' as const, values: orNull(oracleDaily) }] : []),
        ],
      },
    ],
    evidence: [],
    notes: [],
  };
}

/** Information coefficient of the pipeline's predictions, from the panel's own returns. */
export function signalQuality(): Check {
  return {
    id: 'signal/ic',
    title: 'Information coefficient, out of sample',
    metrics: ['ic.mean', 'ic.ir', 'ic.oracleShare'],
    needs: ['pipeline'],
    exclusive: [],
    expectedMs: ({ stocks, days }) => 500 + stocks * days * 0.01,
    timeoutMs: () => 3_600_000,
    run: measureSignal,
  };
}
