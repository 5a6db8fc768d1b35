import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import { readLineBlocks } from './csv-lines.ts';
import { dayNumber, isDate, isoDate } from './date.ts';
import { type CompanyFigureName, type CompanyFigures, companyFigureNames } from './simulation/company-reports.ts';

/** Beside the prices it holds what companies reported: a figure per row, by publication. */
export const companyFiguresFile = 'company-figures.csv';
const header = 'stock,figure,period,publishedDate,value';

/** @param stocks of the panel that the figures belong to */
export function* companyFigureLines(
  figures: CompanyFigures,
  stocks: readonly { readonly code: string }[],
): Generator<string> {
  yield `${header}\n`;
  let day = Number.NaN;
  let date = '';
  for (let k = 0; k < figures.value.length; k++) {
    if (figures.publishedDay[k] !== day) {
      day = figures.publishedDay[k]!;
      date = isoDate(day);
    }
    const period = `${Math.floor(figures.period[k]! / 100)}-${String(figures.period[k]! % 100).padStart(2, '0')}`;
    yield `${stocks[figures.stock[k]!]!.code},${companyFigureNames[figures.figure[k]!]},${period},${date},${figures.value[k]}\n`;
  }
}

/** Reads a file of figures. @throws InputError with file and line for what is none */
export async function readCompanyFigures(
  path: string,
  stocks: readonly { readonly code: string }[],
): Promise<CompanyFigures> {
  const stockAt = new Map(stocks.map(({ code }, i) => [code, i]));
  const stock: number[] = [];
  const figure: number[] = [];
  const period: number[] = [];
  const publishedDay: number[] = [];
  const value: number[] = [];
  for await (const { lines, firstLine } of readLineBlocks(path)) {
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k]!.replace(/\r$/, '');
      if (line === '' || (firstLine + k === 1 && line === header)) continue;
      const [code = '', name = '', month = '', date = '', text = ''] = line.split(',');
      const at = stockAt.get(code);
      const place = companyFigureNames.indexOf(name as CompanyFigureName);
      const given = text === '' ? Number.NaN : Number(text);
      const refuse = (expected: string): never => {
        const where = `${path}:${firstLine + k}`;
        throw new InputError(`${where}: expected ${expected}, got “${line.slice(0, 80)}”.`, {
          code: 'E202',
          at: where,
        });
      };
      if (at === undefined || place < 0 || !/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || !Number.isFinite(given))
        return refuse(`${header} with a stock of the universe`);
      if (!isDate(date)) return refuse('a publishedDate that is a day, such as 2020-03-10');
      stock.push(at);
      figure.push(place);
      period.push(Number(month.replace('-', '')));
      publishedDay.push(dayNumber(date));
      value.push(given);
    }
  }
  return {
    stock: Int32Array.from(stock),
    figure: Uint8Array.from(figure),
    period: Int32Array.from(period),
    publishedDay: Int32Array.from(publishedDay),
    value: Float64Array.from(value),
  };
}

/** The figures of a dataset folder; `undefined` where it has none. @throws InputError as `readCompanyFigures` */
export async function readDatasetFigures(
  dir: string,
  stocks: readonly { readonly code: string }[],
): Promise<CompanyFigures | undefined> {
  const path = join(dir, companyFiguresFile);
  return existsSync(path) ? readCompanyFigures(path, stocks) : undefined;
}
