import type { Check, CheckContext, CheckOutcome, Measurement, Series } from '@preopen/core';
import { stationaryBootstrapInterval } from '@preopen/core';
import { forwardReturns, type Panel, readPredictions } from '@preopen/market-tw';
import { readFolds } from './fold-file.ts';
import { informationCoefficient, informationCoefficients, minPairs } from './information-coefficient.ts';
import { neweyWest } from './newey-west.ts';
import { sharedPipelineRun } from './pipeline-run.ts';
import { icByRegime, icBySector, icDecay, type PartIc } from './signal/breakdown.ts';
import { looksNotes } from './signal/data-looks.ts';
import { foldNotes, foldSeries } from './signal/fold-series.ts';
import { oracleShare } from './signal/oracle-share.ts';
import { quantileReturns } from './signal/quantile-returns.ts';
import { type PortfolioDays, topPortfolio } from './signal/top-portfolio.ts';

const confidence = 0.95;
const decayHorizons = [1, 2, 3, 5, 10, 20];
/** Part of the stocks that the portfolio holds. */
const heldShare = 0.2;
const metrics = [
  'ic.mean',
  'ic.ir',
  'ic.t',
  'ic.pearson',
  'ic.oracleShare',
  'portfolio.grossExcess',
  'portfolio.netExcess',
  'portfolio.turnover',
];

const orNull = (values: ArrayLike<number>): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : null));
const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const finite = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

async function measureSignal(context: CheckContext): Promise<CheckOutcome> {
  const { run, panel, predictions, horizonDays } = await sharedPipelineRun(context);
  const folds = (await readFolds(run.outputDir, panel.dates)) ?? [];
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const returns = forwardReturns(panel, horizonDays);
  const daily = informationCoefficients(predictions.values, returns, shape);
  const summary = informationCoefficient(daily, { random: context.random('ic'), confidence });
  if (!summary) {
    const reason = `only ${finite(daily).length} days have at least ${minPairs} stocks with a prediction and a return; 5 are needed`;
    return {
      measurements: [],
      notMeasured: metrics.map((metric) => ({ metric, reason })),
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const ahead = horizonDays === 1 ? 'the next session' : `the next ${horizonDays} sessions`;
  const { t, lags } = neweyWest(finite(daily));
  const measurements: Measurement[] = [
    {
      metric: 'ic.mean',
      value: summary.mean,
      unit: 'ratio',
      samples: summary.days,
      interval: summary.interval,
      how: `rank IC against the return of ${ahead}, close to close, out of sample as the pipeline says, over ${summary.days} days`,
    },
    {
      metric: 'ic.ir',
      value: summary.informationRatio,
      unit: 'ratio',
      samples: summary.days,
      how: 'mean over standard deviation of the daily rank IC',
    },
    {
      metric: 'ic.t',
      value: t,
      unit: 'count',
      samples: summary.days,
      how: `mean rank IC in Newey–West standard errors, ${lags} lags`,
    },
    {
      metric: 'ic.pearson',
      value: meanOf(finite(informationCoefficients(predictions.values, returns, shape, 'pearson'))),
      unit: 'ratio',
      samples: summary.days,
      how: 'mean of the daily correlation by values instead of ranks',
    },
  ];
  const notMeasured: { metric: string; reason: string }[] = [];
  const oracleDaily = await oracleCoefficients(context, panel, returns);
  const share = oracleDaily && oracleShare(daily, oracleDaily, { random: context.random('oracle-share'), confidence });
  if (share) {
    measurements.push({
      metric: 'ic.oracleShare',
      value: share.share,
      unit: 'ratio',
      samples: share.days,
      interval: share.interval,
      how: `mean IC over that of the best possible prediction, ${share.best.toFixed(3)}; resampled by day, both together`,
    });
  } else {
    notMeasured.push({
      metric: 'ic.oracleShare',
      reason: oracleDaily
        ? 'on the predicted days even the best possible prediction has no rank IC that is above zero for certain'
        : 'only a simulated market has a known best prediction',
    });
  }
  const portfolio = topPortfolio(panel, predictions.values, { share: heldShare });
  if (portfolio.day.length >= 5) measurements.push(...portfolioMeasurements(portfolio, context));
  else
    for (const metric of metrics.filter((name) => name.startsWith('portfolio.')))
      notMeasured.push({ metric, reason: `the portfolio is held on ${portfolio.day.length} days; 5 are needed` });
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
      partSeries('ic.decay', 'Rank IC by horizon', 'sessions ahead', icDecay(panel, predictions.values, decayHorizons)),
      partSeries('ic.bySector', 'Rank IC by sector', 'sector', icBySector(panel, predictions.values, returns)),
      partSeries('ic.byRegime', 'Rank IC by volatility of the market', 'regime', icByRegime(panel, daily)),
      quantileSeries(predictions.values, returns, shape),
      portfolioSeries(panel, portfolio),
      ...(folds.length > 0 ? [foldSeries(folds, panel.dates)] : []),
    ],
    evidence: [],
    notes: [...looksNotes(context.dataset!), ...foldNotes(folds, panel.dates, horizonDays)],
  };
}

