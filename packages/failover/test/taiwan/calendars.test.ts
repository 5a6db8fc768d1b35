import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/taiwan/dataset-tables.ts';
import { calendarErrors } from '../../src/taiwan/faults/calendars.ts';
import type { Trial } from '../../src/taiwan/taiwan-fault.ts';
import { marketFiles } from '../support/taiwan-files.ts';

const trialsAt = async (intensity: number): Promise<readonly Trial[]> =>
  calendarErrors.dataset.trials({
    files: marketFiles({ seed: 3 }),
    intensity,
    random: createRandom(3, 'tw-12'),
    simulate: async () => marketFiles({ seed: 3 }),
  });

const openDays = (files: Trial['clean']): string[] =>
  readTable(files, 'calendar')!
    .rows.filter(([, open]) => open === '1')
    .map(([day]) => day!);

describe('a Saturday at which offices work and the exchanges do not (TW-12)', () => {
  it('is open in the calendar alone: nothing trades on it, with the fault or without', async () => {
    for (const [intensity, count] of [
      [0.5, 1],
      [1, 2],
    ] as const) {
      const { clean, faulty } = (await trialsAt(intensity)).at(-1)!;
      const known = new Set(openDays(clean));
      const added = openDays(faulty).filter((day) => !known.has(day));
      expect(added).toHaveLength(count);
      for (const day of added) expect(new Date(`${day}T00:00:00Z`).getUTCDay(), day).toBe(6);
      expect(faulty.get('prices.csv')).toEqual(clean.get('prices.csv'));
      expect(readTable(clean, 'prices')!.rows.some(([day]) => added.includes(day!))).toBe(false);
    }
  });

  it('has no prediction', async () => {
    const trial = (await trialsAt(0.5)).at(-1)!;
    const known = new Set(openDays(trial.clean));
    const [saturday] = openDays(trial.faulty).filter((day) => !known.has(day));
    const clean = new Map([['2025-03-03,1101', 1]]);
    const judged = (predictions: ReadonlyMap<string, number>) =>
      trial.judge(clean, { predictions, duplicates: 0, settlement: undefined });
    expect(judged(clean)).toMatchObject([{ violated: 0 }]);
    expect(judged(new Map([...clean, [`${saturday},1101`, 1]]))).toMatchObject([{ violated: 1 }]);
  });
});
