import { expect, it } from 'vitest';
import { Booster } from '../src/index.ts';
import { aModelText } from './support/model-text.ts';

const text = aModelText({ seed: 3, trees: 6, leaves: 5, features: 2 });
const binary = Booster.load(text.replace('objective=regression', 'objective=binary sigmoid:1'));
const rows = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i) * 2);

it('a score that is decided takes no more trees', () => {
  const afterTwo = binary.predictRows(rows, 20, { kind: 'raw', iterationCount: 2 });
  const afterFour = binary.predictRows(rows, 20, { kind: 'raw', iterationCount: 4 });
  const inFull = binary.predictRows(rows, 20, { kind: 'raw' });
  const margin = 0.6;
  const expected = inFull.map((full, i) => {
    if (2 * Math.abs(afterTwo[i]!) > margin) return afterTwo[i]!;
    return 2 * Math.abs(afterFour[i]!) > margin ? afterFour[i]! : full;
  });
  expect(expected).not.toEqual(inFull);
  expect(binary.predictRows(rows, 20, { kind: 'raw', earlyStop: { every: 2, margin } })).toEqual(expected);
});

it('regression is predicted in full, and what no margin can be is refused', () => {
  const regression = Booster.load(text);
  const stopped = regression.predictRows(rows, 20, { earlyStop: { every: 1, margin: 0 } });
  expect(stopped).toEqual(regression.predictRows(rows, 20));
  expect(() => binary.predictRows(rows, 20, { earlyStop: { every: 0, margin: 1 } })).toThrow(/every 0 iterations/);
});
