import { haltStates, type Panel } from '../panel.ts';
import type { Predictions } from '../predictions.ts';

/** Sessions of a stock before a prediction can be asked for it. */
export const requiredHistoryDays = 25;

/** What a pipeline owes, and what of it is missing. */
export interface Coverage {
  readonly owed: number;
  readonly missing: number;
  /** First day with a prediction; the panel's length if there is none. */
  readonly firstDay: number;
  /** The same for stock-days just after a halt: the stock trades again, and is as tradable as any. */
  readonly owedAfterHalt: number;
  readonly missingAfterHalt: number;
}

/** For so many sessions a stock counts as one that came back from a halt. */
const returnDays = 5;

/** What a pipeline owes: a finite prediction for each stock that traded, on every day from its first prediction on. */
export function coverageOf(panel: Panel, predictions: Pick<Predictions, 'values'>): Coverage {
  const n = panel.stocks.length;
  const first = predictions.values.findIndex((value) => !Number.isNaN(value));
  const firstDay = first < 0 ? panel.dates.length : Math.floor(first / n);
  const { close, haltState } = panel.fields;
  const history = new Uint16Array(n);
  const sinceHalt = new Uint16Array(n).fill(returnDays);
  const result = { owed: 0, missing: 0, owedAfterHalt: 0, missingAfterHalt: 0 };
  for (let t = 0; t < panel.dates.length; t++) {
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      if (haltState[at]! >= haltStates.halted) sinceHalt[i] = 0;
      if (Number.isNaN(close[at]!)) continue;
      // A stock needs some days of history before anything can be said of it.
      if (t >= firstDay && history[i]! >= requiredHistoryDays) {
        const isMissing = Number.isNaN(predictions.values[at]!);
        result.owed++;
        if (isMissing) result.missing++;
        if (sinceHalt[i]! < returnDays) {
          result.owedAfterHalt++;
          if (isMissing) result.missingAfterHalt++;
        }
      }
      history[i]!++;
      sinceHalt[i]!++;
    }
  }
  return { ...result, firstDay };
}

/** Share of halted stock-days of some sessions that a pipeline predicted all the same; nobody can trade on those. */
export function predictedWhileHalted(
  panel: Panel,
  predictions: Pick<Predictions, 'values'>,
  days: readonly number[],
): { readonly halted: number; readonly predicted: number } {
  const n = panel.stocks.length;
  let halted = 0;
  let predicted = 0;
  for (const t of days) {
    for (let at = t * n; at < (t + 1) * n; at++) {
      if (!(panel.fields.haltState[at]! >= haltStates.halted)) continue;
      halted++;
      if (!Number.isNaN(predictions.values[at]!)) predicted++;
    }
  }
  return { halted, predicted };
}
