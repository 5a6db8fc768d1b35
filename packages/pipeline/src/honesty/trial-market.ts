import type { CheckContext } from '@preopen/core';
import { narrowPanel, type Panel, readDataset } from '@preopen/market-tw';
import { type FinishedRun, horizonOf, sharedPipelineRun, trialRun } from '../pipeline-run.ts';

/** Honesty is no question of scale: these checks run the pipeline several times, on at most so many stocks. */
const mostStocks = 300;

/** First run on the market of the honesty checks, shared by all of them. */
export function honestRun(context: CheckContext): Promise<FinishedRun> {
  if (context.dataset!.stocks <= mostStocks) return sharedPipelineRun(context);
  return context.shared('pipeline-run/honesty', async () => {
    const panel = await readDataset(context.dataset!.dir);
    return trialRun(context, {
      name: 'base',
      what: `the pipeline runs on the ${mostStocks} most traded stocks`,
      panel: narrowPanel(panel, { stocks: mostStocks, days: 0 }),
      horizonDays: await horizonOf(context.dataset!.dir),
    });
  });
}

/** Days on which a run predicted anything: from the first to the last. */
export function predictedDays(panel: Panel, values: Float64Array): { readonly first: number; readonly last: number } {
  const n = panel.stocks.length;
  const first = values.findIndex((value) => !Number.isNaN(value));
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  return first < 0
    ? { first: panel.dates.length, last: -1 }
    : { first: Math.floor(first / n), last: Math.floor(last / n) };
}

/** The largest change of a prediction between two runs that were given the same. */
export interface Repetition {
  readonly compared: number;
  readonly differing: number;
  readonly largest: number;
}

/** Runs the pipeline a second time on the same panel, once for all checks that ask. */
export function repetition(context: CheckContext): Promise<Repetition> {
  return context.shared('pipeline-run/repetition', async () => {
    const base = await honestRun(context);
    const again = await trialRun(context, {
      name: 'again',
      what: 'the pipeline runs again on the same data',
      panel: base.panel,
      horizonDays: base.horizonDays,
    });
    return compareRuns(base.predictions.values, again.predictions.values);
  });
}

/** Compares two runs on one panel, bit for bit; a prediction that is there once counts as an infinite difference. */
export function compareRuns(a: Float64Array, b: Float64Array): Repetition {
  let compared = 0;
  let differing = 0;
  let largest = 0;
  for (let at = 0; at < a.length; at++) {
    const [isA, isB] = [!Number.isNaN(a[at]!), !Number.isNaN(b[at]!)];
    if (!isA && !isB) continue;
    compared++;
    if (a[at] === b[at]) continue;
    differing++;
    largest = Math.max(largest, isA && isB ? Math.abs(a[at]! - b[at]!) : Number.POSITIVE_INFINITY);
  }
  return { compared, differing, largest };
}
