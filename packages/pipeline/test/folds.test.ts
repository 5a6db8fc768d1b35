import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataset } from '@preopen/market-tw';
import { walkForwardFolds } from '@preopen/pipeline';
import { afterAll, describe, expect, it } from 'vitest';
import { foldsCsv, readFolds } from '../src/fold-file.ts';
import { foldNotes, foldSeries } from '../src/signal/fold-series.ts';
import { signalQuality } from '../src/signal-check.ts';
import { aContext, aPipeline } from './support/check-context.ts';

const dir = mkdtempSync(join(tmpdir(), 'preopen-folds-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const dates = Array.from({ length: 40 }, (_, t) => new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10));
const folds = walkForwardFolds({
  days: 40,
  firstDay: 5,
  minTrainDays: 10,
  testDays: 8,
  horizonDays: 2,
  embargoDays: 1,
});

describe('the file of folds', () => {
  it('comes back as it was written', async () => {
    writeFileSync(join(dir, 'folds.csv'), foldsCsv(folds, dates));
    expect(await readFolds(dir, dates)).toEqual(folds);
    expect(await readFolds(join(dir, 'none'), dates)).toBeUndefined();
  });
  it.each([
    ['a day that is no session', '2024-01-06,2024-01-15,2024-01-19,2025-01-01'],
    ['days in the wrong order', '2024-01-15,2024-01-06,2024-01-19,2024-01-26'],
    ['a row that is cut off', '2024-01-06,2024-01-15'],
  ])('with %s is refused with its line', async (_, row) => {
    const path = join(dir, 'folds.csv');
    writeFileSync(path, `${foldsCsv(folds, dates)}${row}\n`);
    await expect(readFolds(dir, dates)).rejects.toThrow(`${path}:${folds.length + 2}: expected train_from`);
  });
});

describe('folds in the results', () => {
  it('stand session by session: each adds up to its last test day', () => {
    const { columns } = foldSeries(folds, dates);
    const of = (name: string): number[] => columns.find((column) => column.name === name)!.values as number[];
    folds.forEach(({ testTo }, k) => {
      expect(of('not used')[k]! + of('training')[k]! + of('left out')[k]! + of('test')[k]!).toBe(testTo);
      // Two sessions of the label and one of embargo.
      expect(of('left out')[k]).toBe(3);
    });
    expect(columns[0]!.values[0]).toBe(`${dates[folds[0]!.testFrom]} – ${dates[folds[0]!.testTo - 1]}`);
  });
  it('whose training labels end within the test are told; those that end before it are not', () => {
    expect(foldNotes(folds, dates, 2)).toEqual([]);
    const adjoining = folds.map((fold) => ({ ...fold, trainTo: fold.testFrom }));
    expect(foldNotes(adjoining, dates, 1)).toEqual([]);
    expect(foldNotes(adjoining, dates, 2)[0]).toContain(`${folds.length} of ${folds.length} folds train on labels`);
  });
  it('are those that the pipeline left, and none where it left none', async () => {
    const plain = aPipeline((panel) => panel.fields.volume);
    const seriesOf = async (pipeline: typeof plain): Promise<string[]> =>
      (await signalQuality().run(await aContext(pipeline))).series.map(({ id }) => id);
    const telling: typeof plain = {
      name: 'telling',
      run: async (request) => {
        const run = await plain.run(request);
        const { dates: sessions } = await readDataset(request.inputDir);
        const fold = { trainFrom: 20, trainTo: 30, testFrom: 31, testTo: 60 };
        writeFileSync(join(request.outputDir, 'folds.csv'), foldsCsv([fold], sessions));
        return run;
      },
    };
    expect(await seriesOf(plain)).not.toContain('walkForward.folds');
    expect(await seriesOf(telling)).toContain('walkForward.folds');
  });
});
