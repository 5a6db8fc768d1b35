import { createRandom } from '@preopen/core';
import type { DatasetFiles } from '../../src/data/price-table.ts';
import { laterBy } from '../../src/taiwan/dataset-tables.ts';

const csv = (lines: readonly (readonly (string | number)[])[]): Buffer =>
  Buffer.from(`${lines.map((line) => line.join(',')).join('\n')}\n`);

/** A dataset folder with all of its tables: weekdays from a Monday on, prices that move, two boards. */
export function marketFiles({ seed, fall = 0 }: { seed: number; fall?: number }): DatasetFiles {
  const [stocks, days] = [12, 30];
  const random = createRandom(seed, 'market-files');
  const calendar = Array.from({ length: Math.ceil(days / 5) * 7 }, (_, t) => laterBy('2025-03-03', t));
  const isOpen = (date: string): boolean => new Date(`${date}T00:00:00Z`).getUTCDay() % 6 !== 0;
  const sessions = calendar.filter(isOpen).slice(0, days);
  const codes = Array.from({ length: stocks }, (_, i) => String(1101 + 7 * i));
  const prices = new Map(codes.map((code) => [code, 20 + 200 * random.uniform()]));
  const rows = sessions.flatMap((date, t) =>
    codes.map((code) => {
      const reference = prices.get(code)!;
      const change = t === days - 6 || t === days - 7 ? -fall : 0.02 * random.normal();
      const close = Number((reference * (1 + Math.max(-0.1, Math.min(0.1, change)))).toFixed(2));
      prices.set(code, close);
      const [open, high, low] = [close, close * 1.01, close * 0.99].map((price) => price.toFixed(2));
      const volume = 1_000_000 + random.integer(9_000_000);
      const turnover = Math.round(volume * close);
      return [date, code, open!, high!, low!, close, reference.toFixed(2), volume, turnover, 5000, 1];
    }),
  );
  const columns = 'date,stock,open,high,low,close,reference,volume,turnoverTwd,trades,adjustedFactor'.split(',');
  const universe = codes.map((code, i) => [code, `name ${code}`, i % 3 === 0 ? 'TPEx' : 'TWSE', '24', '', '']);
  return new Map<string, Uint8Array>([
    ['prices.csv', csv([columns, ...rows])],
    ['universe.csv', csv([['stock', 'name', 'market', 'sector', 'listed', 'delisted'], ...universe])],
    ['calendar.csv', csv([['date', 'open'], ...calendar.map((date) => [date, sessions.includes(date) ? 1 : 0])])],
    ['halts.csv', csv([['date', 'stock', 'state']])],
    ['dataset.json', Buffer.from('{"schemaVersion":1}')],
  ]);
}
