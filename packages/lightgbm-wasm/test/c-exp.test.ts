import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Booster } from '../src/index.ts';
import { cExp } from '../src/model/c-exp.ts';
import { nearestLog } from '../src/training/nearest-log.ts';
import { caseNames, fixtureCase, fixtureText, hasFixtures, numbers, readTable } from './support/fixtures.ts';

/** The step between a double and the next, as a share of it: at most this. */
const LAST_PLACE = 2 ** -52;

describe('the exponential function', () => {
  // Printed by a C program with 17 digits (glibc 2.36, a processor with fused multiplication). Math.exp of V8 gives
  // another last digit for the first eight.
  it.each([
    [-4.4, 0.012277339903068436],
    [-3.2, 0.04076220397836621],
    [-2.9, 0.05502322005640723],
    [-1.2, 0.30119421191220214],
    [-1.1, 0.33287108369807955],
    [-0.6, 0.5488116360940264],
    [1.7, 5.4739473917272],
    [2.1, 8.166169912567652],
    [-511.9, 4.83787578828795e-223],
    [-512.3, 3.242925121119957e-223],
    [-595.2372340228545, 3.1028004125754027e-259],
    [700, 1.0142320547350045e304],
    [-700, 9.85967654375977e-305],
    [1e-9, 1.000000001],
    [2 ** -55, 1],
    [0, 1],
  ])('of %d is that of the C library', (x, expected) => {
    expect(cExp(x)).toBe(expected);
  });

  it('is that of Math.exp but for the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: -800, max: 800, noNaN: true }), (x) => {
        const expected = Math.exp(x);
        if (Number.isFinite(expected)) {
          expect(Math.abs(cExp(x) - expected)).toBeLessThanOrEqual(LAST_PLACE * expected);
        } else {
          expect(cExp(x)).toBe(expected);
        }
      }),
      { numRuns: 2000 },
    );
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(cExp)).toEqual([
      Number.NaN,
      Infinity,
      0,
    ]);
  });

  it.skipIf(!hasFixtures)('is why responses equal LightGBM’s: Math.exp would miss some by a last place', () => {
    let missed = 0;
    let worst = 0;
    const withExp = ['binary', 'binary-unbalanced', 'reg-poisson'].filter((name) => caseNames.includes(name));
    for (const name of withExp) {
      const raw = Booster.load(fixtureText(name, 'model.txt')).predict(readTable(name, 'test.csv').columns, {
        kind: 'raw',
      });
      const sigmoid = Number(fixtureCase(name).params.sigmoid ?? 1);
      numbers(fixtureText(name, 'pred.normal.tsv')).forEach((expected, i) => {
        const got = name === 'reg-poisson' ? Math.exp(raw[i]!) : 1 / (1 + Math.exp(-sigmoid * raw[i]!));
        if (got === expected) return;
        missed++;
        worst = Math.max(worst, Math.abs(got - expected) / expected);
      });
    }
    expect(withExp).toHaveLength(3);
    expect(missed).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(2 * LAST_PLACE);
  });
});

describe('the logarithm of the score that a training starts from', () => {
  // The C library's as a C program printed it, and the nearest double, from 64 bits of mantissa.
  it.each([
    [0.63570305525086179, -0.45302371893072907, -0.45302371893072901],
    [0.94850173451267117, -0.052871660918522842, -0.052871660918522849],
    [2.0603699551042078, 0.72288555653357345, 0.72288555653357356],
  ])('of %d: glibc gives %d, a last place beside the nearest double, %d', (value, library, nearest) => {
    expect(nearestLog(value)).toBe(nearest);
    expect(library).not.toBe(nearest);
    expect(Math.abs(library - nearest)).toBeLessThanOrEqual(LAST_PLACE * Math.abs(nearest));
  });
});
