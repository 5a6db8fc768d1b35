import { computeFeatures, computeFeaturesInParallel, defineFactor, factorLibrary } from '@preopen/pipeline';
import { expect, it } from 'vitest';
import { aPanel } from './support/panels.ts';

const own = defineFactor({
  name: 'own',
  group: 'risk',
  formula: 'the close',
  unit: 'NT$',
  source: 'own',
  windowDays: 1,
  compute: ({ close }) => close,
});

it('features by several threads are those of one, bit for bit, with factors of the user’s own', async () => {
  const panel = aPanel({ stocks: 50, days: 90 });
  const factors = [...factorLibrary, own];
  const one = computeFeatures(panel, factors);
  const several = await computeFeaturesInParallel(panel, { factors, threads: 3 });
  expect(several.names).toEqual(one.names);
  one.columns.forEach((column, f) => {
    expect(Buffer.from(several.columns[f]!.buffer).equals(Buffer.from(column.buffer))).toBe(true);
  });
});

it('threads end when told', async () => {
  const stop = new AbortController();
  const work = computeFeaturesInParallel(aPanel({ stocks: 50, days: 90 }), { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(work).rejects.toThrow('enough');
});
