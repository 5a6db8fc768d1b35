import type { Language } from '@preopen/report';
import { InvalidArgumentError, Option } from 'commander';

/** Reads a whole number within bounds, or refuses it with what was given. */
export const wholeNumber =
  (low: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < low) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${low}.`);
    }
    return value;
  };

/** Reads a list: commas or repeated flags. */
export const list = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(',').filter((part) => part !== ''),
];

const millisecondsOf: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** Reads a duration such as `30s`, `500ms` or `2min` as milliseconds; a bare number is seconds. */
export function durationMs(text: string): number {
  const [, value, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Number(value) * (millisecondsOf[unit] ?? Number.NaN);
  if (!(ms > 0 && ms < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('Expected a duration such as 30s, 500ms or 2min.');
  return ms;
}

/** A flag that takes a duration, with its default shown as it would be written. */
export function durationOption(flags: string, description: string, defaultMs: number): Option {
  const [unit = 'ms', ms = 1] = Object.entries(millisecondsOf).findLast(([, length]) => defaultMs % length === 0) ?? [];
  return new Option(flags, description).argParser(durationMs).default(defaultMs, `${defaultMs / ms}${unit}`);
}

/** Reads two durations, the later after the earlier, separated by a comma. */
export function twoDurationsMs(text: string): [number, number] {
  const [first, second, ...more] = text.split(',').map(durationMs);
  if (first === undefined || second === undefined || more.length > 0 || second <= first)
    throw new InvalidArgumentError('Expected two times, the later one last, such as 10s,40s.');
  return [first, second];
}

/** Reads a number above 0. */
export function aboveZero(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

/** Reads whole numbers above 0 separated by commas. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map((part) => wholeNumber(1)(part.trim()));
}

/** In which language pages are written. */
export function languageOption(): Option {
  const languages: readonly Language[] = ['en', 'zh-TW'];
  return new Option('--lang <language>', 'language of report.html and summary.md').choices(languages).default('en');
}

const bytesOf: Readonly<Record<string, number>> = {
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Reads a size with its unit, in bytes. */
export function sizeBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(\w+)$/.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (Object.hasOwn(bytesOf, unit) ? bytesOf[unit]! : Number.NaN));
  if (!(bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw new InvalidArgumentError(
      `Expected a size with its unit, such as 512MB (${Object.keys(bytesOf).join(', ')}).`,
    );
  }
  return bytes;
}
