import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chart } from '../src/charts/chart.ts';
import { draw } from '../src/charts/draw.ts';
import { displayUnit, linearTicks, logTicks, nines, ninesTicks } from '../src/charts/scale.ts';
import { thinnedRows } from '../src/charts/thin.ts';
import { hostile } from './support/runs.ts';

describe('axes', () => {
  it('have round numbers, and ends that hold every value', () => {
    expect(linearTicks(0, 269, 4).at).toEqual([0, 100, 200, 300]);
    expect(linearTicks(-0.28, 0.49, 4).at).toEqual([-0.4, -0.2, 0, 0.2, 0.4, 0.6]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0.01, max: 1e9, noNaN: true }),
        (low, span) => {
          const { min, max, at } = linearTicks(low, low + span, 4);
          const slack = Math.max(Math.abs(low), span) * 1e-6;
          expect(min).toBeLessThanOrEqual(low + slack);
          expect(max).toBeGreaterThanOrEqual(low + span - slack);
          expect(at.length).toBeGreaterThan(1);
          expect(at.length).toBeLessThan(10);
        },
      ),
    );
  });

  it('of logarithms hold every value too', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1e6, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (low, factor) => {
          const { min, max } = logTicks(low, low * factor);
          expect(min).toBeLessThanOrEqual(Math.log10(low) + 1e-6);
          expect(max).toBeGreaterThanOrEqual(Math.log10(low * factor) - 1e-6);
        },
      ),
    );
    expect(logTicks(12, 80).at.map(logTicks(12, 80).text)).toEqual(['10', '15', '20', '30', '50', '70', '100']);
  });

  it('of percentiles give 90, 99 and 99.9 % equal steps', () => {
    expect([0.9, 0.99, 0.999].map(nines).map((value) => Number(value.toFixed(9)))).toEqual([1, 2, 3]);
    const ticks = ninesTicks([0, 0.5, 0.999, 1]);
    expect(ticks.at.map(ticks.text)).toEqual(['0', '50', '90', '95', '99', '99.9']);
  });

  it('show a unit in which the largest value is short', () => {
    expect(displayUnit('bytes', 9.2e9)).toEqual({ factor: 1e-9, name: 'GB' });
    expect(displayUnit('ms', 0.4)).toEqual({ factor: 1e3, name: 'µs' });
    expect(displayUnit('s', 7)).toEqual({ factor: 1, name: 's' });
  });
});

describe('thinnedRows', () => {
  it('keeps the highest and lowest value of every column, the ends, the order, and about as many rows as asked', () => {
    const column = fc.array(fc.option(fc.integer()), { minLength: 1, maxLength: 3000 });
    fc.assert(
      fc.property(column, fc.integer({ min: 20, max: 400 }), (values, most) => {
        const rows = thinnedRows([values], values.length, most);
        const known = values.filter((value): value is number => value !== null);
        const kept = rows.map((row) => values[row]).filter((value): value is number => value !== null);
        if (known.length > 0) {
          expect(Math.max(...kept)).toBe(Math.max(...known));
          expect(Math.min(...kept)).toBe(Math.min(...known));
        }
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        expect(rows[0]).toBe(0);
        expect(rows.at(-1)).toBe(values.length - 1);
        expect(rows.length).toBeLessThanOrEqual(Math.max(most + 2, 0));
      }),
    );
  });
});

describe('draw', () => {
  const chart: Chart = {
    positions: { kind: 'number', name: hostile, unit: 's', scale: 'linear', values: [0, 1, 2] },
    panels: [
      {
        name: hostile,
        unit: 'ms',
        scale: 'log',
        share: 1,
        marks: [
          { name: hostile, kind: 'line', tone: 1, values: [1, null, 100] },
          { name: 'b', kind: 'dashes', tone: 2, values: [2, 3, 4] },
        ],
        levels: [{ label: hostile, value: 50, tone: 'limit' }],
      },
    ],
    moments: [{ at: 1, label: hostile }],
    stretches: [{ from: 0, to: 1, tone: 'stall', label: hostile }],
  };
  const size = { width: 500, most: 400, namesAtEnds: true };

  it('gives an image without style, handler or markup from text', () => {
    const { svg } = draw(chart, size, 'id')!;
    expect(svg).not.toMatch(/ style=|<style|<script|<img| on[a-z]+="/);
    expect(svg).toContain('&lt;script&gt;');
  });

  it('says where its rows stand, from 0 to 1', () => {
    const { at, rows } = draw(chart, size, 'id')!;
    expect(rows).toEqual([0, 1, 2]);
    expect(at).toEqual([0, 0.5, 1]);
  });

  it('is nothing where there is no number', () => {
    const panels = [
      { ...chart.panels[0]!, marks: [{ name: 'a', kind: 'line' as const, tone: 1 as const, values: [null] }] },
    ];
    expect(
      draw({ positions: { ...chart.positions, values: [1] } as Chart['positions'], panels }, size, 'id'),
    ).toBeUndefined();
  });

  it('draws any values, around zero or around themselves: the renderer refuses an axis that ends beside its last number', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      fc.double({ min: 1, max: 1 + 1e-12, noNaN: true }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), fc.boolean(), (values, aroundValues) => {
        const panel = {
          unit: 'ratio' as const,
          scale: 'linear' as const,
          aroundValues,
          share: 1,
          marks: [{ name: 'a', kind: 'line' as const, tone: 1 as const, values }],
        };
        const days = values.map((_, k) => `2026-01-${k + 10}`);
        const drawn = draw({ positions: { kind: 'ordered', name: '', values: days }, panels: [panel] }, size, 'id');
        expect(drawn === undefined).toBe(values.every((one) => one === null));
      }),
      { numRuns: 60, seed: 1 },
    );
  }, 30_000);

  it('marks a moment between days, and names it', () => {
    const days = { kind: 'ordered' as const, name: '', values: ['a', 'b', 'c'] };
    const { svg } = draw(
      { ...chart, positions: days, stretches: [], moments: [{ at: 1, label: '+12 %' }] },
      size,
      'id',
    )!;
    expect(svg).toContain('>+12 %</text>');
  });
});