/** Daily coefficients of the best possible prediction, where it is known. */
async function oracleCoefficients(
  context: CheckContext,
  panel: Panel,
  returns: Float64Array,
): Promise<Float64Array | undefined> {
  const { truthDir } = context.dataset!;
  if (truthDir === undefined) return undefined;
  const oracle = await readPredictions(truthDir, panel, 'oracle');
  return informationCoefficients(oracle.values, returns, { days: panel.dates.length, stocks: panel.stocks.length });
}

function portfolioMeasurements(
  { gross, net, market, turnover, blocked }: PortfolioDays,
  context: CheckContext,
): Measurement[] {
  const held = `the best ${100 * heldShare} % of the stocks, equally weighted, traded at the next open where limits and halts let it`;
  const excess = (metric: string, values: Float64Array, how: string): Measurement => {
    const series = values.map((value, k) => value - market[k]!);
    return {
      metric,
      value: meanOf(series),
      unit: 'ratio',
      samples: series.length,
      interval: stationaryBootstrapInterval(series, meanOf, { random: context.random(metric), confidence }),
      how,
    };
  };
  return [
    excess('portfolio.grossExcess', gross, `daily return above all predicted stocks, before costs: ${held}`),
    excess('portfolio.netExcess', net, 'the same after 0.1425 % commission each way and 0.3 % tax on sales'),
    {
      metric: 'portfolio.turnover',
      value: meanOf(turnover),
      unit: 'ratio',
      samples: turnover.length,
      how: `part of the portfolio that is bought each day; ${blocked.reduce((sum, count) => sum + count, 0)} orders were stopped by limits and halts`,
    },
  ];
}

function partSeries(id: string, title: string, name: string, parts: readonly PartIc[]): Series {
  return {
    id,
    title,
    columns: [
      { name, values: parts.map(({ part }) => part) },
      { name: 'mean', unit: 'ratio', values: orNull(parts.map(({ mean }) => mean)) },
      { name: 't', unit: 'count', values: orNull(parts.map(({ t }) => t)) },
      { name: 'days', unit: 'count', values: parts.map(({ days }) => days) },
    ],
  };
}

function quantileSeries(
  predictions: Float64Array,
  returns: Float64Array,
  shape: { readonly days: number; readonly stocks: number },
): Series {
  const quantiles = shape.stocks >= 500 ? 10 : 5;
  const { mean } = quantileReturns(predictions, returns, shape, quantiles);
  return {
    id: 'ic.quantiles',
    title: 'Return that followed, by quantile of the predictions',
    columns: [
      { name: 'quantile', values: Array.from(mean, (_, q) => String(q + 1)) },
      { name: 'return', unit: 'ratio', values: orNull(mean) },
    ],
  };
}

function portfolioSeries(panel: Panel, { day, gross, net, market }: PortfolioDays): Series {
  const grown = (values: Float64Array): number[] => {
    let wealth = 1;
    return Array.from(values, (value) => {
      wealth *= 1 + value;
      return wealth - 1;
    });
  };
  return {
    id: 'portfolio.growth',
    title: 'Growth of a portfolio of the best-ranked stocks',
    columns: [
      { name: 'date', values: Array.from(day, (t) => panel.dates[t]!) },
      { name: 'before costs', unit: 'ratio', values: grown(gross) },
      { name: 'after costs', unit: 'ratio', values: grown(net) },
      { name: 'all predicted stocks', unit: 'ratio', values: grown(market) },
    ],
  };
}

/** Information coefficient of the pipeline's predictions, from the panel's own returns, and what it earns after costs. */
export function signalQuality(): Check {
  return {
    id: 'signal/ic',
    title: 'Information coefficient, out of sample',
    metrics,
    needs: ['pipeline'],
    exclusive: [],
    expectedMs: ({ stocks, days }) => 500 + stocks * days * 0.01,
    timeoutMs: () => 3_600_000,
    run: measureSignal,
  };
}
