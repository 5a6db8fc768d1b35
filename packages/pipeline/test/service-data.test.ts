import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { expand } from '../src/generation/generate.ts';
import { recipeName, recipeOf } from '../src/generation/recipe.ts';
import { sessionsBehind } from '../src/service/data-age.ts';
import { featureTableCsv, readFeatureTable } from '../src/service/feature-table.ts';
import { gapsOf } from '../src/service/gaps.ts';

const dir = mkdtempSync(join(tmpdir(), 'preopen-table-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the age of data', () => {
  const taipei = (date: string, time: string): number => Date.parse(`${date}T${time}:00+08:00`);
  // 2025-01-22 was the last session before the Lunar New Year, 2025-02-03 the first after it.
  it.each([
    ['2025-01-21', '2025-01-22', '13:29', 0],
    ['2025-01-21', '2025-01-22', '13:30', 1],
    ['2025-01-22', '2025-01-22', '15:00', 0],
    ['2025-01-22', '2025-02-03', '09:00', 0],
    ['2025-01-22', '2025-02-03', '13:30', 1],
    ['2025-01-20', '2025-02-03', '13:30', 3],
    ['2025-02-04', '2025-02-03', '13:30', 0],
  ])('of %s on %s at %s is %i sessions', (data, today, time, sessions) => {
    expect(sessionsBehind(data, taipei(today, time))).toBe(sessions);
  });
});

describe('gaps in rows of features', () => {
  it('are rows with one, and features that no row has: as a count by hand (property)', () => {
    const cell = fc.constantFrom(1, Number.NaN);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(cell, { maxLength: 40 }), (width, cells) => {
        const rows = Math.floor(cells.length / width);
        const table = Array.from({ length: rows }, (_, row) => cells.slice(row * width, (row + 1) * width));
        const gaps = gapsOf(Float64Array.from(table.flat()), rows);
        expect(gaps.rows).toBe(table.filter((row) => row.some(Number.isNaN)).length);
        const features = Array.from({ length: rows === 0 ? 0 : width }, (_, f) => f);
        expect(gaps.features).toEqual(features.filter((f) => table.every((row) => Number.isNaN(row[f]!))));
      }),
    );
  });
});

describe('a table of features', () => {
  const path = join(dir, 'features.csv');
  it('comes back as it was written, for the features that are asked for', async () => {
    const values = Float64Array.of(0.1 + 0.2, Number.NaN, -0.5, Math.fround(1 / 3));
    const table = { date: '2026-08-20', names: ['x', 'multiply(x|y)'], codes: ['0050', '1101'], values };
    writeFileSync(path, featureTableCsv(table));
    expect(await readFeatureTable(path, table.names)).toEqual(table);
    expect((await readFeatureTable(path, ['z', 'x'])).values).toEqual(
      Float64Array.of(Number.NaN, values[0]!, Number.NaN, values[2]!),
    );
  });
  it.each([
    ['no header', '2026-08-20,0050,1\n', '1: expected a header'],
    ['none of the features', 'date,stock,other\n2026-08-20,0050,1\n', '1: expected a header'],
    ['no row', 'date,stock,x\n', '2: expected a row for each stock'],
    [
      'a day that is none',
      'date,stock,x\n2026-02-30,0050,1\n',
      '2: expected a day such as 2026-08-20, got “2026-02-30”',
    ],
    ['a row that is cut off', 'date,stock,x\n2026-08-20,0050,1\n2026-08-20,11', '3: expected 3 cells'],
    ['a stock twice', 'date,stock,x\n2026-08-20,0050,1\n2026-08-20,0050,2\n', '3: expected one row of 0050'],
    ['words', 'date,stock,x\n2026-08-20,0050,high\n', '2: expected a number or nothing as x, got “high”'],
  ])('with %s is refused with its line', async (_, text, words) => {
    writeFileSync(path, text);
    await expect(readFeatureTable(path, ['x'])).rejects.toThrow(`${path}:${words}`);
  });
  it('that is not there is refused', async () => {
    await expect(readFeatureTable(join(dir, 'none.csv'), ['x'])).rejects.toThrow('cannot read the features');
  });
});

it('a generated feature is known by its name', () => {
  for (const recipe of expand(['momentum_5d', 'range_1d'])) expect(recipeOf(recipeName(recipe))).toEqual(recipe);
  expect(recipeOf('momentum_5d')).toBeUndefined();
});
