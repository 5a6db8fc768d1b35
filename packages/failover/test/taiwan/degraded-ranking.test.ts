import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { dayRankings, judgeRanking, rankingMeasurement } from '../../src/taiwan/degraded-ranking.ts';

const days = 14;
const stocks = 12;
const date = (day: number): string => `2025-04-${String(day + 1).padStart(2, '0')}`;
const code = (stock: number): string => String(2300 + stock);

/** Closes whose return to the next session grows with the number of the stock, every day. */
const prices = {
  columns: ['date', 'stock', 'close'],
  rows: Array.from({ length: days * stocks }, (_, i) => {
    const [day, stock] = [Math.floor(i / stocks), i % stocks];
    return [date(day), code(stock), String(100 * (1 + (stock + 1) / 1000) ** day)];
  }),
};

const predicted = (score: (stock: number, day: number) => number | undefined) =>
  new Map(
    Array.from({ length: days * stocks }, (_, i) => [Math.floor(i / stocks), i % stocks] as const).flatMap(
      ([day, stock]) => {
        const value = score(stock, day);
        return value === undefined ? [] : [[`${date(day)},${code(stock)}`, value] as const];
      },
    ),
  );

const perfect = predicted((stock) => stock);
const random = () => createRandom(1, 'test');

describe('how well a pipeline still ranks under a fault', () => {
  it('is the rank correlation of each day with the returns to the next session; the last day has none', () => {
    const { without, with: under } = dayRankings(
      prices,
      perfect,
      predicted((stock) => -stock),
    );
    expect(without).toEqual(Array(days - 1).fill(1));
    expect(under).toEqual(Array(days - 1).fill(-1));
  });

  it('leaves out days of which one of the two predicts fewer than ten stocks', () => {
    const few = predicted((stock, day) => (day < 2 && stock > 8 ? undefined : stock));
    expect(dayRankings(prices, perfect, few).with).toHaveLength(days - 3);
  });

  it('is a violation where it is proved to have lost more than 30 %, and none where it is as before', () => {
    expect(judgeRanking(dayRankings(prices, perfect, perfect), random())).toMatchObject([{ violated: 0 }]);
    const halves = predicted((stock) => stock % 6);
    expect(judgeRanking(dayRankings(prices, perfect, halves), random())).toMatchObject([
      {
        invariant: 'ranking',
        violated: 1,
        example: expect.stringMatching(/^the rank information coefficient falls from 1.000 to 0\.\d+ on 13 days$/),
      },
    ]);
  });

  it('is not judged of a target that does not rank without the fault either', () => {
    const noise = predicted((stock, day) => (stock * 7 + day * 5) % 12);
    const reversed = predicted((stock) => -stock);
    expect(judgeRanking(dayRankings(prices, noise, reversed), random())).toMatchObject([
      { outcome: 'not-judged', needs: expect.stringContaining('a target that is proved to rank without the fault') },
    ]);
  });

  it('is not asked of a target that refuses wrong data, and says that this is right', () => {
    const none = dayRankings(prices, perfect, new Map());
    const needs = expect.stringMatching(/refuses them and says why, which is right/);
    expect(judgeRanking(none, random(), true)).toMatchObject([{ outcome: 'not-judged', needs }]);
    expect(rankingMeasurement('tw-04', none, random(), true)).toMatchObject({ reason: needs });
    // Who predicts nothing without a word has not refused.
    expect(judgeRanking(none, random())).toMatchObject([{ needs: expect.stringContaining('there are 0') }]);
  });

  it('is measured with its interval from ten days on', () => {
    expect(rankingMeasurement('tw-06', dayRankings(prices, perfect, perfect), random())).toMatchObject({
      metric: 'taiwan.tw-06.ic',
      value: 1,
      samples: 13,
      interval: { low: 1, high: 1 },
    });
    const short = predicted((stock, day) => (day > 5 ? stock : undefined));
    expect(rankingMeasurement('tw-06', dayRankings(prices, perfect, short), random())).toMatchObject({
      reason: expect.stringContaining('there are 7'),
    });
  });
});
