import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { boardMeasurements, boardMetrics, shownByBoard } from '../../src/taiwan/by-board.ts';
import { partialOutage } from '../../src/taiwan/faults/feed-gaps.ts';
import { marketFiles } from '../support/taiwan-files.ts';

const days = 14;
const date = (day: number): string => `2025-04-${String(day + 1).padStart(2, '0')}`;
const codes = (from: number): string[] => Array.from({ length: 12 }, (_, i) => String(from + i));
const [twse, tpex] = [codes(2300), codes(6100)];
const boards = { live: new Set(twse), silent: new Set(tpex), fromDate: date(9) };

/** Returns grow with the number of the stock on the one board, and fall with it on the other. */
const prices = {
  columns: ['date', 'stock', 'close'],
  rows: Array.from({ length: days }, (_, day) =>
    [...twse, ...tpex].map((stock) => {
      const rank = (Number(stock) % 100) + 1;
      return [date(day), stock, String(100 * (1 + (Number(stock) < 6000 ? rank : -rank) / 1000) ** day)];
    }),
  ).flat(),
};

const predicted = (isThere: (day: number, stock: string) => boolean = () => true) =>
  new Map(
    Array.from({ length: days }, (_, day) =>
      [...twse, ...tpex]
        .filter((stock) => isThere(day, stock))
        .map((stock) => [`${date(day)},${stock}`, Number(stock)] as const),
    ).flat(),
  );

describe('boards told apart', () => {
  const faulty = predicted((day, stock) => day < 9 || twse.includes(stock));

  it('have each the share of what was owed from the silence on, and each its own ranking', () => {
    const shown = shownByBoard(boards, prices, predicted(), faulty);
    // Five days of twelve stocks each.
    expect(shown.live).toMatchObject({ owed: 60, given: 60 });
    expect(shown.silent).toMatchObject({ owed: 60, given: 0 });
    expect(shown.live.rankings.with).toEqual(Array(days - 1).fill(1));
    expect(shown.silent.rankings.with).toEqual(Array(9).fill(-1));
  });

  it('are measured by name; a board with fewer than ten days to rank on says so', () => {
    const { measurements, notMeasured } = boardMeasurements(
      'tw-02',
      shownByBoard(boards, prices, predicted(), faulty),
      createRandom(1),
    );
    const values = Object.fromEntries(measurements.map(({ metric, value }) => [metric, value]));
    expect(values).toEqual({
      'taiwan.tw-02.live.coverage': 1,
      'taiwan.tw-02.live.ic': 1,
      'taiwan.tw-02.silent.coverage': 0,
    });
    expect(notMeasured).toEqual([{ metric: 'taiwan.tw-02.silent.ic', reason: expect.stringContaining('there are 9') }]);
  });

  it('are not measured of a target that gave nothing: each figure is named', () => {
    const { measurements, notMeasured } = boardMeasurements('tw-02', undefined, createRandom(1));
    expect(measurements).toEqual([]);
    expect(notMeasured.map(({ metric }) => metric)).toEqual(boardMetrics('tw-02'));
  });

  it('are those of the universe, whichever of them is silent', async () => {
    const [trial] = await partialOutage.dataset.trials({
      files: marketFiles({ seed: 1 }),
      intensity: 1,
      random: createRandom(1, 'tw-02'),
      simulate: async () => marketFiles({ seed: 1 }),
    });
    // Of twelve stocks each third is of TPEx.
    const sizes = [trial!.boards!.live.size, trial!.boards!.silent.size];
    expect(sizes.sort((a, b) => a - b)).toEqual([4, 8]);
    expect([...trial!.boards!.live].filter((stock) => trial!.boards!.silent.has(stock))).toEqual([]);
  });
});
