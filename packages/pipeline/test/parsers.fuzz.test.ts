import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzz, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { foldsFile, readFolds } from '../src/fold-file.ts';
import { horizonOf } from '../src/pipeline-run.ts';
import { readFeatureTable } from '../src/service/feature-table.ts';
import { readLooks } from '../src/signal/data-looks.ts';

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-pipeline-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

describe('whatever a pipeline says of its folds', () => {
  it('gives folds within the sessions, or an error with file and line', async () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
    const text = 'train_from,train_to,test_from,test_to\n2024-01-02,2024-01-03,2024-01-04,2024-01-05\n';
    await fuzz(
      mutatedTexts(text, text.replaceAll('\n', '\r\n')),
      (changed) => {
        write(foldsFile, changed);
        return readFolds(scratch, dates);
      },
      [InputError],
      (folds) => {
        for (const { trainFrom, trainTo, testFrom, testTo } of folds ?? [])
          expect(trainFrom < trainTo && testFrom < testTo && testTo <= dates.length).toBe(true);
      },
    );
  });
});

describe('whatever stands in the ledger of looks at data', () => {
  it('gives the looks whose lines are whole', async () => {
    const data = `sha256:${'0'.repeat(64)}`;
    const line = (check: string) => `${JSON.stringify({ at: '2026-01-05T01:00:00.000Z', data, check, icMean: 0.1 })}\n`;
    await fuzz(
      mutatedTexts(line('signal/ic') + line('signal/decay')),
      (changed) => readLooks(write('looks.ndjson', changed)),
      [],
      (looks) => {
        for (const look of looks) expect(typeof look.data).toBe('string');
      },
    );
  });
});

describe('whatever stands in a table of features', () => {
  it('gives a row for each stock of the last day, or an error with file and line', async () => {
    const text = 'date,stock,momentum,__proto__\n2024-01-02,2330,0.5,1\n2024-01-03,2330,,2\n2024-01-03,0050,1e3,\n';
    await fuzz(
      mutatedTexts(text),
      (changed) => readFeatureTable(write('features.csv', changed), ['momentum', 'size', '__proto__']),
      [InputError],
      ({ date, codes, names, values }) => {
        expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        expect(values.length).toBe(codes.length * names.length);
        expect(values.every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true);
      },
    );
  });
});

describe('whatever a dataset says of its horizon', () => {
  it('gives a number of sessions, or an error with the file’s name', async () => {
    await fuzz(
      mutatedDocuments({
        schemaVersion: 1,
        source: 'simulated',
        stocks: 10,
        days: 20,
        horizonDays: 5,
        digest: 'sha256:0',
      }),
      (value) => {
        write('dataset.json', JSON.stringify(value) ?? '');
        return horizonOf(scratch);
      },
      [InputError],
      (days) => expect(Number.isSafeInteger(days) && days > 0).toBe(true),
    );
  });
});
