import { describe, expect, it } from 'vitest';
import { normalBatch, parseSamples, sampledBatch } from '../../src/targets/samples.ts';

describe('a samples file', () => {
  it('gives its feature columns row by row, and the stocks where it names them', () => {
    const samples = parseSamples(
      '\uFEFFdate,stock,a,"b"\r\n2020-01-02,2330,1,2.5\r\n2020-01-02,1101,-3e-1,4\r\n',
      'x.csv',
    );
    expect(samples).toEqual({
      rows: 2,
      features: 2,
      values: Float64Array.of(1, 2.5, -0.3, 4),
      stocks: ['2330', '1101'],
    });
  });

  it.each([
    ['a,b\n1,x\n', 'samples x.csv, line 2: “x” in column “b”, expected a finite number'],
    ['a,b\n1,2\n\n3,\n', 'line 4: “” in column “b”'],
    ['a,b\n1,NaN\n', '“NaN” in column “b”'],
    ['a,b\n1,2,3\n', 'line 2: 3 values, expected 2 as in the header'],
    ['1,2\n3,4\n', 'line 1: expected a header with names, got numbers (1, 2, …)'],
    ['stock,date\n1,2\n', 'line 1: no feature columns'],
    ['', 'line 1: no feature columns'],
    ['a,b\n', 'line 2: no rows below the header'],
  ])('with a mistake is refused by line and value: %j', (text, message) => {
    expect(() => parseSamples(text, 'x.csv')).toThrow(message);
  });

  it('is cycled in its order from a row that the seed chooses', () => {
    const samples = parseSamples('stock,a\nA,0\nB,1\nC,2\n', 'x.csv');
    const batch = sampledBatch(samples, 7, 5);
    const first = batch.values[0]!;
    expect([...batch.values]).toEqual(Array.from({ length: 7 }, (_, row) => (first + row) % 3));
    expect(batch.stocks).toEqual([...batch.values].map((value) => 'ABC'[value]));
    expect(sampledBatch(samples, 7, 5)).toEqual(batch);
    const firsts = new Set(Array.from({ length: 40 }, (_, seed) => sampledBatch(samples, 1, seed).values[0]));
    expect(firsts).toEqual(new Set([0, 1, 2]));
  });
});

describe('rows drawn at random', () => {
  it('are standard normal and the same for the same seed', () => {
    const { values, rows, features } = normalBatch(20_000, 2, 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect([rows, features, values.length]).toEqual([20_000, 2, 40_000]);
    // Five standard errors of the mean and of the variance of 40 000 normals.
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(40_000));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
    expect(normalBatch(3, 4, 9)).toEqual(normalBatch(3, 4, 9));
    expect(normalBatch(3, 4, 9)).not.toEqual(normalBatch(3, 4, 10));
  });
});
