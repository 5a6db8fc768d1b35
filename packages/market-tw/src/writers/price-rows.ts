import { type Panel, type PanelField, panelFields } from '../panel.ts';
import { neededColumns } from '../readers/column-names.ts';

/**
 * Fields that a file gets: those that every price file has, and of the others those that the panel has at all. Why a stock
 * does not trade is in a file of its own (`halts-file.ts`).
 */
export function presentFields(panel: Panel): PanelField[] {
  const needed: readonly PanelField[] = neededColumns;
  return panelFields.filter(
    (field) =>
      needed.includes(field) || (field !== 'haltState' && panel.fields[field].some((value) => !Number.isNaN(value))),
  );
}

/**
 * Cells of a panel that get a row, in order: those with any value. A stock that has none on a day (halted, not listed) has
 * no row, as in the exchange's files; one with a volume of odd lots and no price has one.
 */
export function cellsWithRows(panel: Panel, fields: readonly PanelField[]): Int32Array {
  const { close } = panel.fields;
  const others = fields.filter((field) => field !== 'close').map((field) => panel.fields[field]);
  const cells = new Int32Array(close.length);
  let count = 0;
  for (let at = 0; at < close.length; at++) {
    if (!Number.isNaN(close[at]!) || others.some((column) => !Number.isNaN(column[at]!))) cells[count++] = at;
  }
  return cells.subarray(0, count);
}
