import type { MarketState, Print } from '@preopen/core';
import { isSame } from '../../data/predictions-file.ts';
import { judgeEach, noneChanged } from '../invariants.ts';
import { ages, judgeFlagged, judgeFresh, judgeResume } from '../print-invariants.ts';
import { asOfMoments, type PrintTaiwanFault, stocksIn, struckIn, timeOfDay } from '../prints.ts';

const openMs = timeOfDay('09:00');
const tradingEndMs = timeOfDay('13:25');
const stopMs = timeOfDay('10:15');
/** From the stop to the call auction of the backup system. */
const longestStopMs = 3_600_000;
const [inTheStop, afterIt] = [timeOfDay('10:20'), timeOfDay('11:30')];
/** Moments after the close: by then the closing auction has been received, whoever's clock is asked. */
const afterClose = asOfMoments.filter((asOfMs) => asOfMs > timeOfDay('13:30'));

const keysAt = (moments: readonly number[], stocks: Iterable<string>): string[] =>
  [...stocks].flatMap((stock) => moments.map((asOfMs) => `${asOfMs},${stock}`));
const priced = (print: Print, factor: number): Print => ({
  ...print,
  priceTwd: Number((print.priceTwd * factor).toFixed(2)),
});

/** Interruptions of one stock: when matching waits, and by what its price has moved when it goes on. */
interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
  readonly factor: number;
}

/** One interruption over the moment of 10:20. */
const usualPause: readonly Pause[] = [{ fromMs: timeOfDay('10:18:30'), toMs: timeOfDay('10:21'), factor: 1.07 }];
/** Twenty-two of them between 10:00 and 11:00, as on 2017-01-09. Their moves cancel in pairs. */
const manyPauses: readonly Pause[] = Array.from({ length: 22 }, (_, i) => {
  const fromMs = timeOfDay('10:00') + Math.round((i * 3_600_000) / 22);
  return { fromMs, toMs: fromMs + 120_000, factor: i % 2 === 0 ? 1.07 : 1 / 1.07 };
});

