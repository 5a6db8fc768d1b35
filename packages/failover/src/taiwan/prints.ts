import { type MarketState, type Print, printFiles, type Random } from '@preopen/core';
import type { DatasetFiles } from '../data/price-table.ts';
import type { Invariant, Judged } from './invariants.ts';
import type { DayPrint } from './market.ts';
import { drawn, grown, type TaiwanFault } from './taiwan-fault.ts';

/** Milliseconds since midnight of a time of the day. */
export const timeOfDay = (text: string): number => {
  const [hours, minutes, seconds = 0] = text.split(':').map(Number);
  return ((hours! * 60 + minutes!) * 60 + seconds) * 1000;
};

/** Moments at which predictions are asked: in the silence over the open, in its backlog, later, and after the close. */
export const asOfMoments: readonly number[] = ['09:02:30', '09:03:01', '09:06', '10:20', '11:30', '13:00', '13:31'].map(
  timeOfDay,
);
/** A price that is older is stale. */
export const maxAgeMs = 600_000;

/** The regular prints of a day as they come without a fault: at once, each once, in their order. */
export function regularPrints(day: Iterable<DayPrint>): Print[] {
  const prints: Print[] = [];
  for (const { timeMs, stock, kind, priceTwd, volume } of day) {
    if ((kind !== 'auction' && kind !== 'trade') || !(priceTwd > 0) || !(volume > 0)) continue;
    prints.push({
      receivedMs: timeMs,
      timeMs,
      sequence: prints.length + 1,
      stock,
      session: 'regular',
      priceTwd,
      volume,
      kind,
    });
  }
  return prints;
}

const csvOf = <T>(columns: readonly (keyof T & string)[], rows: readonly T[]): Buffer =>
  Buffer.from(`${[columns.join(','), ...rows.map((row) => columns.map((name) => row[name]).join(','))].join('\n')}\n`);

/** The dataset with a session's prints and states, in the order in which they stand, and the moments at which predictions are asked. */
export function withPrints(
  files: DatasetFiles,
  prints: readonly Print[],
  states: readonly MarketState[] = [],
): DatasetFiles {
  const asked = asOfMoments.map((asOfMs) => ({ asOfMs, maxAgeMs }));
  return new Map([
    ...files,
    ['prints.csv', csvOf(printFiles['prints.csv'], prints)],
    ['states.csv', csvOf(printFiles['states.csv'], states)],
    ['as-of.csv', csvOf(printFiles['as-of.csv'], asked)],
  ]);
}

/** What a pipeline says at the moments: by `asOfMs,stock`. */
export interface LiveAnswer {
  readonly predictions: ReadonlyMap<string, number>;
  /** Those that it marks as stale, locked, halted or otherwise no prediction to act on. */
  readonly flagged: ReadonlySet<string>;
  /** What it states besides, if it has a column for it. */
  readonly stated: Readonly<Record<LiveColumn, ReadonlyMap<string, number> | undefined>>;
  /** Moments in the order in which their rows stand. */
  readonly moments: readonly number[];
  readonly duplicates: number;
}

/** Columns of `live.csv` that a pipeline may leave out; what they would show is then not measured. */
export type LiveColumn = 'volatility' | 'late';

/** Reads `live.csv`: asOfMs, stock, prediction, flag, and what else it states. `undefined` for what is none. */
export function readLive(text: string | undefined): LiveAnswer | undefined {
  const [head = '', ...lines] = (text ?? '').split(/\r?\n/).filter((line) => line !== '');
  const names = head.split(',');
  const at = ['asOfMs', 'stock', 'prediction', 'flag'].map((name) => names.indexOf(name));
  if (at.includes(-1)) return undefined;
  const rows = lines.map((line) => line.split(','));
  const keyOf = (cells: readonly string[]): string => `${cells[at[0]!]},${cells[at[1]!]}`;
  const numbers = (column: string): Map<string, number> | undefined => {
    const place = names.indexOf(column);
    if (place < 0) return undefined;
    const given = rows.filter((cells) => (cells[place] ?? '').trim() !== '');
    return new Map(given.map((cells) => [keyOf(cells), Number(cells[place])]));
  };
  return {
    predictions: numbers('prediction')!,
    flagged: new Set(rows.filter((cells) => (cells[at[3]!] ?? '').trim() !== '').map(keyOf)),
    stated: { volatility: numbers('volatility'), late: numbers('late') },
    moments: rows.map((cells) => Number(cells[at[0]!])),
    duplicates: rows.length - new Set(rows.map(keyOf)).size,
  };
}

/** A session with a fault in it. */
export interface PrintTrial {
  /** In the order in which they stand in the file. */
  readonly faulty: readonly Print[];
  readonly states?: readonly MarketState[];
  /** Other sessions that the pipeline is given for comparison; without states. */
  readonly beside?: readonly (readonly Print[])[];
  /**
   * Which invariants an answer keeps, each with how often it does not.
   * @param beside what it says of the other sessions
   */
  judge(answer: LiveAnswer, beside: readonly LiveAnswer[]): readonly Judged[];
}

/** A failure scenario that comes in the prints of a session. */
export interface PrintTaiwanFault extends TaiwanFault {
  readonly judges: readonly Invariant[];
  /** The prints of a session as they come with the failure in them, and how an answer to them is judged. */
  damage(prints: readonly Print[], intensity: number, random: Random): PrintTrial;
}

/** Prints in the order in which they are received. */
export const byReceipt = (prints: readonly Print[]): Print[] => prints.toSorted((a, b) => a.receivedMs - b.receivedMs);

/** Codes of the prints, ascending. */
export const stocksIn = (prints: readonly Print[]): string[] => [...new Set(prints.map(({ stock }) => stock))].sort();

/** Stocks that a fault strikes: a share of them, drawn. */
export const struckIn = (prints: readonly Print[], share: number, random: Random): Set<string> => {
  const stocks = stocksIn(prints);
  return new Set(drawn(stocks, grown(stocks.length, share), random));
};
