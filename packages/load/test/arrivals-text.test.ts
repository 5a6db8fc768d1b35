import { describe, expect, it } from 'vitest';
import { parseArrivals } from '../src/arrivals-text.ts';

const at = (text: string, ratePerSecond: number | undefined = 100) =>
  parseArrivals(text, { ratePerSecond, durationMs: 10_000 });

describe('arrivals in short', () => {
  it('are what they say', () => {
    expect(at('poisson')).toEqual({ kind: 'poisson', ratePerSecond: 100 });
    expect(at('constant')).toEqual({ kind: 'constant', ratePerSecond: 100 });
    expect(at('ramp:10..2000')).toEqual({ kind: 'ramp', fromPerSecond: 10, toPerSecond: 2000, durationMs: 10_000 });
    expect(at('step:1,2,4,8')).toEqual({ kind: 'step', ratesPerSecond: [1, 2, 4, 8], stepMs: 2500 });
    expect(at('spike:900')).toMatchObject({ ratePerSecond: 100, peakPerSecond: 900, atMs: 4000, durationMs: 2000 });
    expect(at('spike')).toMatchObject({ peakPerSecond: 500 });
  });
  it('need a rate where they have none of their own', () => {
    expect(() => parseArrivals('poisson', { ratePerSecond: undefined, durationMs: 1 })).toThrow('--rate N');
    expect(() => parseArrivals('ramp:1..2', { ratePerSecond: undefined, durationMs: 1 })).not.toThrow();
  });
  it.each([
    '',
    'ramp',
    'ramp:1',
    'ramp:a..b',
    'ramp:1..2..3',
    'step:',
    'step:1,,2',
    'spike:',
    'poisson:3',
    'ramp:-1..2',
  ])('refuse “%s” with what is expected', (text) => {
    expect(() => at(text)).toThrow(/cannot be read\. Expected constant, poisson/);
  });
});
