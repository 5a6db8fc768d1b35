import { type Columns, columnsFromRows } from './columns.ts';
import { DataError } from './errors.ts';
import { legacyDecimal } from './model/legacy-decimal.ts';

/** How to read a table of text. */
export interface TextTableOptions {
  /** Whether the first line holds column names. */
  readonly header?: boolean | undefined;
  /** Which column is the label: its number (0 where absent), `name:return`, or `none` for a table without one. */
  readonly labelColumn?: string | number | undefined;
  /**
   * `true` (default) reads each decimal as the nearest double; `false` as LightGBM does unless `precise_float_parser` is
   * set, which is a unit in the last place beside it here and there.
   */
  readonly precise?: boolean | undefined;
}

/** A table read from text. */
export interface TextTable {
  readonly data: Columns;
  /** `undefined` if the table has no label column. */
  readonly label: Float64Array | undefined;
}

const MISSING_WORDS = new Set(['', 'na', 'nan', 'null', 'n/a', 'none']);

const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** LightGBM's default parser reads infinities as this. */
const LEGACY_INFINITY = 1e308;

function cellValue(word: string, line: number, isPrecise: boolean): number {
  const text = word.trim();
  if (MISSING_WORDS.has(text.toLowerCase())) return Number.NaN;
  const infinite = INFINITE.exec(text);
  if (infinite) return (infinite[1] === '-' ? -1 : 1) * (isPrecise ? Number.POSITIVE_INFINITY : LEGACY_INFINITY);
  const value = isPrecise ? Number(text) : legacyDecimal(text);
  if (Number.isNaN(value)) throw new DataError(`table, line ${line}: "${text.slice(0, 40)}" is not a number.`);
  return value;
}

function separatorOf(line: string): string {
  if (line.includes('\t')) return '\t';
  return line.includes(',') ? ',' : ' ';
}

function labelIndex(labelColumn: string | number, names: readonly string[] | undefined, width: number): number {
  if (labelColumn === 'none') return -1;
  const text = String(labelColumn);
  const index = text.startsWith('name:') ? (names?.indexOf(text.slice(5)) ?? -1) : Number(text === '' ? 0 : text);
  if (!Number.isInteger(index) || index < 0 || index >= width) {
    throw new DataError(`table: label column "${text}" is not one of the ${width} columns.`);
  }
  return index;
}

/**
 * Reads a table of numbers as LightGBM's command line does: separated by tabs, commas or spaces, one row a line;
 * `nan`, `na` and nothing are missing.
 * @throws DataError with the line of what is not a number, or has another width than the first line
 */
export function parseTextTable(text: string, options: TextTableOptions = {}): TextTable {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const [first] = lines;
  if (first === undefined) throw new DataError('table: it is empty.');
  if (/^\S+(?:\s+\d+:\S+)+\s*$/.test(first)) {
    throw new DataError('table: this is LibSVM text; write it as comma- or tab-separated columns.');
  }
  const separator = separatorOf(first);
  const names = options.header ? first.split(separator).map((name) => name.trim()) : undefined;
  const start = names ? 1 : 0;
  const width = first.split(separator).length;
  const label = labelIndex(options.labelColumn ?? 0, names, width);
  const rowCount = lines.length - start;
  const features = label < 0 ? width : width - 1;
  const matrix = new Float64Array(rowCount * features);
  const labels = new Float64Array(label < 0 ? 0 : rowCount);
  for (let row = 0; row < rowCount; row++) {
    const cells = lines[start + row]!.split(separator);
    if (cells.length !== width) {
      throw new DataError(`table, line ${start + row + 1}: ${cells.length} columns; the first line has ${width}.`);
    }
    for (let column = 0, at = row * features; column < width; column++) {
      const value = cellValue(cells[column]!, start + row + 1, options.precise !== false);
      if (column === label) labels[row] = value;
      else matrix[at++] = value;
    }
  }
  const featureNames = names?.filter((_, index) => index !== label);
  const data = columnsFromRows(matrix, rowCount, features, featureNames);
  return { data, label: label < 0 ? undefined : labels };
}
