import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetFiles } from '../../src/data/price-table.ts';
import { datasetTaiwanFaults } from '../../src/taiwan/dataset-faults.ts';
import type { DatasetTaiwanFault, Trial } from '../../src/taiwan/taiwan-fault.ts';
import { marketFiles } from '../support/taiwan-files.ts';

const text = (files: DatasetFiles): string =>
  [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bytes]) => `${name}\n${Buffer.from(bytes)}`)
    .join('\n');

async function trialsOf(fault: DatasetTaiwanFault, seed: number, intensity: number): Promise<readonly Trial[]> {
  return fault.dataset.trials({
    files: marketFiles({ seed }),
    intensity,
    random: createRandom(seed, fault.id),
    simulate: async (_scenario, severity) => marketFiles({ seed, fall: 0.1 * severity }),
  });
}

/** Rows that stand in the one table and not in the other, as often as they do. */
function changedRows({ clean, faulty }: Trial): number {
  const lines = (files: DatasetFiles): string[] => text(files).split('\n');
  const left = new Map<string, number>();
  for (const line of lines(clean)) left.set(line, (left.get(line) ?? 0) + 1);
  let added = 0;
  for (const line of lines(faulty)) {
    const known = left.get(line) ?? 0;
    if (known > 0) left.set(line, known - 1);
    else added++;
  }
  return added + [...left.values()].reduce((sum, count) => sum + count, 0);
}

describe.each(datasetTaiwanFaults.map((fault) => [fault.id, fault] as const))('%s', (_id, fault) => {
  it('changes nothing at intensity 0', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        for (const { clean, faulty } of await trialsOf(fault, seed, 0)) expect(text(faulty)).toBe(text(clean));
      }),
      { numRuns: 5 },
    );
  });
  it('changes something at intensity 1, the same for the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const trials = await trialsOf(fault, seed, 1);
        expect(trials.length).toBeGreaterThan(0);
        for (const { clean, faulty } of trials) expect(text(faulty)).not.toBe(text(clean));
        const again = await trialsOf(fault, seed, 1);
        expect(again.map(({ faulty }) => text(faulty))).toEqual(trials.map(({ faulty }) => text(faulty)));
      }),
      { numRuns: 5 },
    );
  });
  // A cascade is told by what falls, and an order by where rows stand; neither is a number of other lines.
  it.skipIf(['tw-05', 'tw-06', 'tw-07', 'tw-08'].includes(fault.id))(
    'changes no less at a higher intensity',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 1e6 }),
          fc.double({ min: 0.05, max: 1, noNaN: true }),
          fc.double({ min: 0.05, max: 1, noNaN: true }),
          async (seed, a, b) => {
            const count = async (intensity: number): Promise<number> =>
              (await trialsOf(fault, seed, intensity)).reduce((sum, trial) => sum + changedRows(trial), 0);
            const [less, more] = [await count(Math.min(a, b)), await count(Math.max(a, b))];
            // Copies of a row that comes again are drawn one to four.
            expect(more).toBeGreaterThanOrEqual(fault.id === 'tw-04' ? less / 4 : less);
          },
        ),
        { numRuns: 5 },
      );
    },
  );
});
