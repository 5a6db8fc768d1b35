import { type Check, type CheckContext, type CheckOutcome, normalQuantile } from '@preopen/core';
import { forwardReturns } from '@preopen/market-tw';
import { informationCoefficients, minPairs } from '../information-coefficient.ts';
import { trialRun } from '../pipeline-run.ts';
import { dealPanel } from './changed-panels.ts';
import { honestRun } from './trial-market.ts';

/** An honest pipeline is told that it looks ahead so rarely: `ic.null`'s interval leaves out zero. */
const falseAlarmRate = 1e-4;
const mostDeviations = normalQuantile(1 - falseAlarmRate / 2);

/** Mean coefficient of days on which there is nothing to know, with its exact standard error. */
export interface NullCoefficient {
  readonly mean: number;
  readonly standardError: number;
  readonly days: number;
}

/**
 * Mean rank coefficient against returns that were dealt at random. Given the past, each day's deal is any with equal
 * chance, so that a day's coefficient has mean 0 and variance 1 / (pairs − 1), and days are independent; of longer
 * horizons only every so manieth day is taken.
 * Source of the variance: Kendall & Gibbons, Rank Correlation Methods, 5th ed., 1990
 */
export function nullCoefficient(
  predictions: Float64Array,
  returns: Float64Array,
  shape: { readonly days: number; readonly stocks: number },
  horizonDays: number,
): NullCoefficient {
  const daily = informationCoefficients(predictions, returns, shape);
  let sum = 0;
  let variance = 0;
  let days = 0;
  for (let t = 0; t < shape.days; t += horizonDays) {
    if (Number.isNaN(daily[t]!)) continue;
    let pairs = 0;
    for (let at = t * shape.stocks; at < (t + 1) * shape.stocks; at++)
      if (Number.isFinite(predictions[at]!) && Number.isFinite(returns[at]!)) pairs++;
    sum += daily[t]!;
    variance += 1 / (pairs - 1);
    days++;
  }
  return { mean: sum / days, standardError: Math.sqrt(variance) / days, days };
}

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const base = await honestRun(context);
  const { panel, predictions } = await trialRun(context, {
    name: 'dealt',
    what: 'the pipeline runs on a market without signal',
    panel: dealPanel(base.panel, context.random('null-market')),
    horizonDays: base.horizonDays,
  });
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const returns = forwardReturns(panel, base.horizonDays);
  const { mean, standardError, days } = nullCoefficient(predictions.values, returns, shape, base.horizonDays);
  if (days < 5) {
    const reason = `only ${days} days have at least ${minPairs} stocks with a prediction and a return; 5 are needed`;
    return {
      measurements: [],
      notMeasured: ['ic.null', 'ic.nullDeviations'].map((metric) => ({ metric, reason })),
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const reach = mostDeviations * standardError;
  const deviations = Math.abs(mean) / standardError;
  return {
    measurements: [
      {
        metric: 'ic.null',
        value: mean,
        unit: 'ratio',
        samples: days,
        interval: { low: mean - reach, high: mean + reach, confidence: 1 - falseAlarmRate, method: 'permutation-null' },
        how: 'mean rank IC where each day’s returns were dealt to the stocks at random: there is nothing to know, so it is zero but for chance',
      },
      {
        metric: 'ic.nullDeviations',
        value: deviations,
        unit: 'count',
        samples: days,
        how: 'distance of that from zero in its standard errors; beyond 3.89 by chance once in 10 000 runs',
      },
    ],
    series: [],
    evidence: [],
    notes:
      deviations > mostDeviations
        ? [
            `the pipeline finds an IC of ${mean.toFixed(3)} in a market that has none: it sees the returns that it is to predict, in a feature, a label or a test day that it trained on.`,
          ]
        : [],
  };
}

/** A pipeline that finds a signal where there is none sees what it should not. */
export function nullMarket(): Check {
  return {
    id: 'signal/null-market',
    title: 'No signal is found in a market that has none',
    metrics: ['ic.null', 'ic.nullDeviations'],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 4000 + Math.min(stocks, 300) * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measure,
  };
}
