import { describe, expect, it } from 'vitest';
import { Booster, Dataset } from '../src/index.ts';
import { Lcg } from '../src/training/lcg.ts';

/** Enough rows for a row-major copy of the bins, and for leaves on both sides of every threshold. */
function aTable(rowCount: number): { columns: Float32Array[]; label: Float64Array } {
  const random = new Lcg(4);
  const columns = Array.from({ length: 30 }, (_, feature) =>
    Float32Array.from({ length: rowCount }, () =>
      feature % 7 === 0 && random.uniform() < 0.1 ? Number.NaN : random.uniform() - random.uniform(),
    ),
  );
  const value = (feature: number, row: number): number => columns[feature]![row]! || 0;
  const label = Float64Array.from(
    { length: rowCount },
    (_, row) => value(1, row) + value(2, row) * value(3, row) + (value(7, row) > 0.2 ? 1 : 0) + 0.1 * random.uniform(),
  );
  return { columns, label };
}

describe('several threads', () => {
  const rowCount = 70_000;
  const { columns, label } = aTable(rowCount);
  const data = { rowCount, columns };
  const params = { num_leaves: 40, num_iterations: 4, seed: 2, bagging_fraction: 0.9, bagging_freq: 1 };

  it('give the bits of one, run after run', { timeout: 60_000 }, async () => {
    const one = await Booster.train({ data, label, params: { ...params, num_threads: 1 } });
    const expected = one.toModelText();
    for (const threads of [2, 3]) {
      using dataset = new Dataset(data, { ...params, num_threads: threads });
      for (let run = 0; run < 3; run++) {
        const booster = await Booster.train({ data: dataset, label, params: { ...params, num_threads: threads } });
        expect(booster.toModelText().replace(`num_threads: ${threads}`, 'num_threads: 1')).toBe(expected);
      }
    }
  });

  it('are one thread on a dataset that was made for one', async () => {
    const dataset = new Dataset(data, params);
    const booster = await Booster.train({
      data: dataset,
      label,
      params: { ...params, num_iterations: 1, num_threads: 2 },
    });
    expect(booster.bestIteration).toBe(1);
  });
});
