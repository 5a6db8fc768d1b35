import { createRandom } from '@preopen/core';
import { cookFeatures, type Features, generateFeatures } from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';
import { expand } from '../src/generation/generate.ts';

const [days, stocks] = [60, 120];
const random = createRandom(11);
const groups = Int32Array.from({ length: stocks }, (_, i) => i % 6);
const rank = (): Float32Array => Float32Array.from({ length: days * stocks }, () => random.uniform() - 0.5);
const features: Features = {
  names: ['a', 'b', 'c', 'd', 'e', 'f'],
  columns: Array.from({ length: 6 }, rank),
  days,
  stocks,
};
const [a, b, c] = features.columns as [Float32Array, Float32Array, Float32Array];
const request = { trainFrom: 0, trainTo: days, horizonDays: 1, groups };

describe('generated features', () => {
  it('are those that the label was made of, though trees of the base features know part of it', async () => {
    const label = Float64Array.from(a, (value, at) => 8 * value * b[at]! + 0.5 * random.normal());
    const found = await generateFeatures(features, label, { ...request, finalists: 12, keep: 3 });
    expect(found[0]!.name).toBe('multiply(a|b)');
    expect(found[0]!.gain).toBeGreaterThan(1.5 * found[1]!.gain);
  });
  it('are the same every time', async () => {
    const label = Float64Array.from(a, (value, at) => Math.abs(value) + c[at]! + 0.3 * random.normal());
    const once = await generateFeatures(features, label, { ...request, finalists: 8 });
    expect(await generateFeatures(features, label, { ...request, finalists: 8 })).toEqual(once);
  });
  it('know the training days alone', async () => {
    const label = Float64Array.from(a, (value, at) => value * b[at]! + 0.1 * random.normal());
    const until = { ...request, trainTo: 40, finalists: 8 };
    const changed = label.map((value, at) => (at >= 40 * stocks ? -value : value));
    expect(await generateFeatures(features, changed, until)).toEqual(await generateFeatures(features, label, until));
  });
  it('stop when told, and tell how far they are', async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const work = generateFeatures(features, Float64Array.from(a), {
      ...request,
      signal: stop.signal,
      onProgress: ({ fraction }) => {
        told.push(fraction);
        if (told.length === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(work).rejects.toThrow('enough');
    expect(told.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
  });
  it('of n features are n one-figure and 7 two-figure recipes each pair and group', () => {
    expect(expand(features.names)).toHaveLength(6 * 6 + 15 * 7);
  });
  it('of a group are the same for all its members, or order them', () => {
    const cooked = cookFeatures(
      features,
      [
        { operator: 'groupMean', a: 'a' },
        { operator: 'groupRank', a: 'a' },
      ],
      groups,
    );
    const [mean, within] = cooked.columns.slice(6) as [Float32Array, Float32Array];
    for (let i = 6; i < stocks; i++) expect(mean[i]).toBe(mean[i % 6]);
    expect(Math.sign(within[6]! - within[0]!)).toBe(Math.sign(a[6]! - a[0]!));
  });
});
