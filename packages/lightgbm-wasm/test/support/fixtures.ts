import { existsSync, readFileSync } from 'node:fs';
import type { Columns } from '../../src/index.ts';

const root = new URL('../../../../../shared/fixtures/lightgbm/', import.meta.url);

/** Whether upstream's parity fixtures lie beside the repository; without them the parity tests skip. */
export const hasFixtures: boolean = existsSync(root);

export interface FixtureCase {
  readonly name: string;
  readonly scope: 'train-and-predict' | 'predict-only';
  readonly params: Record<string, string | number | boolean | number[]>;
  readonly files: readonly string[];
  readonly extraPredictions: Record<string, Record<string, number | boolean>>;
}

export interface Table {
  readonly columns: Columns;
  readonly label: Float64Array;
  readonly weight?: Float64Array;
  readonly query?: Int32Array;
}

export const caseNames: readonly string[] = hasFixtures
  ? (JSON.parse(readFileSync(new URL('index.json', root), 'utf8')) as { name: string }[]).map(({ name }) => name)
  : [];

export function fixtureText(name: string, file: string): string {
  return readFileSync(new URL(`${name}/${file}`, root), 'utf8');
}

export function fixtureCase(name: string): FixtureCase {
  return JSON.parse(fixtureText(name, 'case.json')) as FixtureCase;
}

export function numbers(text: string): Float64Array {
  return Float64Array.from(text.trim().split(/[\s,]+/), (word) => (word === 'nan' ? Number.NaN : Number(word)));
}

/** A table of a case: label in column 0. */
export function readTable(name: string, file: 'train.csv' | 'test.csv' | 'valid.csv'): Table {
  const { params, files } = fixtureCase(name);
  const lines = fixtureText(name, file).trim().split('\n');
  const names = params.header === true ? lines.shift()!.split(',').slice(1) : undefined;
  const cells = lines.map((line) => line.split(',').map((word) => (word === 'nan' ? Number.NaN : Number(word))));
  const width = cells[0]!.length - 1;
  return {
    columns: {
      rowCount: cells.length,
      columns: Array.from({ length: width }, (_, k) => Float64Array.from(cells, (row) => row[k + 1]!)),
      names,
    },
    label: Float64Array.from(cells, (row) => row[0]!),
    ...(files.includes(`${file}.weight`) ? { weight: numbers(fixtureText(name, `${file}.weight`)) } : {}),
    ...(files.includes(`${file}.query`) ? { query: Int32Array.from(numbers(fixtureText(name, `${file}.query`))) } : {}),
  };
}
