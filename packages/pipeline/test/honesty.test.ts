import { type Check, type CheckOutcome, createRandom } from '@preopen/core';
import { forwardReturns, type Panel, readDatasetFigures } from '@preopen/market-tw';
import {
  determinism,
  factorLibrary,
  fundamentalsOf,
  lookAheadCheck,
  marketColumns,
  nullMarket,
  survivorship,
} from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';
import { cutPanel, dealPanel } from '../src/honesty/changed-panels.ts';
import { nullCoefficient } from '../src/honesty/null-market-check.ts';
import { aContext, aPipeline, type Predict } from './support/check-context.ts';
import { aPanel } from './support/panels.ts';

const firstPredictedDay = 20;

/** Yesterday's losers, from a day on: what an honest pipeline of one factor does. */
const reversal: Predict = (panel) =>
  fromDay(
    panel,
    marketColumns(panel).ownReturns.map((own) => -own),
  );

function fromDay(panel: Panel, values: Float64Array): Float64Array {
  return values.fill(Number.NaN, 0, firstPredictedDay * panel.stocks.length);
}

const withTomorrow: Predict = (panel) => fromDay(panel, onTrading(panel, forwardReturns(panel, 1)));

/** A prediction for every stock that trades, 0 where there is no value. */
function onTrading(panel: Panel, values: Float64Array): Float64Array {
  return values.map((value, at) => (Number.isNaN(panel.fields.close[at]!) ? Number.NaN : value || 0));
}

/** Growth of monthly revenue, each month's from the day on that the figures are dated by. */
const revenueGrowth =
  (dating: 'publication' | 'month'): Predict =>
  async (panel, _, inputDir) => {
    const figures = (await readDatasetFigures(inputDir, panel.stocks))!;
    const monthStart = (period: number): number => Date.UTC(Math.floor(period / 100), (period % 100) - 1) / 86_400_000;
    const dated = dating === 'publication' ? figures : { ...figures, publishedDay: figures.period.map(monthStart) };
    const growth = factorLibrary.find(({ name }) => name === 'revenue_growth')!;
    return fromDay(panel, growth.compute(marketColumns(panel, fundamentalsOf(dated, panel))));
  };

/** Scaled by a mean and deviation over all dates. */
const scaledOverAll: Predict = (panel) => {
  const { returns } = marketColumns(panel);
  const there = returns.filter((value) => !Number.isNaN(value));
  const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
  return fromDay(
    panel,
    returns.map((value) => mean - value),
  );
};

const survivorsOnly: Predict = async (panel, run, dir) => {
  const values = await reversal(panel, run, dir);
  const n = panel.stocks.length;
  return values.map((value, at) => (panel.stocks[at % n]!.delisted === null ? value : Number.NaN));
};

const shuffled: Predict = async (panel, run, dir) => {
  const random = createRandom(run);
  return (await reversal(panel, run, dir)).map((value) => value + 1e-3 * random.normal());
};

const measured = (outcome: CheckOutcome, metric: string): number =>
  outcome.measurements.find((measurement) => measurement.metric === metric)!.value;
const run = async (check: Check, predict: Predict): Promise<CheckOutcome> =>
  check.run(await aContext(aPipeline(predict)));

