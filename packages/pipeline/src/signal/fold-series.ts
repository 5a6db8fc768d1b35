import type { Series } from '@preopen/core';
import type { Fold } from '../walk-forward.ts';

/** Folds in sessions, one after the other as they lie in the panel: what is not used, trained on, left out, tested. */
export function foldSeries(folds: readonly Fold[], dates: readonly string[]): Series {
  const count = (name: string, of: (fold: Fold) => number): Series['columns'][number] => ({
    name,
    unit: 'count',
    values: folds.map(of),
  });
  return {
    id: 'walkForward.folds',
    title: 'Walk-forward: sessions of each fold',
    columns: [
      { name: 'tested', values: folds.map((fold) => `${dates[fold.testFrom]} – ${dates[fold.testTo - 1]}`) },
      count('not used', ({ trainFrom }) => trainFrom),
      count('training', ({ trainFrom, trainTo }) => trainTo - trainFrom),
      count('left out', ({ trainTo, testFrom }) => Math.max(0, testFrom - trainTo)),
      count('test', ({ testFrom, testTo }) => testTo - testFrom),
      { name: 'trained from', values: folds.map((fold) => dates[fold.trainFrom]!) },
      { name: 'trained to', values: folds.map((fold) => dates[fold.trainTo - 1]!) },
    ],
  };
}

/**
 * What is wrong with folds: those whose last training labels end after the first test day, so that training has seen a part
 * of the returns that it is tested on.
 */
export function foldNotes(folds: readonly Fold[], dates: readonly string[], horizonDays: number): string[] {
  const overlapping = folds.filter(
    ({ trainFrom, trainTo, testFrom }) => trainFrom < testFrom && trainTo - 1 + horizonDays > testFrom,
  );
  if (overlapping.length === 0) return [];
  const [first] = overlapping;
  return [
    `${overlapping.length} of ${folds.length} folds train on labels that end within their test: the first is trained to ${dates[first!.trainTo - 1]} on returns over ${horizonDays} sessions and tested from ${dates[first!.testFrom]}. Leave out at least as many sessions as a label looks ahead.`,
  ];
}
