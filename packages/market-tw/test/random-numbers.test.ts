import { createHash } from 'node:crypto';
import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelFields } from '../src/panel.ts';
import { simulateMarket } from '../src/simulate.ts';
import { exp, log } from '../src/simulation/deterministic-math.ts';
import { createNormalStream } from '../src/simulation/normal-stream.ts';

describe('exp and log', () => {
  it('agree with the engine’s to 14 digits and undo each other', () => {
    fc.assert(
      fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(5e-14);
        expect(Math.abs(log(exp(x)) - x)).toBeLessThan(1e-12);
      }),
      { seed: 1 },
    );
    expect(exp(0)).toBe(1);
    expect(log(1)).toBe(0);
    expect([exp(-1000), exp(1000), log(0), log(-1)]).toEqual([
      0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe('normal stream', () => {
  const count = 400_000;
  const draws = new Float64Array(count);
  createNormalStream(createRandom(7, 'test')).fillNormal(draws, count);

  it('has the moments and the tails of a normal', () => {
    const moment = (power: number): number => draws.reduce((sum, x) => sum + x ** power, 0) / count;
    // Four standard errors each.
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
    for (const [from, share] of [
      [1, 0.3173105],
      [2, 0.0455003],
      [3, 0.0026998],
      [3.6, 0.0003182],
    ] as const) {
      const beyond = draws.filter((x) => Math.abs(x) > from).length;
      expect(Math.abs(beyond - count * share)).toBeLessThan(4 * Math.sqrt(count * share));
    }
  });

  it('is the same whether drawn in one block or in several', () => {
    const { fillNormal } = createNormalStream(createRandom(7, 'test'));
    const part = new Float64Array(1000);
    fillNormal(part, 300);
    const rest = new Float64Array(700);
    fillNormal(rest, 700);
    part.set(rest, 300);
    expect(part).toEqual(draws.slice(0, 1000));
  });
});

describe('a simulated market', () => {
  it('has the same bytes on every machine', () => {
    const { panel, oracle } = simulateMarket({ stocks: 50, days: 60, seed: 1 });
    const hash = createHash('sha256');
    // Whatever the machine's byte order.
    for (const column of [...panelFields.map((field) => panel.fields[field]), oracle]) {
      const bytes = new DataView(new ArrayBuffer(8 * column.length));
      for (let k = 0; k < column.length; k++)
        bytes.setFloat64(8 * k, Number.isNaN(column[k]!) ? -1e300 : column[k]!, true);
      hash.update(new Uint8Array(bytes.buffer));
    }
    expect(hash.digest('hex')).toBe('96d1a53df507fb2197629a6ed81a548f48d858ea65c699bd56ee2c3cb912d4b5');
  });
});
