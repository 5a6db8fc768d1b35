import { InputError } from './input-error.ts';
import type { Comparison, Requirement } from './requirement.ts';
import { writtenUnits } from './units.ts';

/** Points at a spot of a line, for people: the line, and a caret under the spot. Of a line too long to show, what stands around it. */
function caret(text: string, start: number, length: number): string {
  const from = text.length > 120 ? Math.max(0, start - 60) : 0;
  const line = text.slice(from, from + 120);
  return `${line}\n${' '.repeat(start - from)}${'^'.repeat(Math.max(1, Math.min(length, line.length - (start - from))))}`;
}

/** The unit that a word such as `msec`, `gb` or `seconds` stands for: the one that it begins with; none begins with another. */
function meantUnit(word: string): string | undefined {
  const lower = word.toLowerCase();
  return Object.keys(writtenUnits).find((unit) => lower.startsWith(unit.toLowerCase()));
}

/**
 * Reads `metric comparison number unit`, such as `latency.inference.p95 < 100 ms`.
 *
 * Units: ns, us, ms, s, min, h; B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; %; /s, /min; none for plain numbers.
 * @param options.source who asks for it, for error messages and results
 * @throws InputError (E102) with a caret under the first wrong spot
 */
export function parseRequirement(
  expression: string,
  options: { source?: string; required?: boolean; id?: string } = {},
): Requirement {
  const text = expression.trim();
  const source = options.source ?? 'argument';
  const refuse = (start: number, length: number, problem: string): InputError =>
    new InputError(`requirement can't be read: ${problem}\n${caret(text, start, length)}`, {
      code: 'E102',
      at: source,
    });

  /** What stands there, up to the next blank. */
  const wordAt = (start: number): string => text.slice(start).split(/\s/, 1)[0]!;

  const metric = /^[A-Za-z][\w-]*(\.[\w-]+)+/.exec(text)?.[0];
  if (metric === undefined) {
    throw refuse(0, wordAt(0).length, 'expected a metric with dots in its name, such as latency.inference.p95');
  }
  let at = metric.length;
  const skipBlanks = (): void => {
    while (text[at] === ' ' || text[at] === '\t') at++;
  };
  skipBlanks();
  const comparison = /^(<=|>=|<|>|≤|≥)/.exec(text.slice(at))?.[0];
  if (comparison === undefined) {
    throw refuse(at, wordAt(at).length, 'expected one of < <= > >= after the metric');
  }
  at += comparison.length;
  skipBlanks();
  const number = /^[+-]?((\d{1,3}(,\d{3})+(?![\d,])|\d[\d_]*)(\.\d+)?|\.\d+)([eE][+-]?\d+)?/.exec(text.slice(at))?.[0];
  if (number === undefined) {
    throw refuse(at, wordAt(at).length, 'expected a number after the comparison');
  }
  const numberAt = at;
  at += number.length;
  if (text[at] === ',') {
    const problem = 'a comma groups thousands, as in 1,500; decimals follow a point, as in 1.5';
    throw refuse(numberAt, wordAt(numberAt).length, problem);
  }
  skipBlanks();
  const unitText = text.slice(at).trim();
  const known = Object.hasOwn(writtenUnits, unitText) ? writtenUnits[unitText] : undefined;
  const written = unitText === '' ? { unit: 'ratio' as const, factor: 1 } : known;
  if (!written) {
    const meant = meantUnit(unitText);
    throw refuse(
      at,
      unitText.length,
      `unknown unit. Known are ${Object.keys(writtenUnits).join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    );
  }
  const limit = Number(number.replace(/[_,]/g, '')) * written.factor;
  if (!Number.isFinite(limit)) throw refuse(numberAt, number.length, 'expected a number that can be counted to');
  return {
    id: options.id ?? metric,
    expression: text,
    metric,
    comparison: comparison.replace('≤', '<=').replace('≥', '>=') as Comparison,
    limit,
    unit: written.unit,
    required: options.required ?? true,
    source,
  };
}