/** What happens to the market, as prints and the exchange's own words show it. */
export const marketPrintFaults: readonly PrintTaiwanFault[] = [
  {
    id: 'tw-06',
    title: 'The market opens locked limit-down',
    story:
      'Seven stocks in ten open at their lower limit and stay there, a fifth of their prints left; the exchange marks them as at the limit. They can be sold to nobody, however fresh their price is.',
    intensity: 'share of stocks that are locked, up to 70 %',
    judges: ['unflaggedLocked', 'falseAlarm'],
    damage(prints, intensity, random) {
      const struck = struckIn(prints, 0.7 * intensity, random);
      const opened = new Map<string, number>();
      for (const { stock, priceTwd } of prints) if (!opened.has(stock)) opened.set(stock, priceTwd);
      const count = new Map<string, number>();
      const faulty = prints.flatMap((print) => {
        if (!struck.has(print.stock)) return [print];
        const nth = count.get(print.stock) ?? 0;
        count.set(print.stock, nth + 1);
        const limit = Number((opened.get(print.stock)! * 0.9).toFixed(2));
        return nth % 5 === 0 ? [{ ...print, priceTwd: limit }] : [];
      });
      const states = [...struck].map((stock) => ({ receivedMs: openMs, stock, state: 'limit-down' }) as const);
      const isLocked = (key: string): boolean => struck.has(key.slice(key.indexOf(',') + 1));
      return {
        faulty,
        states,
        judge: (answer) => [
          judgeFlagged('unflaggedLocked', keysAt(asOfMoments, struck), 'it is locked at its limit', answer),
          judgeFresh(
            ages(faulty, stocksIn(prints)).fresh.filter((key) => !isLocked(key)),
            answer,
          ),
        ],
      };
    },
  },
  {
    id: 'tw-08',
    title: 'A storm of interruptions, and the highest prices',
    story:
      'Matching of the struck stocks waits for two and a half minutes over 10:20 and goes on by an auction 7 % higher; one waits twenty-two times in an hour (2017-01-09). The auction is no step from one trade to the next.',
    intensity: 'share of stocks that are interrupted, up to half',
    judges: ['claimedLive', 'resumeJump'],
    damage(prints, intensity, random) {
      const struck = [...struckIn(prints, 0.5 * intensity, random)];
      const pausesOf = new Map(struck.map((stock, i) => [stock, i === 0 ? manyPauses : usualPause]));
      const states: MarketState[] = [];
      for (const [stock, pauses] of pausesOf)
        for (const { fromMs, toMs } of pauses)
          states.push({ receivedMs: fromMs, stock, state: 'paused' }, { receivedMs: toMs, stock, state: 'trading' });
      states.sort((a, b) => a.receivedMs - b.receivedMs);
      const going = new Map<string, number>();
      const kept: Print[] = [];
      const factors: number[] = [];
      for (const print of prints) {
        const pauses = pausesOf.get(print.stock) ?? [];
        if (pauses.some(({ fromMs, toMs }) => print.timeMs >= fromMs && print.timeMs < toMs)) continue;
        const over = pauses.filter(({ toMs }) => toMs <= print.timeMs);
        const isFirst = over.length > (going.get(print.stock) ?? 0);
        going.set(print.stock, over.length);
        kept.push(isFirst ? { ...print, kind: 'auction' } : print);
        factors.push(over.reduce((product, { factor }) => product * factor, 1));
      }
      return {
        faulty: kept.map((print, i) => (factors[i] === 1 ? print : priced(print, factors[i]!))),
        states,
        // The same auctions at the price before them.
        beside: [kept],
        judge: (answer, [still]) => [
          judgeFlagged('claimedLive', keysAt([inTheStop], struck), 'its matching waits', answer),
          judgeResume(keysAt([afterIt], struck), answer, still!),
        ],
      };
    },
  },
  {
    id: 'tw-10',
    title: 'The whole exchange stops and starts again from its backup',
    story:
      'Nothing is matched from 10:15 on; the backup goes on by a call auction, and numbers its prints from 1 again. What comes then is new, whatever its number.',
    intensity: 'how long the market stands still, up to an hour',
    judges: ['claimedLive', 'restartLost'],
    damage(prints, intensity) {
      if (intensity === 0) return { faulty: prints, judge: () => [] };
      const startMs = stopMs + longestStopMs * intensity;
      const opened = new Set<string>();
      const left = prints
        .filter(({ timeMs }) => timeMs < stopMs || timeMs >= startMs)
        .map((print): Print => {
          if (print.timeMs < stopMs || opened.has(print.stock)) return print;
          opened.add(print.stock);
          return { ...print, kind: 'auction' };
        });
      const before = left.filter(({ timeMs }) => timeMs < stopMs).length;
      const states: MarketState[] = [
        { receivedMs: stopMs, stock: '*', state: 'halted' },
        { receivedMs: Math.round(startMs), stock: '*', state: 'trading' },
      ];
      const stocks = stocksIn(prints);
      const later = asOfMoments.filter((asOfMs) => asOfMs >= startMs).map(String);
      return {
        faulty: left.map((print, i) => ({ ...print, sequence: i < before ? i + 1 : i - before + 1 })),
        states,
        beside: [left],
        judge: (answer, [numberedOn]) => [
          judgeFlagged(
            'claimedLive',
            startMs > inTheStop ? keysAt([inTheStop], stocks) : [],
            'the exchange stands still',
            answer,
          ),
          noneChanged(
            new Map([...numberedOn!.predictions].filter(([key]) => later.includes(key.slice(0, key.indexOf(','))))),
            answer.predictions,
            'restartLost',
          ),
        ],
      };
    },
  },
  {
    id: 'tw-13',
    title: 'Clocks are off',
    story:
      'The exchange’s clock is 1.8 s fast, ours 2 s slow, and set back by another second at 13:24:59. Prints seem to come before they happen, and the closing auction after the close: both count.',
    intensity: 'how far the clocks are off, up to 3.8 s and 4.8 s',
    judges: ['falseAlarm', 'closingMissed'],
    damage(prints, intensity) {
      const off = (print: Print): Print => ({
        ...print,
        timeMs: print.timeMs + Math.round(1800 * intensity),
        receivedMs: print.receivedMs - Math.round((print.receivedMs >= tradingEndMs - 1000 ? 3000 : 2000) * intensity),
      });
      const isClosing = ({ timeMs, kind }: Print): boolean => kind === 'auction' && timeMs >= tradingEndMs;
      const faulty = intensity === 0 ? prints : prints.map(off);
      const withoutClose = prints.filter((print) => !isClosing(print));
      const closed = new Set(prints.filter(isClosing).map(({ stock }) => stock));
      return {
        faulty,
        beside: [prints, withoutClose, withoutClose.map(off)],
        judge(answer, [right, rightWithout, without]) {
          // Of those that the auction moves where clocks are right.
          const moved = keysAt(afterClose, closed).filter((key) => {
            const [with_, less] = [right!.predictions.get(key), rightWithout!.predictions.get(key)];
            return with_ !== undefined && (less === undefined || !isSame(with_, less));
          });
          return [
            judgeFresh(ages(prints, stocksIn(prints), 10_000).fresh, answer),
            judgeEach('closingMissed', moved, (key) => {
              const [found, less] = [answer.predictions.get(key), without!.predictions.get(key)];
              if (found === undefined) return `${key} is not predicted`;
              return less !== undefined && isSame(found, less)
                ? `${key} is predicted as ${found}, as if there had been no closing auction`
                : undefined;
            }),
          ];
        },
      };
    },
  },
];
