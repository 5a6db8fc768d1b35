import { DataError } from './errors.ts';

/**
 * A table as one typed array per feature, `rowCount` long each. `NaN` is missing.
 * This is the form that costs no copy; {@link columnsFromRows}, {@link columnsFromFrame} and
 * {@link columnsFromSparseRows} make it of others.
 */
export interface Columns {
  readonly rowCount: number;
  readonly columns: readonly (Float64Array | Float32Array)[];
  /** Feature names; `Column_0`, `Column_1` … where absent. */
  readonly names?: readonly string[] | undefined;
}

/** Sparse rows (CSR): values that are not listed are 0, never missing. */
export interface SparseRows {
  readonly rowCount: number;
  readonly columnCount: number;
  /** `[rowCount + 1]`: where each row's entries begin in `columnIndex` and `values`. */
  readonly rowStart: Uint32Array | Int32Array;
  readonly columnIndex: Uint32Array | Int32Array;
  readonly values: Float64Array | Float32Array;
}

/** What is needed of a data frame: danfojs's `DataFrame` has this shape. */
export interface FrameLike {
  readonly columns: readonly string[];
  readonly shape: readonly number[];
  /** Row-major cells; `null`, `undefined` and anything that is not a number read as missing. */
  readonly values: unknown;
}

/**
 * Checks that every column has `rowCount` values.
 * @throws DataError naming the first column that does not
 */
export function checkColumns(data: Columns, what: string): void {
  if (!Number.isInteger(data.rowCount) || data.rowCount < 0) {
    throw new DataError(`${what}: rowCount is ${data.rowCount}; it must be a whole number of rows.`);
  }
  data.columns.forEach((column, index) => {
    if (!(column instanceof Float64Array) && !(column instanceof Float32Array)) {
      throw new DataError(`${what}: column ${index} is not a Float64Array or Float32Array. Use Float64Array.from().`);
    }
    if (column.length !== data.rowCount) {
      throw new DataError(`${what}: column ${index} has ${column.length} values, rowCount is ${data.rowCount}.`);
    }
  });
  if (data.names && data.names.length !== data.columns.length) {
    throw new DataError(`${what}: ${data.names.length} names for ${data.columns.length} columns.`);
  }
}

/**
 * Columns of a row-major matrix.
 * @param rows `[rowCount × columnCount]`, row after row
 * @throws DataError if the length is not `rowCount × columnCount`
 */
export function columnsFromRows(
  rows: Float64Array | Float32Array,
  rowCount: number,
  columnCount: number,
  names?: readonly string[],
): Columns {
  if (rows.length !== rowCount * columnCount) {
    throw new DataError(`columnsFromRows: ${rows.length} values are not ${rowCount} rows of ${columnCount} columns.`);
  }
  const columns = Array.from({ length: columnCount }, (_, index) => {
    const column = rows instanceof Float32Array ? new Float32Array(rowCount) : new Float64Array(rowCount);
    for (let row = 0, at = index; row < rowCount; row++, at += columnCount) column[row] = rows[at]!;
    return column;
  });
  return { rowCount, columns, names };
}

/** Columns of sparse rows; what is not listed becomes 0. */
export function columnsFromSparseRows(data: SparseRows): Columns {
  const columns = Array.from({ length: data.columnCount }, () => new Float64Array(data.rowCount));
  for (let row = 0; row < data.rowCount; row++) {
    for (let at = data.rowStart[row]!; at < data.rowStart[row + 1]!; at++) {
      const column = columns[data.columnIndex[at]!];
      if (!column) {
        throw new DataError(
          `columnsFromSparseRows: row ${row} names column ${data.columnIndex[at]}; there are ${data.columnCount}.`,
        );
      }
      column[row] = data.values[at]!;
    }
  }
  return { rowCount: data.rowCount, columns };
}

/**
 * Columns of a data frame such as danfojs's. Frames hold boxed row-major cells, so this copies.
 * Booleans read as 0 and 1, anything else that is not a number as missing.
 */
export function columnsFromFrame(frame: FrameLike): Columns {
  const [rowCount = 0] = frame.shape;
  const cells = frame.values as readonly (readonly unknown[])[];
  const columns = frame.columns.map((_, index) => {
    const column = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) {
      const cell = cells[row]?.[index];
      column[row] = typeof cell === 'number' ? cell : typeof cell === 'boolean' ? Number(cell) : Number.NaN;
    }
    return column;
  });
  return { rowCount, columns, names: frame.columns };
}
