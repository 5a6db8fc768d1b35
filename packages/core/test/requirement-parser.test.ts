import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../src/input-error.ts';
import { parseRequirement } from '../src/requirement-parser.ts';
import { writtenUnits } from '../src/units.ts';

function refusal(expression: string): string {
  try {
    parseRequirement(expression);
  } catch (cause) {
    expect(cause).toBeInstanceOf(InputError);
    expect((cause as InputError).code).toBe('E102');
    return (cause as InputError).message;
  }
  throw new Error(`“${expression}” was accepted`);
}

/** The text that stands over the caret. */
function underlined(message: string): string {
  const lines = message.split('\n');
  const carets = lines.at(-1) ?? '';
  return (lines.at(-2) ?? '').slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1);
}

describe('parseRequirement', () => {
  it.each([
    ['latency.inference.p95 < 100 ms', '<', 100, 'ms'],
    ['throughput.predictions > 1500 /s', '>', 1500, '1/s'],
    ['memory.pipeline.peakRss < 16 GB', '<', 16e9, 'bytes'],
    ['memory.pipeline.peakRss < 16 GiB', '<', 17_179_869_184, 'bytes'],
    ['ic.mean > 0.05', '>', 0.05, 'ratio'],
    ['features.duration < 30 min', '<', 1800, 's'],
    ['errors.rate <= 1 %', '<=', 0.01, 'ratio'],
    ['recovery.kill.timeToSteadyState<=20s', '<=', 20, 's'],
    ['universe.stocks ≥ 2,000', '>=', 2000, 'ratio'],
  ])('reads “%s”', (expression, comparison, limit, unit) => {
    expect(parseRequirement(expression)).toMatchObject({ comparison, limit, unit, required: true });
  });

  it('points at the unit that does not exist and suggests the one that does', () => {
    const message = refusal('latency.inference.p95 < 80 msec');
    expect(underlined(message)).toBe('msec');
    expect(message).toContain('Did you mean ms?');
  });

  it.each([
    ['p95 < 80 ms', 'p95'],
    ['latency.p95 = 80 ms', '='],
    ['latency.p95 < fast', 'fast'],
    ['', ''],
  ])('points at the first wrong spot of “%s”', (expression, spot) => {
    expect(underlined(refusal(expression)).trim()).toBe(spot);
  });

  it('keeps the limit through any unit (property)', () => {
    const units = fc.constantFrom(...Object.keys(writtenUnits));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), units, (limit, unit) => {
        const parsed = parseRequirement(`a.b >= ${limit} ${unit}`);
        expect(parsed.limit).toBe(limit * (writtenUnits[unit]?.factor ?? Number.NaN));
      }),
    );
  });

  it('never ends in anything but a requirement or an InputError (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        try {
          expect(Number.isFinite(parseRequirement(`a.b < ${text}`).limit) || text.includes('e')).toBe(true);
        } catch (cause) {
          expect(cause).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