describe('honesty checks', () => {
  it('find nothing in a pipeline that is honest', async () => {
    const context = await aContext(aPipeline(reversal));
    expect(measured(await determinism().run(context), 'pit.differences')).toBe(0);
    expect(measured(await lookAheadCheck().run(context), 'pit.violations')).toBe(0);
    expect(measured(await survivorship().run(context), 'pit.survivorship')).toBe(0);
    expect(measured(await nullMarket().run(context), 'ic.nullDeviations')).toBeLessThan(3.89);
  });
  it('look-ahead: tomorrow’s return as a factor is found, named by stock and date', async () => {
    const context = await aContext(aPipeline(withTomorrow));
    const outcome = await lookAheadCheck().run(context);
    // Only the last day of each cut knows no tomorrow.
    expect(measured(outcome, 'pit.violations')).toBeGreaterThan(50);
    expect(outcome.notes[0]).toMatch(/The first: \w+ on \d{4}-\d\d-\d\d/);
    expect(context.kept.get('look-ahead.csv')).toContain('cut,date,stock');
  });
  it('look-ahead: a scaler that was fitted on all dates is found', async () => {
    expect(measured(await run(lookAheadCheck(), scaledOverAll), 'pit.violations')).toBeGreaterThan(1000);
  });
  it('look-ahead: company figures dated by their month are found, and by their publication are none', async () => {
    const byMonth = await run(lookAheadCheck(), revenueGrowth('month'));
    expect(measured(byMonth, 'pit.violations')).toBeGreaterThan(100);
    const byPublication = await run(lookAheadCheck(), revenueGrowth('publication'));
    expect(measured(byPublication, 'pit.violations')).toBe(0);
    expect(byPublication.measurements[0]!.samples).toBeGreaterThan(1000);
  });
  it('survivorship: predictions for survivors only are found', async () => {
    const outcome = await run(survivorship(), survivorsOnly);
    expect(measured(outcome, 'pit.survivorship')).toBe(1);
    expect(outcome.notes[0]).toContain('delisted later');
  });
  it('determinism: an unseeded shuffle is found, and does not pass for look-ahead', async () => {
    const context = await aContext(aPipeline(shuffled));
    expect(measured(await determinism().run(context), 'pit.differences')).toBeGreaterThan(1000);
    expect(measured(await lookAheadCheck().run(context), 'pit.violations')).toBeLessThan(5);
  });
  it('null market: returns that are seen are found where there is nothing to see', async () => {
    expect(measured(await run(nullMarket(), withTomorrow), 'ic.nullDeviations')).toBeGreaterThan(20);
  });
  // Twenty markets are written and read: seconds, and many times that where others compute.
  it('null market: an honest pipeline passes over 20 seeds', { timeout: 60_000 }, async () => {
    for (let seed = 0; seed < 20; seed++) {
      const context = await aContext(aPipeline(reversal), { seed, stocks: 40, days: 45 });
      expect(measured(await nullMarket().run(context), 'ic.nullDeviations')).toBeLessThan(3.89);
    }
  });
});

describe('the false alarms of the null market', () => {
  // Predictions that stay for weeks, as a model's do, against returns with fat tails: each run a market of its own.
  const shape = { days: 15, stocks: 30 };
  const runs = 4000;
  const random = createRandom(20_261_126);
  const deviations = Float64Array.from({ length: runs }, () => {
    const predictions = new Float64Array(shape.days * shape.stocks);
    for (let at = 0; at < predictions.length; at++)
      predictions[at] = 0.9 * (predictions[at - shape.stocks] ?? 0) + random.normal();
    const returns = predictions.map(() => random.normal() ** 3);
    const { mean, standardError } = nullCoefficient(predictions, returns, shape, 1);
    return mean / standardError;
  });
  // Four standard errors of the share itself: a right check fails once in 16,000 changes of the seed.
  it.each([
    [0.05, 1.96],
    [0.01, 2.576],
  ])('are as many as planned: a share of %d beyond %d standard errors', (rate, limit) => {
    const share = deviations.filter((value) => Math.abs(value) > limit).length / runs;
    expect(Math.abs(share - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / runs));
  });
  it('are as rare as one in 10,000 at the limit of the check', () => {
    expect(deviations.filter((value) => Math.abs(value) > 3.89).length).toBeLessThan(6);
  });
});

describe('changed panels', () => {
  it('a cut panel knows neither later days, nor later listings, nor who will leave', () => {
    const panel = aPanel({ stocks: 300, days: 200 });
    const cut = cutPanel(panel, 60);
    const lastDate = cut.dates.at(-1)!;
    expect(cut.dates).toEqual(panel.dates.slice(0, 60));
    expect(cut.stocks.length).toBeLessThan(panel.stocks.length);
    expect(cut.stocks.every(({ listed, delisted }) => listed <= lastDate && (delisted ?? '') <= lastDate)).toBe(true);
  });
  it('a dealt market has the same returns each day, at other stocks', () => {
    const panel = aPanel({ stocks: 50, days: 30 });
    const dealt = dealPanel(panel, createRandom(1));
    const sorted = (p: Panel, t: number): number[] =>
      [...marketColumns(p).returns.subarray(t * 50, (t + 1) * 50)]
        .filter((v) => !Number.isNaN(v))
        .sort((a, b) => a - b);
    for (let t = 0; t < 30; t++) {
      const [before, after] = [sorted(panel, t), sorted(dealt, t)];
      expect(after).toHaveLength(before.length);
      after.forEach((value, k) => {
        expect(value).toBeCloseTo(before[k]!, 12);
      });
    }
    expect(marketColumns(dealt).returns).not.toEqual(marketColumns(panel).returns);
  });
});
