import { InputError } from '@preopen/core';
import { type Market, type PanelField, panelFields } from '../panel.ts';
import type { NamedColumn } from './column-names.ts';

/** Figures of a row that the table keeps: the panel's, the day's change and the next day's reference price. */
export type FigureName = PanelField | 'change' | 'nextReference';

/** Every figure, in the order of the table's columns. */
export const figureNames: readonly FigureName[] = [...panelFields, 'change', 'nextReference'];

/** How a row tells its change against the day before. */
export const changeStates = { absent: 0, compared: 1, notCompared: 2 } as const;

/** One security as the files tell it. */
export interface SeenStock {
  readonly code: string;
  name: string | undefined;
  market: Market | undefined;
}

/** All rows read so far: growing typed columns, no object per row. */
export interface RowTable {
  readonly stocks: readonly SeenStock[];
  readonly count: number;
  /** Columns of the rows; valid until the next row is added. */
  columns(): RowColumns;
  /** Index of a security, by its code. */
  stockIndex(code: string, market: Market | undefined): number;
  nameStock(index: number, name: string): void;
  /** A place for one more row; its figures are `NaN`. */
  add(day: number, stock: number, file: number, line: number, change: number): number;
  /** Makes room for so many rows more, if they may come: growing step by step copies all there is again and again. */
  reserve(rows: number): void;
  /** Writes the figures of a layout into the row that was added last. */
  figureWriter(layout: Layout): FigureWriter;
}

/** @param values in the order of the layout's figures; the change, where it has one, behind them */
export type FigureWriter = (row: number, values: Float64Array) => void;

export interface RowColumns {
  readonly day: Int32Array;
  readonly stock: Int32Array;
  readonly file: Int32Array;
  readonly line: Int32Array;
  readonly change: Uint8Array;
  readonly figures: Partial<Record<FigureName, Float64Array>>;
}

const firstCapacity = 1 << 10;
/** About 11 GB of columns: more is no market of daily prices. */
const mostRows = 100_000_000;

/** An empty table. */
export function createRowTable(): RowTable {
  const stocks: SeenStock[] = [];
  const byCode = new Map<string, number>();
  let capacity = firstCapacity;
  let count = 0;
  const ints = { day: new Int32Array(capacity), stock: new Int32Array(capacity), file: new Int32Array(capacity) };
  let line = new Int32Array(capacity);
  let change = new Uint8Array(capacity);
  const figures: Partial<Record<FigureName, Float64Array>> = {};

  const grow = (wanted: number): void => {
    if (capacity >= mostRows)
      throw new InputError(`more than ${mostRows} rows of prices. Read them in parts.`, { code: 'E202' });
    capacity = Math.min(mostRows, wanted);
    const wider = <T extends Int32Array | Uint8Array | Float64Array>(column: T): T => {
      const grown = new (column.constructor as new (length: number) => T)(capacity);
      grown.set(column as never);
      return grown;
    };
    ints.day = wider(ints.day);
    ints.stock = wider(ints.stock);
    ints.file = wider(ints.file);
    line = wider(line);
    change = wider(change);
    for (const name of figureNames) {
      const column = figures[name];
      if (column) figures[name] = wider(column).fill(Number.NaN, count);
    }
  };
  return {
    stocks,
    get count() {
      return count;
    },
    columns: () => ({ ...ints, line, change, figures }),
    stockIndex(code, market) {
      let index = byCode.get(code);
      if (index === undefined) {
        index = stocks.length;
        byCode.set(code, index);
        stocks.push({ code, name: undefined, market });
      } else if (market !== undefined) stocks[index]!.market ??= market;
      return index;
    },
    nameStock(index, name) {
      stocks[index]!.name ??= name;
    },
    add(day, stock, file, at, how) {
      if (count === capacity) grow(capacity * 2);
      ints.day[count] = day;
      ints.stock[count] = stock;
      ints.file[count] = file;
      line[count] = at;
      change[count] = how;
      return count++;
    },
    reserve(rows) {
      if (count + rows > capacity && capacity < mostRows) grow(count + rows);
    },
    figureWriter(layout) {
      const names = layout.figures.map(({ figure }) => figure);
      if (layout.change >= 0) names.push('change');
      let columns: Float64Array[] = [];
      let room = -1;
      return (row, values) => {
        // Growing makes new columns.
        if (room !== capacity) {
          columns = names.map((name) => (figures[name] ??= new Float64Array(capacity).fill(Number.NaN)));
          room = capacity;
        }
        for (let f = 0; f < columns.length; f++) columns[f]![row] = values[f]!;
      };
    },
  };
}

/** Where a file's rows have their cells. */
export interface Layout {
  /** Cells of a row, a trailing empty one not counted. */
  readonly width: number;
  /** −1 where the file tells it elsewhere: in its title or name. */
  readonly date: number;
  readonly stock: number;
  readonly name: number;
  readonly change: number;
  readonly sign: number;
  readonly figures: readonly { readonly figure: FigureName; readonly at: number; readonly scale: number }[];
}

/** The layout that a header's columns make. The first of two columns with one meaning counts. */
export function layoutOf(columns: readonly (NamedColumn | undefined)[], width: number): Layout {
  const find = (meaning: NamedColumn['meaning']): number => columns.findIndex((column) => column?.meaning === meaning);
  return {
    width,
    date: find('date'),
    stock: find('stock'),
    name: find('name'),
    change: find('change'),
    sign: find('sign'),
    figures: figureNames
      .filter((figure) => figure !== 'change' && find(figure) >= 0)
      .map((figure) => ({ figure, at: find(figure), scale: columns[find(figure)]!.scale })),
  };
}
