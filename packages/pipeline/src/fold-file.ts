import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import type { Fold } from './walk-forward.ts';

/** What a pipeline may leave beside its predictions, so that a report can draw how it was trained and tested. */
export const foldsFile = 'folds.csv';
const header = 'train_from,train_to,test_from,test_to';

/** Folds as a file: a row each, first and last sessions, both included. */
export function foldsCsv(folds: readonly Fold[], dates: readonly string[]): string {
  const rows = folds.map(({ trainFrom, trainTo, testFrom, testTo }) =>
    [trainFrom, trainTo - 1, testFrom, testTo - 1].map((day) => dates[day]!).join(','),
  );
  return `${[header, ...rows].join('\n')}\n`;
}

/**
 * The folds that a pipeline left in its output folder; `undefined` where it left none.
 * @param dates sessions of the panel
 * @throws InputError with file and line for what is no fold
 */
export async function readFolds(outputDir: string, dates: readonly string[]): Promise<Fold[] | undefined> {
  const path = join(outputDir, foldsFile);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  const dayAt = new Map(dates.map((date, t) => [date, t]));
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, k): Fold[] => {
    if (line === '' || (k === 0 && line === header)) return [];
    const [trainFrom, trainLast, testFrom, testLast] = line.split(',').map((date) => dayAt.get(date) ?? Number.NaN);
    if (!(trainFrom! <= trainLast! && testFrom! <= testLast!)) {
      const at = `${path}:${k + 1}`;
      throw new InputError(
        `${at}: expected ${header}, first and last sessions of the dataset, got “${line.slice(0, 80)}”.`,
        { code: 'E202', at },
      );
    }
    return [{ trainFrom: trainFrom!, trainTo: trainLast! + 1, testFrom: testFrom!, testTo: testLast! + 1 }];
  });
}
