import { parquetWriteFile } from 'hyparquet-writer';
import type { Panel } from '../panel.ts';
import { cellsWithRows, presentFields } from './price-rows.ts';

/**
 * Writes a panel as Parquet: the columns and rows of the CSV; date and stock as text, figures as doubles, `NaN` for none.
 * Figures are written plainly and uncompressed: looking for a dictionary and packing them took three quarters of the time.
 */
export function writePriceParquet(panel: Panel, path: string): void {
  const fields = presentFields(panel);
  const cells = cellsWithRows(panel, fields);
  const n = panel.stocks.length;
  const dates: string[] = new Array(cells.length);
  const codes: string[] = new Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const t = Math.floor(cells[row]! / n);
    dates[row] = panel.dates[t]!;
    codes[row] = panel.stocks[cells[row]! - t * n]!.code;
  }
  parquetWriteFile({
    filename: path,
    rowGroupSize: 100_000,
    columnData: [
      { name: 'date', data: dates, type: 'STRING', nullable: false, encoding: 'RLE_DICTIONARY' },
      { name: 'stock', data: codes, type: 'STRING', nullable: false, encoding: 'RLE_DICTIONARY' },
      ...fields.map((field) => {
        const data = new Float64Array(cells.length);
        const column = panel.fields[field];
        for (let row = 0; row < cells.length; row++) data[row] = column[cells[row]!]!;
        return {
          name: field,
          data,
          type: 'DOUBLE' as const,
          nullable: false,
          encoding: 'PLAIN' as const,
          codec: 'UNCOMPRESSED' as const,
          statistics: false,
        };
      }),
    ],
  });
}
