import { InputError } from '@preopen/core';

/** One fold: train on days `[trainFrom, trainTo)`, predict days `[testFrom, testTo)`. Numbers of sessions of the panel. */
export interface Fold {
  readonly trainFrom: number;
  readonly trainTo: number;
  readonly testFrom: number;
  readonly testTo: number;
}

/** How a panel is cut into folds. */
export interface WalkForwardRequest {
  readonly days: number;
  /** First session whose features are whole. */
  readonly firstDay: number;
  readonly minTrainDays: number;
  /** Sessions that a label looks ahead: labels that reach into the test days are purged from training. */
  readonly horizonDays: number;
  /** Further sessions that are left out between training and test. */
  readonly embargoDays: number;
  /** Sessions of a test; with `growth`, of the longest one. */
  readonly testDays: number;
  /** Trains anew when the history has grown by this share since: tests are short at first. Default: all are `testDays`. */
  readonly growth?: number;
  /** Longest training window; 0: expanding. */
  readonly maxTrainDays?: number;
}

/**
 * Walk-forward folds with purging and embargo: the label of the last training day is known before the first test day.
 *
 * Folds are laid from the first day on and depend on no later one, so that a prediction made today is the same when it is
 * made again in a year: only the last fold's end moves.
 * Source: López de Prado, Advances in Financial Machine Learning, 2018, ch. 7
 * @throws InputError if there is not room for one fold
 */
export function walkForwardFolds(request: WalkForwardRequest): Fold[] {
  const { days, firstDay, minTrainDays, testDays, horizonDays, embargoDays, growth = 0, maxTrainDays = 0 } = request;
  const gap = horizonDays + embargoDays;
  const folds: Fold[] = [];
  for (let testFrom = firstDay + minTrainDays + gap; testFrom < days; ) {
    const trainTo = testFrom - gap;
    const trainFrom = maxTrainDays > 0 ? Math.max(firstDay, trainTo - maxTrainDays) : firstDay;
    const length = growth > 0 ? Math.min(testDays, Math.ceil((trainTo - firstDay) * growth)) : testDays;
    folds.push({ trainFrom, trainTo, testFrom, testTo: Math.min(days, testFrom + length) });
    testFrom += length;
  }
  if (folds.length === 0) {
    throw new InputError(
      `walk-forward: ${days} sessions are too few: ${firstDay} for the features, ${minTrainDays} to train on and ${gap} between training and test. Give at least ${firstDay + minTrainDays + gap + 1}.`,
    );
  }
  return folds;
}
