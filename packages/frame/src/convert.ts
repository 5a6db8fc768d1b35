import { DataFrame } from 'danfojs-node';
import type { Frame, FrameLike } from './frame.ts';

/** Numbers or texts of one column. */
export type ColumnData = Float64Array | readonly string[];

/** Equally long columns by name. */
export type Columns = Readonly<Record<string, ColumnData>>;

/** A danfojs `DataFrame` class, of whatever release. */
export interface DataFrameConstructor<T> {
  new (rows: (number | string)[][], options: { columns: string[]; dtypes: string[] }): T;
  readonly prototype: object;
}

/**
 * A danfojs data frame that holds a copy of columns: a row per index, the columns in their order.
 *
 * Rows are built here because danfojs 1.2.0 takes an object of typed arrays for rows, not columns: it transposes square
 * input silently and throws on the rest.
 * danfojs makes each column a property of the frame: a column called `values` or `shape` would hide the frame's own.
 * @throws RangeError if there is no column, the columns differ in length, or one has the name of a frame's property
 */
export function toFrame(columns: Columns): Frame;
/**
 * The same as a frame of your own danfojs, with all that it can do.
 * @param DataFrameClass `DataFrame` of `danfojs-node` or `danfojs`
 */
export function toFrame<T>(columns: Columns, DataFrameClass: DataFrameConstructor<T>): T;
export function toFrame(columns: Columns, DataFrameClass: DataFrameConstructor<unknown> = DataFrame): unknown {
  const names = Object.keys(columns);
  const arrays = Object.values(columns);
  const rowCount = arrays[0]?.length ?? 0;
  if (rowCount === 0) throw new RangeError('toFrame: expected at least one column with at least one row');
  arrays.forEach((array, c) => {
    if (array.length !== rowCount)
      throw new RangeError(`toFrame: column “${names[c]}” has ${array.length} rows, “${names[0]}” has ${rowCount}`);
  });
  const hiding = names.find((name) => name in DataFrameClass.prototype);
  if (hiding !== undefined)
    throw new RangeError(`toFrame: a column called “${hiding}” would hide the frame’s own ${hiding}; rename it`);
  const rows = new Array<(number | string)[]>(rowCount);
  for (let i = 0; i < rowCount; i++) {
    const row = new Array<number | string>(arrays.length);
    for (let c = 0; c < arrays.length; c++) row[c] = arrays[c]![i]!;
    rows[i] = row;
  }
  // danfojs calls every number with a fraction float32; the cells are doubles all the same.
  const dtypes = arrays.map((array) => (array instanceof Float64Array ? 'float32' : 'string'));
  return new DataFrameClass(rows, { columns: names, dtypes });
}

/**
 * The columns of a data frame, ours or a user's own danfojs `DataFrame`. A column of numbers comes back as
 * `Float64Array` (missing cells are `NaN`), any other as texts.
 */
export function fromFrame(frame: FrameLike): Columns {
  const [rowCount = 0] = frame.shape;
  const rows = frame.values as readonly (readonly unknown[] | unknown)[];
  const cell = (row: number, c: number): unknown => {
    const cells = rows[row];
    // A frame with one column may give its values unnested.
    return Array.isArray(cells) ? cells[c] : c === 0 ? cells : undefined;
  };
  const isMissing = (value: unknown): boolean =>
    value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
  const read = (c: number): ColumnData => {
    const cells = Array.from({ length: rowCount }, (_, row) => cell(row, c));
    const isNumeric = cells.every((value) => typeof value === 'number' || isMissing(value));
    return isNumeric
      ? Float64Array.from(cells, (value) => (isMissing(value) ? Number.NaN : (value as number)))
      : cells.map((value) => (isMissing(value) ? '' : String(value)));
  };
  return Object.fromEntries(frame.columns.map((name, c) => [name, read(c)]));
}
