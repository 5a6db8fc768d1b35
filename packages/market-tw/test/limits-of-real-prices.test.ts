import { describe, expect, it } from 'vitest';
import { priceGrid } from '../src/limit-columns.ts';
import { type LimitException, limitExceptions } from './support/limit-exceptions.ts';
import { hasRealData, realRows } from './support/real-data.ts';

const files = [
  'licensed/stock-day-13-stocks-2015-2025.csv.gz',
  'unlicensed-facts/stock-daily-45-stocks-2020h1.csv',
  'panels/panel-full-2019h2-2020.csv.gz',
];

interface Outcome {
  checkedRows: number;
  offTick: string[];
  exceptions: LimitException[];
}

const cents = (text: string | undefined): number => Math.round(Number(text) * 100);

/** What is remembered of a stock: its rows, its last close, and the number of the session that made it. */
interface Memory {
  readonly sessions: number;
  readonly close: number;
  readonly closedAt: number;
}

/** Why the reference that a row prints does not explain the day; `today` counts the file's sessions. */
function reasonOf(last: Memory | undefined, today: number, explains: (reference: number) => boolean): string {
  const sessions = (last?.sessions ?? 0) + 1;
  if (last === undefined || sessions <= 5) return `session ${sessions} of the listing`;
  if (explains(last.close)) return 'the previous close is the reference';
  const missed = today - last.closedAt - 1;
  return missed === 0 ? 'ex-day' : `${missed} sessions without a close before`;
}

/**
 * Reference = close − change as printed. A row whose high or low that does not explain is an exception. Listings are
 * counted from a stock's first row; none of the exceptions lies in the first week of the file.
 */
function examine(rows: string[][]): Outcome {
  const outcome: Outcome = { checkedRows: 0, offTick: [], exceptions: [] };
  const seen = new Map<string, Memory>();
  const sessionOf = new Map([...new Set(rows.map(([, date]) => date!))].sort().map((date, index) => [date, index]));
  for (const [code = '', date = '', open, high, low, close, , , change = ''] of rows) {
    if (!/^[1-9]\d{3}$/.test(code)) continue;
    const last = seen.get(code);
    const today = sessionOf.get(date)!;
    const day = { open: cents(open), high: cents(high), low: cents(low), close: cents(close) };
    if (!(day.close > 0)) continue;
    seen.set(code, { sessions: (last?.sessions ?? 0) + 1, close: day.close, closedAt: today });
    const grid = priceGrid({ date });
    if (!Object.values(day).every((price) => grid.isOnTick(price))) outcome.offTick.push(`${code} ${date}`);
    // Blank, X0.00 and a spreadsheet's ###### say that there is nothing to compare with.
    if (change === '' || Number.isNaN(Number(change))) continue;
    const explains = (reference: number): boolean =>
      day.high <= grid.limitUp(reference) && day.low >= grid.limitDown(reference);
    outcome.checkedRows++;
    if (!explains(day.close - cents(change)))
      outcome.exceptions.push({ code, date, reason: reasonOf(last, today, explains) });
  }
  return outcome;
}

describe('price limits of real days', () => {
  it.skipIf(!files.every(hasRealData))(
    'explain every high and low of regular stocks, but for those listed one by one (needs the shared market data)',
    { timeout: 60_000 },
    () => {
      const outcomes = files.map((file) => examine(realRows(file)));
      expect(outcomes.map(({ checkedRows }) => checkedRows)).toEqual([31_023, 5141, 628_656]);
      expect(outcomes.flatMap(({ offTick }) => offTick)).toEqual([]);
      expect(outcomes[0]!.exceptions).toEqual([]);
      expect(outcomes[2]!.exceptions).toEqual(limitExceptions);
      // The smaller sample of 2020 is part of the panel.
      const known = new Set(limitExceptions.map(({ code, date }) => `${code} ${date}`));
      for (const { code, date } of outcomes[1]!.exceptions) expect(known).toContain(`${code} ${date}`);
      for (const { code, date, reason } of limitExceptions) {
        const session = /session (\d+)/.exec(reason)?.[1];
        if (session) expect(Number(session), `${code} ${date}`).toBeLessThanOrEqual(5);
      }
    },
  );
});
