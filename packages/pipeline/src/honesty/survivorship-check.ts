import type { Check, CheckContext, CheckOutcome, Random } from '@preopen/core';
import type { Panel } from '@preopen/market-tw';
import { trialRun } from '../pipeline-run.ts';
import { type Departure, delist } from './changed-panels.ts';
import { honestRun, predictedDays } from './trial-market.ts';

/**
 * Draws one stock in twenty of those that the base run predicts on most of its days, each with a last day among its own.
 */
function drawDepartures(panel: Panel, values: Float64Array, random: Random): Departure[] {
  const n = panel.stocks.length;
  const { first, last } = predictedDays(panel, values);
  const least = Math.max(4, (last - first + 1) / 2);
  const candidates = panel.stocks.flatMap((_, stock) => {
    const days: number[] = [];
    for (let t = first; t <= last; t++) if (!Number.isNaN(values[t * n + stock]!)) days.push(t);
    return days.length >= least ? [{ stock, days }] : [];
  });
  const count = Math.min(candidates.length, Math.max(3, Math.round(n / 20)));
  return random
    .shuffle(candidates)
    .slice(0, count)
    .map(({ stock, days }) => ({ stock, lastDay: days[random.integer(days.length - 2)]! }))
    .sort((a, b) => a.stock - b.stock);
}

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const base = await honestRun(context);
  const departures = drawDepartures(base.panel, base.predictions.values, context.random('delistings'));
  if (departures.length === 0) {
    const reason =
      'no stock is predicted on most of the days, so that none can be taken away to see what becomes of it';
    return {
      measurements: [],
      notMeasured: [{ metric: 'pit.survivorship', reason }],
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const { panel, predictions } = await trialRun(context, {
    name: 'delistings',
    what: `the pipeline runs on a market that ${departures.length} stocks leave`,
    panel: delist(base.panel, departures),
    horizonDays: base.horizonDays,
  });
  const n = panel.stocks.length;
  const { first } = predictedDays(base.panel, base.predictions.values);
  let owed = 0;
  let lost = 0;
  const lostStocks = new Set<string>();
  for (const { stock, lastDay } of departures) {
    for (let t = first; t <= lastDay; t++) {
      if (Number.isNaN(base.predictions.values[t * n + stock]!)) continue;
      owed++;
      if (!Number.isNaN(predictions.values[t * n + stock]!)) continue;
      lost++;
      lostStocks.add(panel.stocks[stock]!.code);
    }
  }
  return {
    measurements: [
      {
        metric: 'pit.survivorship',
        value: lost / owed,
        unit: 'ratio',
        samples: owed,
        how: `share of lost predictions, up to their last day, of ${departures.length} stocks that were taken from the market on days drawn at random: predictions that are there where the stocks stay`,
      },
    ],
    series: [],
    evidence: [],
    notes:
      lost === 0
        ? []
        : [
            `${lostStocks.size} stocks lose predictions of days on which they traded because they are delisted later: ${[...lostStocks].slice(0, 5).join(', ')}${lostStocks.size > 5 ? ' …' : ''}. What is measured on survivors looks better than it was.`,
          ],
  };
}

/** What was listed on a day is predicted on that day, whether or not it survived. */
export function survivorship(): Check {
  return {
    id: 'pit/survivorship',
    title: 'Stocks that leave the market are predicted until they do',
    metrics: ['pit.survivorship'],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 4000 + Math.min(stocks, 300) * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measure,
  };
}
