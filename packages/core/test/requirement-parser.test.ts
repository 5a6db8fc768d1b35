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

  it('keeps what was written and who asks for it', () => {
    expect(parseRequirement('  a.b-c.d_2 ≤ 1_000.5 ms ')).toEqual({
      id: 'a.b-c.d_2',
      expression: 'a.b-c.d_2 ≤ 1_000.5 ms',
      metric: 'a.b-c.d_2',
      comparison: '<=',
      limit: 1000.5,
      unit: 'ms',
      required: true,
      source: 'argument',
    });
    expect(parseRequirement('a.b < 1', { id: 'mine', required: false, source: 'here' })).toMatchObject({
      ...{ id: 'mine', required: false, source: 'here' },
    });
  });
  it.each([
    ['a.b < .5', 0.5],
    ['a.b < .25', 0.25],
    ['a.b < -2', -2],
    ['a.b < +2.25', 2.25],
    ['a.b < 1e3', 1000],
    ['a.b < 1.5E+2', 150],
    ['a.b < 25e-1', 2.5],
    ['a.b < 1,234,567.8', 1_234_567.8],
    ['a.b < 1_234_567', 1_234_567],
    ['a.b < 12,345e-3', 12.345],
    ['a.b\t<\t7', 7],
    ['a.b<7', 7],
    // A blank that does not break, as pages have it between a number and its unit.
    ['a.b < 7\u00a0ms', 7],
    ['A1.b2.c-3 < 07', 7],
  ])('reads the number of “%s”', (expression, limit) => {
    expect(parseRequirement(expression).limit).toBe(limit);
  });
  it.each(['1,5', '1,5.0', '12,34', '1,2345', '1,234,5', '1234,567', '1,', '1,,000'])(
    'refuses “%s”, whose comma may be meant for a point',
    (number) => {
      const message = refusal(`latency.inference.p95 < ${number} ms`);
      expect(underlined(message)).toBe(number);
      expect(message).toContain('a comma groups thousands, as in 1,500; decimals follow a point, as in 1.5');
    },
  );
  it.each([
    ['1a.b < 1', '1a.b', 'expected a metric with dots in its name, such as latency.inference.p95'],
    ['a < 1', 'a', 'expected a metric with dots'],
    ['a. < 1', 'a.', 'expected a metric with dots'],
    [' x a.b < 1', 'x', 'expected a metric with dots'],
    ['a.b is 1', 'is', 'expected one of < <= > >= after the metric'],
    ['a.b is < 1', 'is', 'expected one of < <= > >= after the metric'],
    ['a.b', '', 'expected one of < <= > >= after the metric'],
    ['a.b < x1', 'x1', 'expected a number after the comparison'],
    ['a.b <', '', 'expected a number after the comparison'],
    ['a.b < _1', '_1', 'expected a number after the comparison'],
    ['a.b < 1e999 ms', '1e999', 'expected a number that can be counted to'],
    ['a.b < 5 furlongs', 'furlongs', 'unknown unit. Known are ns, us, µs, ms, s, min, h, B, kB,'],
    ['a.b < 5 toString', 'toString', 'unknown unit'],
    ['a.b < 5.', '.', 'unknown unit'],
  ])('refuses “%s” at “%s”', (expression, spot, problem) => {
    const message = refusal(expression);
    expect(underlined(message).trim()).toBe(spot);
    expect(message.startsWith(`requirement can't be read: ${problem}`)).toBe(true);
  });
  it.each([
    ['seconds', 's'],
    ['msec', 'ms'],
    ['gb', 'GB'],
    ['minutes', 'min'],
    ['KiBytes', 'KiB'],
  ])('takes %s for a slip of the pen for %s', (written, meant) => {
    expect(refusal(`a.b < 5 ${written}`)).toContain(`. Did you mean ${meant}?`);
  });
  it('has no unit that begins with another, so that a word stands for one at most', () => {
    const units = Object.keys(writtenUnits).map((unit) => unit.toLowerCase());
    for (const unit of new Set(units))
      expect(units.filter((other) => other !== unit && other.startsWith(unit))).toEqual([]);
  });
  it('suggests nothing for a word that begins with no unit, and says who asked', () => {
    expect(refusal('a.b < 5 quux').split('\n')[0]!.endsWith('/s, /min.')).toBe(true);
    const asked = (options?: { source: string }) => {
      try {
        return parseRequirement('a < 5', options);
      } catch (cause) {
        return (cause as InputError).message + (cause as InputError).at;
      }
    };
    expect(asked()).toContain('argument');
    expect(asked({ source: 'preopen.config.ts' })).toContain('preopen.config.ts');
  });
  it('shows of a long line what stands around the spot', () => {
    const long = `a.${'b'.repeat(300)} < 80 msec and ${'more '.repeat(60)}`;
    const message = refusal(long);
    const [, line] = message.split('\n');
    expect(line).toHaveLength(120);
    expect(line).toContain('< 80 msec and');
    expect(underlined(message).startsWith('msec and')).toBe(true);
    // A line of 120 characters is shown whole.
    const short = `a.${'b'.repeat(110)} < 80 mx`;
    expect(short).toHaveLength(120);
    expect(refusal(short).split('\n')[1]).toBe(short);
    // And what is wrong is underlined to the end of what is shown, not beyond it.
    const [, shown, carets] = refusal(`a.b < 80 ${'x'.repeat(200)}`).split('\n');
    expect(carets).toHaveLength(shown!.length);
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
