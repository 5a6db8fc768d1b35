import type { Market } from '../panel.ts';
import { parseDay } from './cell.ts';

/** What a title line of an exchange's file tells of the rows below it. */
export interface TitleFacts {
  readonly stock?: string;
  readonly name?: string;
  readonly market?: Market;
  /** Day number. */
  readonly day?: number;
}

const dayOf = (year: string, month: string, day: string): { day?: number } => {
  const bytes = new TextEncoder().encode(`${year}/${month}/${day}`);
  const number = parseDay(bytes, 0, bytes.length);
  return number < 0 ? {} : { day: number };
};

/**
 * Reads a title: `2020/03  Daily Trading Value/Volume of 2330`, `109年03月 2330 台積電 各日成交資訊`,
 * `112年01月30日 每日收盤行情(全部)`, `股票代號:5483`, `資料日期:112/01/30`.
 * @returns `undefined` if the line is no title
 */
export function titleFacts(line: string): TitleFacts | undefined {
  const text = line.replace(/^[\uFEFF"\s]+|["\s,]+$/g, '');
  const english = /Daily Trading Value\/Volume of ([0-9A-Z]{4,6})$/.exec(text);
  if (english) return { stock: english[1]!, market: 'TWSE' };
  const month = /^\d{2,4}年\d{1,2}月\s*([0-9A-Z]{4,6})\s+(\S+?)\s*各日成交資訊/.exec(text);
  if (month) return { stock: month[1]!, name: month[2]!, market: 'TWSE' };
  const day = /^(\d{2,4})年(\d{1,2})月(\d{1,2})日/.exec(text);
  if (day) return dayOf(day[1]!, day[2]!, day[3]!);
  const labelled = /^(?:股票代號|證券代號)[:：]\s*([0-9A-Z]{4,6})$/.exec(text);
  if (labelled) return { stock: labelled[1]! };
  const name = /^(?:股票名稱|證券名稱)[:：]\s*(\S+)$/.exec(text);
  if (name) return { name: name[1]! };
  const dated = /^資料日期[:：]\s*(\d{2,4})\/(\d{1,2})\/(\d{1,2})$/.exec(text);
  if (dated) return dayOf(dated[1]!, dated[2]!, dated[3]!);
  if (/^(上櫃|個股日成交資訊)/.test(text)) return { market: 'TPEx' };
  return /^資料日期[:：]/.test(text) ? {} : undefined;
}

/**
 * The security that a file's name tells, such as `2330.csv`, `2330.TW.csv` or `prices-2330-2020-03.csv`: the only word
 * of the name that looks like a code. A year (19xx, 20xx) counts only where nothing else does.
 */
export function stockOfFileName(name: string): string | undefined {
  const words = name.split(/[^0-9A-Za-z]+/).filter((word) => /^(\d{4,6}|\d{4,5}[A-Z])$/.test(word));
  const codes = new Set(words.filter((word) => !/^(19|20)\d{2}((0[1-9]|1[0-2])(\d{2})?)?$/.test(word)));
  if (codes.size > 1) return undefined;
  return [...codes][0] ?? (new Set(words).size === 1 && /^\d{4}$/.test(words[0]!) ? words[0] : undefined);
}
