import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertUnit, dimensionOf, formatQuantity, writtenUnits } from '../src/units.ts';

describe('writtenUnits', () => {
  it('are worth what their names say', () => {
    const worth = Object.fromEntries(
      Object.entries(writtenUnits).map(([name, { unit, factor }]) => [name, [factor, unit]]),
    );
    expect(worth).toEqual({
      ns: [0.000001, 'ms'],
      us: [0.001, 'ms'],
      µs: [0.001, 'ms'],
      ms: [1, 'ms'],
      s: [1, 's'],
      min: [60, 's'],
      h: [3600, 's'],
      B: [1, 'bytes'],
      kB: [1000, 'bytes'],
      MB: [1_000_000, 'bytes'],
      GB: [1_000_000_000, 'bytes'],
      TB: [1_000_000_000_000, 'bytes'],
      KiB: [1024, 'bytes'],
      MiB: [1_048_576, 'bytes'],
      GiB: [1_073_741_824, 'bytes'],
      TiB: [1_099_511_627_776, 'bytes'],
      '%': [0.01, 'ratio'],
      '/s': [1, '1/s'],
      '/min': [1 / 60, '1/s'],
    });
  });
});

describe('convertUnit', () => {
  it('goes between milliseconds and seconds, and between ratios and counts', () => {
    expect([convertUnit(1500, 'ms', 's'), convertUnit(1.5, 's', 'ms'), convertUnit(3, 'ms', 'ms')]).toEqual([
      1.5, 1500, 3,
    ]);
    // 0.07 × 1000 and 70 / 1000 round once.
    expect([convertUnit(70, 'ms', 's'), convertUnit(0.07, 's', 'ms')]).toEqual([0.07, 70]);
    expect([convertUnit(2, 'ratio', 'count'), convertUnit(2, 'count', 'ratio')]).toEqual([2, 2]);
  });
  it('goes between no two dimensions', () => {
    expect([convertUnit(1, 'ms', 'bytes'), convertUnit(1, 'bytes', '1/s'), convertUnit(1, '1/s', 'ratio')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect((['ms', 's', 'bytes', '1/s', 'ratio', 'count'] as const).map(dimensionOf)).toEqual([
      ...['time', 'time', 'size', 'rate', 'number', 'number'],
    ]);
  });
});

describe('formatQuantity, at its edges', () => {
  it.each([
    [1000, 'ms', '1 s'],
    [999.7, 'ms', '1.00 s'],
    [-999.7, 'ms', '−1.00 s'],
    [999.4, 'ms', '999 ms'],
    [0.9997, 'ms', '1.00 ms'],
    [0.9997, 's', '1.00 s'],
    [-1500, 'ms', '−1.50 s'],
    [1, 'ms', '1 ms'],
    [0.5, 'ms', '500 µs'],
    [-0.5, 'ms', '−500 µs'],
    [0, 'ms', '0 ms'],
    [0.0001, 'ms', '0.10 µs'],
    [0, 's', '0 s'],
    [0.25, 's', '250 ms'],
    [-0.25, 's', '−250 ms'],
    [1, 's', '1 s'],
    [119, 's', '119 s'],
    [120, 's', '2 min'],
    [7140, 's', '119 min'],
    [7200, 's', '2 h'],
    [-7200, 's', '−2 h'],
    [-120, 's', '−2 min'],
    [999, 'bytes', '999 B'],
    [1000, 'bytes', '1 kB'],
    [999_700, 'bytes', '1.00 MB'],
    [999.97e6, 'bytes', '1.00 GB'],
    [1e6, 'bytes', '1 MB'],
    [1e9, 'bytes', '1 GB'],
    [1e12, 'bytes', '1 TB'],
    [7.9e9, 'bytes', '7.90 GB'],
    [-1500, 'bytes', '−1.50 kB'],
    [2.5, '1/s', '2.50 /s'],
    [1000, '1/s', '1,000 /s'],
    [12.34, 'count', '12.3'],
    [10.01, 'count', '10.0'],
    [9.997, 'count', '10.0'],
    [99.97, 'count', '100'],
    [999.7, 'count', '1,000'],
    [123.4, 'count', '123'],
    [100.4, 'count', '100'],
    [1000.4, 'count', '1,000'],
    [1.005, 'count', '1.00'],
    [0.5, 'count', '0.50'],
    [0.001, 'count', '0.0010'],
    [0.00099, 'count', '0.001'],
    [0, 'count', '0'],
    [-3, 'count', '−3'],
    [1_234_567, 'count', '1,234,567'],
    [0.0093, 'ratio', '0.0093'],
    [Number.NaN, 'ms', 'not a number'],
    [Number.NEGATIVE_INFINITY, 's', '−∞'],
    [Number.POSITIVE_INFINITY, 'count', '∞'],
  ] as const)('shows %d %s as %s', (value, unit, shown) => {
    expect(formatQuantity(value, unit)).toBe(shown);
  });
  it('keeps to what it stands for within half a digit, in a number of less than four', () => {
    const worth: Record<string, number> = { µs: 1e-3, ms: 1, s: 1e3, min: 6e4, h: 3.6e6 };
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e8, noNaN: true }), (ms) => {
        const [number, unit] = formatQuantity(ms, 'ms').split(' ');
        const shown = Number(number!.replaceAll(',', ''));
        expect(Math.abs(shown * worth[unit!]! - ms)).toBeLessThanOrEqual(0.0051 * ms);
        expect(shown).toBeLessThan(1000);
      }),
    );
  });
  it('shows a ratio as a percentage where it is asked to', () => {
    expect(formatQuantity(0.0093, 'ratio', { asPercent: true })).toBe('0.93 %');
    expect(formatQuantity(0.5, 'ratio', { asPercent: false })).toBe('0.50');
  });
});
