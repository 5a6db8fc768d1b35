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
  readonly testDays: number;
  /** Sessions that a label looks ahead: labels that reach into the test days are purged from training. */
  readonly horizonDays: number;
  /** Further sessions that are left out between training and test. */
  readonly embargoDays: number;
  /** Longest training window; 0: expanding. */
  readonly maxTrainDays?: number;
}

/**
 * Walk-forward folds with purging and embargo: the label of the last training day is known before the first test day.
 * Source: López de Prado, Advances in Financial Machine Learning, 2018, ch. 7
 * @throws InputError if there is not room for one fold
 */
export function walkForwardFolds(request: WalkForwardRequest): Fold[] {
  const { days, firstDay, minTrainDays, testDays, horizonDays, embargoDays, maxTrainDays = 0 } = request;
  const gap = horizonDays + embargoDays;
  const folds: Fold[] = [];
  for (let testFrom = firstDay + minTrainDays + gap; testFrom < days; testFrom += testDays) {
    const trainTo = testFrom - gap;
    const trainFrom = maxTrainDays > 0 ? Math.max(firstDay, trainTo - maxTrainDays) : firstDay;
    folds.push({ trainFrom, trainTo, testFrom, testTo: Math.min(days, testFrom + testDays) });
  }
  if (folds.length === 0) {
    throw new InputError(
      `walk-forward: ${days} sessions are too few: ${firstDay} for the features, ${minTrainDays} to train on and ${gap} between training and test.`,
    );
  }
  return folds;
}
