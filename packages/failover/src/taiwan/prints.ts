import type { Random } from '@preopen/core';
import type { DatasetFiles } from '../data/price-table.ts';
import { type Invariant, type Judged, judgeEach, noneChanged } from './invariants.ts';
import type { DayPrint } from './market.ts';
import { drawn, grown, type TaiwanFault } from './taiwan-fault.ts';

/** One print as a feed delivers it. Times are milliseconds since midnight in Taipei. */
export interface Print {
  /** When it was received, by our clock. */
  readonly receivedMs: number;
  /** When it happened, by the exchange's. */
  readonly timeMs: number;
  /** Numbers the prints of the day; what comes again has the number that it had. */
  readonly sequence: number;
  readonly stock: string;
  readonly session: 'regular' | 'odd-lot' | 'block';
  readonly priceTwd: number;
  /** Shares. */
  readonly volume: number;
}

const clock = (text: string): number => {
  const [hours, minutes, seconds = 0] = text.split(':').map(Number);
  return ((hours! * 60 + minutes!) * 60 + seconds) * 1000;
};

/** Moments at which predictions are asked: in the silence over the open, in its backlog, and later. */
export const asOfMoments: readonly number[] = ['09:02:30', '09:03:01', '09:06', '10:20', '11:30', '13:00'].map(clock);
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
    });
  }
  return prints;
}

const columns = ['receivedMs', 'timeMs', 'sequence', 'stock', 'session', 'priceTwd', 'volume'] as const;

/** The dataset with the prints of a session, in the order in which they stand, and the moments at which predictions are asked. */
export function withPrints(files: DatasetFiles, prints: readonly Print[]): DatasetFiles {
  const lines = [columns.join(','), ...prints.map((print) => columns.map((name) => print[name]).join(','))];
  const asked = ['asOfMs,maxAgeMs', ...asOfMoments.map((atMs) => `${atMs},${maxAgeMs}`)];
  return new Map([
    ...files,
    ['prints.csv', Buffer.from(`${lines.join('\n')}\n`)],
    ['as-of.csv', Buffer.from(`${asked.join('\n')}\n`)],
  ]);
}

/** What a pipeline says at the moments: by `asOfMs,stock`. */
export interface LiveAnswer {
  readonly predictions: ReadonlyMap<string, number>;
  /** Those that it marks as stale or degraded. */
  readonly flagged: ReadonlySet<string>;
  readonly duplicates: number;
}

/** Reads `live.csv`: asOfMs, stock, prediction, flag. `undefined` for what is none. */
export function readLive(text: string | undefined): LiveAnswer | undefined {
  const [head = '', ...lines] = (text ?? '').split(/\r?\n/).filter((line) => line !== '');
  const at = ['asOfMs', 'stock', 'prediction', 'flag'].map((name) => head.split(',').indexOf(name));
  if (at.includes(-1)) return undefined;
  const predictions = new Map<string, number>();
  const flagged = new Set<string>();
  for (const line of lines) {
    const cells = line.split(',');
    const [asOf, stock, prediction = '', flag = ''] = at.map((place) => cells[place]);
    const key = `${asOf},${stock}`;
    if (prediction.trim() !== '') predictions.set(key, Number(prediction));
    if (flag.trim() !== '') flagged.add(key);
  }
  return {
    predictions,
    flagged,
    duplicates: lines.length - new Set(lines.map((line) => line.split(',').slice(0, 2).join())).size,
  };
}

/** Keys whose newest regular price, of all that was received, is fresh or stale at each moment. */
export function ages(prints: readonly Print[], stocks: readonly string[]): { fresh: string[]; stale: string[] } {
  const fresh: string[] = [];
  const stale: string[] = [];
  for (const asOfMs of asOfMoments) {
    const newest = new Map<string, number>();
    for (const { receivedMs, timeMs, stock, session } of prints)
      if (session === 'regular' && receivedMs <= asOfMs) newest.set(stock, Math.max(newest.get(stock) ?? 0, timeMs));
    for (const stock of stocks)
      (asOfMs - (newest.get(stock) ?? Number.NEGATIVE_INFINITY) > maxAgeMs ? stale : fresh).push(`${asOfMs},${stock}`);
  }
  return { fresh, stale };
}

/** No stale price goes in without a flag, and no fresh one is flagged or left out. */
export function judgeAges(prints: readonly Print[], stocks: readonly string[], answer: LiveAnswer): Judged[] {
  const { fresh, stale } = ages(prints, stocks);
  const { predictions, flagged } = answer;
  return [
    judgeEach('unflaggedStale', stale, (key) =>
      predictions.has(key) && !flagged.has(key)
        ? `${key} is predicted without a flag, and its price is older than ${maxAgeMs / 1000} s`
        : undefined,
    ),
    judgeEach('falseAlarm', fresh, (key) =>
      predictions.has(key) && !flagged.has(key)
        ? undefined
        : `${key} has a fresh price and is ${predictions.has(key) ? 'flagged' : 'not predicted'}`,
    ),
  ];
}

