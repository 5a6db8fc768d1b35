import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@preopen/core';
import { parquetWriteBuffer } from 'hyparquet-writer';

const columns = ['date', 'stock', 'open', 'high', 'low', 'close', 'volume'];

/** Writes daily prices of a random walk to a folder, as CSV and as Parquet. */
export function writePrices(dir, { stocks, days }) {
  const random = createRandom(1, 'mutants/prices');
  const last = Array.from({ length: stocks }, () => 100);
  const rows = [];
  for (let day = 0; day < days; day++) {
    const date = new Date(Date.UTC(2025, 0, 2 + day)).toISOString().slice(0, 10);
    for (let stock = 0; stock < stocks; stock++) {
      last[stock] = Math.max(5, last[stock] * (1 + 0.02 * Math.max(-3, Math.min(3, random.normal()))));
      const close = last[stock].toFixed(2);
      rows.push([date, String(1101 + stock), close, close, close, close, '1000']);
    }
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'prices.csv'), `${[columns, ...rows].map((row) => row.join(',')).join('\n')}\n`);
  const columnData = columns.map((name, at) =>
    at < 2
      ? { name, data: rows.map((row) => row[at]), type: 'STRING', nullable: false }
      : { name, data: Float64Array.from(rows, (row) => Number(row[at])), type: 'DOUBLE', nullable: false },
  );
  writeFileSync(join(dir, 'prices.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })));
  writeFileSync(join(dir, 'dataset.json'), '{"schemaVersion":1}');
}
