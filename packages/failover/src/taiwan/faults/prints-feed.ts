import type { Print } from '@preopen/core';
import { judgeOne, noneChanged } from '../invariants.ts';
import { judgeAges, judgeFlat, judgeLate, judgeMoments } from '../print-invariants.ts';
import { asOfMoments, byReceipt, type PrintTaiwanFault, stocksIn, struckIn, timeOfDay } from '../prints.ts';
import { drawn, grown } from '../taiwan-fault.ts';

const silenceFromMs = timeOfDay('08:59:50');
const silenceMs = 190_000;
const backlogMs = 2000;
const repeatFromMs = timeOfDay('10:00');

/** What a feed itself does to prints. */
export const feedPrintFaults: readonly PrintTaiwanFault[] = [
  {
    id: 'tw-01',
    title: 'The feed is silent over the open, then all of it comes at once',
    story: 'No prints from 08:59:50 to 09:03:00, then all of them within two seconds.',
    intensity: 'share of the 190 seconds of silence',
    judges: ['unflaggedStale', 'falseAlarm'],
    damage(prints, intensity) {
      const endMs = silenceFromMs + silenceMs * intensity;
      const late = (timeMs: number): number =>
        Math.round(endMs + (backlogMs * (timeMs - silenceFromMs)) / (endMs - silenceFromMs));
      const faulty = byReceipt(
        prints.map((print) =>
          print.timeMs >= silenceFromMs && print.timeMs < endMs ? { ...print, receivedMs: late(print.timeMs) } : print,
        ),
      );
      return { faulty, judge: (answer) => judgeAges(faulty, stocksIn(prints), answer) };
    },
  },
  {
    id: 'tw-03',
    title: 'The feed repeats the last quote',
    story:
      'From 10:00 on the last print of a third of the stocks is repeated every ten seconds, with the time that it had. That is no flat price: a volatility, where the pipeline states one, is that without the repeats.',
    intensity: 'share of stocks that are repeated, up to 30 %',
    judges: ['unflaggedStale', 'falseAlarm', 'flatVolatility'],
    damage(prints, intensity, random) {
      const struck = struckIn(prints, 0.3 * intensity, random);
      const last = new Map<string, Print>();
      for (const print of prints)
        if (struck.has(print.stock) && print.timeMs < repeatFromMs) last.set(print.stock, print);
      const repeated = [...last.values()].flatMap((print) =>
        Array.from({ length: 1200 }, (_, i) => ({ ...print, receivedMs: repeatFromMs + i * 10_000 })),
      );
      const live = prints.filter(({ stock, timeMs }) => !struck.has(stock) || timeMs < repeatFromMs);
      const faulty = byReceipt([...live, ...repeated]);
      const keys = asOfMoments
        .filter((asOfMs) => asOfMs > repeatFromMs)
        .flatMap((asOfMs) => [...struck].map((stock) => `${asOfMs},${stock}`));
      return {
        faulty,
        beside: [live],
        judge: (answer, [without]) => [
          ...judgeAges(faulty, stocksIn(prints), answer),
          judgeFlat(keys, answer, without!),
        ],
      };
    },
  },
  {
    id: 'tw-04',
    title: 'The feed sends things again',
    story: 'Prints come up to five times, under the number that they had.',
    intensity: 'share of prints that come again',
    judges: ['changed', 'duplicated'],
    damage(prints, intensity, random) {
      const struck = new Set(drawn([...prints.keys()], grown(prints.length, intensity), random));
      return {
        faulty: prints.flatMap((print, i) =>
          struck.has(i) ? Array<Print>(2 + random.integer(4)).fill(print) : [print],
        ),
        beside: [prints],
        judge: (answer, [same]) => [
          noneChanged(same!.predictions, answer.predictions),
          judgeOne(
            'duplicated',
            answer.duplicates === 0 ? undefined : `${answer.duplicates} second rows of a moment and stock`,
          ),
        ],
      };
    },
  },
  {
    id: 'tw-05',
    title: 'Things come late and out of order',
    story:
      'Prints come up to half a minute late; those that were received say the same in any order. A count of late ones, where the pipeline states it, is that of those that came after a later one of their stock.',
    intensity: 'how late they come, up to 30 s',
    judges: ['changed', 'backwards', 'lateUncounted'],
    damage(prints, intensity, random) {
      const late =
        intensity === 0
          ? prints
          : prints.map((print) => ({
              ...print,
              receivedMs: print.timeMs + Math.round(30_000 * intensity * random.uniform()),
            }));
      const faulty = intensity === 0 ? prints : byReceipt(late);
      return {
        faulty,
        beside: [late],
        judge: (answer, [same]) => [
          noneChanged(same!.predictions, answer.predictions),
          judgeMoments(answer),
          judgeLate(faulty, answer),
        ],
      };
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
        beside: [prints],
        judge: (answer, [same]) => [noneChanged(same!.predictions, answer.predictions)],
      };
    },
  },
];