/** A failure scenario that comes in the prints of a session. */
export interface PrintTaiwanFault extends TaiwanFault {
  readonly judges: readonly Invariant[];
  /** @returns prints in the order in which they stand in the file, and those that say the same as they should be */
  damage(
    prints: readonly Print[],
    intensity: number,
    random: Random,
  ): { faulty: readonly Print[]; same?: readonly Print[] };
}

const byReceipt = (prints: readonly Print[]): Print[] => prints.toSorted((a, b) => a.receivedMs - b.receivedMs);
const silenceFromMs = clock('08:59:50');
const silenceMs = 190_000;
const backlogMs = 2000;

/** The failure scenarios that come in prints. */
export const printTaiwanFaults: readonly PrintTaiwanFault[] = [
  {
    id: 'tw-01',
    title: 'The feed is silent over the open, then all of it comes at once',
    story: 'No prints from 08:59:50 to 09:03:00, then all of them within two seconds.',
    intensity: 'share of the 190 seconds of silence',
    judges: ['unflaggedStale', 'falseAlarm'],
    damage(prints, intensity) {
      const endMs = silenceFromMs + silenceMs * intensity;
      return {
        faulty: byReceipt(
          prints.map((print) =>
            print.timeMs >= silenceFromMs && print.timeMs < endMs
              ? {
                  ...print,
                  receivedMs: Math.round(
                    endMs + (backlogMs * (print.timeMs - silenceFromMs)) / (endMs - silenceFromMs),
                  ),
                }
              : print,
          ),
        ),
      };
    },
  },
  {
    id: 'tw-03',
    title: 'The feed repeats the last quote',
    story:
      'From 10:00 on the last print of a third of the stocks is repeated every ten seconds, with the time that it had.',
    intensity: 'share of stocks that are repeated, up to 30 %',
    judges: ['unflaggedStale', 'falseAlarm'],
    damage(prints, intensity, random) {
      const fromMs = clock('10:00');
      const stocks = [...new Set(prints.map(({ stock }) => stock))].sort();
      const struck = new Set(drawn(stocks, grown(stocks.length * 0.3, intensity), random));
      const last = new Map<string, Print>();
      for (const print of prints) if (struck.has(print.stock) && print.timeMs < fromMs) last.set(print.stock, print);
      const repeated = [...last.values()].flatMap((print) =>
        Array.from({ length: 1200 }, (_, i) => ({ ...print, receivedMs: fromMs + i * 10_000 })),
      );
      const live = prints.filter(({ stock, timeMs }) => !struck.has(stock) || timeMs < fromMs);
      return { faulty: byReceipt([...live, ...repeated]) };
    },
  },
  {
    id: 'tw-04',
    title: 'The feed sends things again',
    story: 'Prints come up to five times, under the number that they had.',
    intensity: 'share of prints that come again',
    judges: ['changed'],
    damage(prints, intensity, random) {
      const struck = new Set(drawn([...prints.keys()], grown(prints.length, intensity), random));
      return {
        faulty: prints.flatMap((print, i) =>
          struck.has(i) ? Array<Print>(2 + random.integer(4)).fill(print) : [print],
        ),
        same: prints,
      };
    },
  },
  {
    id: 'tw-05',
    title: 'Things come late and out of order',
    story: 'Prints come up to half a minute late; those that were received say the same in any order.',
    intensity: 'how late they come, up to 30 s',
    judges: ['changed'],
    damage(prints, intensity, random) {
      if (intensity === 0) return { faulty: prints, same: prints };
      const late = prints.map((print) => ({
        ...print,
        receivedMs: print.timeMs + Math.round(30_000 * intensity * random.uniform()),
      }));
      return { faulty: byReceipt(late), same: late };
    },
  },
  {
    id: 'tw-17',
    title: 'Prints of odd lots and blocks among those of the session',
    story:
      'One print in twenty is of the odd-lot or block session, at a price of its own; volume-weighted prices must not move.',
    intensity: 'share of such prints, up to 5 %',
    judges: ['changed'],
    damage(prints, intensity, random) {
      const struck = new Set(drawn([...prints.keys()], grown(prints.length * 0.05, intensity), random));
      return {
        faulty: prints.flatMap((print, i) => {
          if (!struck.has(i)) return [print];
          const isBlock = random.integer(2) === 0;
          const foreign: Print = {
            ...print,
            sequence: prints.length + i + 1,
            session: isBlock ? 'block' : 'odd-lot',
            priceTwd: Number((print.priceTwd * (isBlock ? 0.93 : 1.05)).toFixed(2)),
            volume: isBlock ? 500_000 : 37,
          };
          return [print, foreign];
        }),
        same: prints,
      };
    },
  },
];

/** What is judged of an answer, against that to the prints as they should be. */
export function judgeLive(
  fault: PrintTaiwanFault,
  prints: readonly Print[],
  stocks: readonly string[],
  answer: LiveAnswer,
  same: LiveAnswer,
): Judged[] {
  return fault.judges.includes('changed')
    ? [noneChanged(same.predictions, answer.predictions)]
    : judgeAges(prints, stocks, answer);
}
