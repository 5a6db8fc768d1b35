import type { Check, CheckContext, CheckOutcome } from '@preopen/core';
import { trialRun } from '../pipeline-run.ts';
import { cutPanel } from './changed-panels.ts';
import { type LookAhead, lookAheads } from './look-ahead.ts';
import { honestRun, predictedDays, repetition } from './trial-market.ts';

/** Where the panel is cut, as shares of the predicted days. */
const cutShares = [0.4, 0.8];
const mostRows = 1000;

const csv = (rows: readonly (LookAhead & { readonly cutDate: string })[]): string =>
  [
    'cut,date,stock,whole,cut_prediction',
    ...rows.slice(0, mostRows).map((r) => `${r.cutDate},${r.date},${r.stock},${r.whole},${r.cut}`),
  ].join('\n');

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const base = await honestRun(context);
  const { differing, largest } = await repetition(context);
  if (!Number.isFinite(largest)) {
    const reason = 'two runs on the same data do not even predict the same stocks; see pit/determinism';
    return {
      measurements: [],
      notMeasured: [{ metric: 'pit.violations', reason }],
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const { first, last } = predictedDays(base.panel, base.predictions.values);
  const cuts = [...new Set(cutShares.map((share) => first + Math.round(share * (last - first))))].filter(
    (t) => t < last,
  );
  const whole = { panel: base.panel, values: base.predictions.values };
  const found: (LookAhead & { cutDate: string })[] = [];
  let compared = 0;
  for (const t of cuts) {
    const cutDate = base.panel.dates[t]!;
    const run = await trialRun(context, {
      name: `cut-${cutDate}`,
      what: `the pipeline runs on the panel as it was on ${cutDate}`,
      panel: cutPanel(base.panel, t + 1),
      horizonDays: base.horizonDays,
      knownOn: cutDate,
    });
    // What two equal runs differ by says nothing of the future.
    const result = lookAheads(whole, { panel: run.panel, values: run.predictions.values }, 2 * largest);
    compared += result.compared;
    found.push(...result.found.map((violation) => ({ ...violation, cutDate })));
  }
  if (compared === 0) {
    const reason = `the pipeline predicts ${last - first + 1} days of this panel; there is nothing before a cut to compare. Give more days.`;
    return {
      measurements: [],
      notMeasured: [{ metric: 'pit.violations', reason }],
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const dates = cuts.map((t) => base.panel.dates[t]).join(' and ');
  return {
    measurements: [
      {
        metric: 'pit.violations',
        value: found.length,
        unit: 'count',
        samples: compared,
        how: `predictions that change when the panel ends on ${dates} instead of ${base.panel.dates.at(-1)}`,
      },
    ],
    series: [],
    evidence:
      found.length === 0
        ? []
        : [await context.keep('look-ahead.csv', 'Predictions that know the future', 'text/csv', csv(found))],
    notes: [
      ...describe(found),
      ...(differing > 0
        ? ['the pipeline is not deterministic; differences as large as between two equal runs were let pass']
        : []),
    ],
  };
}

function describe(found: readonly (LookAhead & { readonly cutDate: string })[]): string[] {
  if (found.length === 0) return [];
  const absent = found.filter(({ cut }) => Number.isNaN(cut)).length;
  const example = found[0]!;
  const days = new Set(found.map(({ date }) => date)).size;
  return [
    `${found.length} predictions on ${days} days are not what they were on their own day. The first: ${example.stock} on ${example.date}, ${example.whole} with all the data, ${Number.isNaN(example.cut) ? 'none' : example.cut} when the panel ends on ${example.cutDate}.`,
    ...(absent > 0
      ? [
          `${absent} of them are not there at all when the panel ends then: the pipeline waits for later data to predict.`,
        ]
      : []),
    'Look for a negative shift, a scaler or selection fitted on all dates, figures dated by their period instead of their publication, or folds laid from the last day.',
  ];
}

/** A prediction of a day may not change when later days are added. */
export function lookAheadCheck(): Check {
  return {
    id: 'pit/look-ahead',
    title: 'No prediction knows the future',
    metrics: ['pit.violations'],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 8000 + 3 * Math.min(stocks, 300) * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measure,
  };
}
