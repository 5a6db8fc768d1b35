import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, printFiles, writeFileAtomic } from '@preopen/core';
import { livePredictions } from './live-prints.ts';

/** Rows of a small CSV without quotes, as objects; what is a number in every row is one. */
async function rowsOf<T>(path: string, columns: readonly (keyof T & string)[]): Promise<T[]> {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  const names = head.split(',');
  const lacking = columns.find((name) => !names.includes(name));
  if (lacking !== undefined)
    throw new InputError(`${path}:1: there is no column “${lacking}” in ${head}.`, { code: 'E202', at: path });
  return lines.map((line, i) => {
    const cells = line.split(',');
    const row: Record<string, string | number> = {};
    for (const name of columns) {
      const text = cells[names.indexOf(name)] ?? '';
      const isNumber = name.endsWith('Ms') || name === 'priceTwd' || name === 'volume' || name === 'sequence';
      if (isNumber && (text === '' || !Number.isFinite(Number(text))))
        throw new InputError(`${path}:${i + 2}: ${name}: expected a number, got “${text}”.`, {
          code: 'E202',
          at: `${path}:${i + 2}`,
        });
      row[name] = isNumber ? Number(text) : text;
    }
    return row as T;
  });
}

/**
 * Where a dataset has the prints of a session (`prints.csv`, `states.csv`, `as-of.csv`), writes what is said during it to `live.csv`.
 * @returns rows written, `undefined` where there are no prints
 * @throws InputError with file and line for what is no print
 */
export async function writeLive(input: string, output: string): Promise<number | undefined> {
  const path = (name: string): string => join(input, name);
  if (!existsSync(path('prints.csv'))) return undefined;
  const rows = livePredictions(
    await rowsOf(path('prints.csv'), printFiles['prints.csv']),
    existsSync(path('states.csv')) ? await rowsOf(path('states.csv'), printFiles['states.csv']) : [],
    await rowsOf(path('as-of.csv'), printFiles['as-of.csv']),
  );
  const lines = rows.map(({ asOfMs, stock, prediction, flag, volatility, late }) =>
    [asOfMs, stock, prediction, flag, Number.isNaN(volatility) ? '' : volatility, late].join(','),
  );
  await writeFileAtomic(
    join(output, 'live.csv'),
    `${['asOfMs,stock,prediction,flag,volatility,late', ...lines].join('\n')}\n`,
  );
  return rows.length;
}
