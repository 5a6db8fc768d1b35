import type { Cells } from './row-parser.ts';

const comma = 0x2c;
const quote = 0x22;
const equals = 0x3d;

/** Room for the cells of one row; used again for each. */
export const cellRoom = 256;

/**
 * Cuts `bytes[start, end)` at its commas. Quotes around a cell (`"…"`, and a spreadsheet's `="…"`) are left out; doubled
 * quotes inside are left as they stand. In Big5 no byte of a character is a comma or a quote, so bytes are safe to cut.
 * @returns how many cells; −1 if a quote is never closed, or followed by anything but a comma, or there are too many cells
 */
export function cutCells(cells: Cells, start: number, end: number): number {
  const { bytes, starts, ends } = cells;
  let count = 0;
  let at = start;
  for (;;) {
    if (count === cellRoom) return -1;
    let from = at;
    if (bytes[at] === equals && bytes[at + 1] === quote) at++;
    if (at < end && bytes[at] === quote) {
      from = ++at;
      for (;;) {
        while (at < end && bytes[at] !== quote) at++;
        if (at >= end) return -1;
        if (at + 1 < end && bytes[at + 1] === quote) at += 2;
        else break;
      }
      starts[count] = from;
      ends[count++] = at++;
      if (at < end && bytes[at] !== comma) return -1;
    } else {
      while (at < end && bytes[at] !== comma) at++;
      starts[count] = from;
      ends[count++] = at;
    }
    if (at >= end) return count;
    at++;
  }
}
