import { InputError } from '@preopen/core';
import type { Arrivals } from './arrivals.ts';

const forms = 'constant, poisson, ramp:A..B, step:A,B,C or spike:PEAK (rates per second)';

/**
 * Arrivals from their short text: `constant`, `poisson`, `ramp:100..2000` (evenly over the run), `step:100,200,400` (equal
 * parts of the run), `spike` or `spike:5000` (that rate, else five times the base, for the middle fifth of the run).
 * @throws InputError for another text, or where the rate is missing
 */
export function parseArrivals(
  text: string,
  { ratePerSecond, durationMs }: { readonly ratePerSecond: number | undefined; readonly durationMs: number },
): Arrivals {
  const [kind = '', rest] = text.split(/:(.*)/s);
  const needed = (): number => {
    if (ratePerSecond !== undefined) return ratePerSecond;
    throw new InputError(`arrivals ${kind}: at which rate? Give --rate N, in requests per second.`, { at: text });
  };
  const rates = (separator: string): number[] =>
    (rest ?? '').split(separator).map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const refuse = (): InputError =>
    new InputError(`arrivals “${text.slice(0, 60)}” cannot be read. Expected ${forms}.`, { at: text });
  const areRates = (values: readonly number[]): boolean =>
    values.every((value) => Number.isFinite(value) && value >= 0);
  switch (kind) {
    case 'constant':
    case 'poisson':
      if (rest !== undefined) throw refuse();
      return { kind, ratePerSecond: needed() };
    case 'ramp': {
      const [fromPerSecond, toPerSecond, ...more] = rates('..');
      if (fromPerSecond === undefined || toPerSecond === undefined || more.length > 0) throw refuse();
      if (!areRates([fromPerSecond, toPerSecond])) throw refuse();
      return { kind, fromPerSecond, toPerSecond, durationMs };
    }
    case 'step': {
      const ratesPerSecond = rates(',');
      if (!areRates(ratesPerSecond)) throw refuse();
      return { kind, ratesPerSecond, stepMs: durationMs / ratesPerSecond.length };
    }
    case 'spike': {
      const base = needed();
      const peakPerSecond = rest === undefined ? 5 * base : Number(rest);
      if (rest === '' || !areRates([peakPerSecond])) throw refuse();
      return { kind, ratePerSecond: base, peakPerSecond, atMs: durationMs * 0.4, durationMs: durationMs * 0.2 };
    }
    default:
      throw refuse();
  }
}
