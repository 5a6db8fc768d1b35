import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { fuzz, mutatedTexts } from '../../core/test/support/mutations.ts';
import {
  aboveZero,
  durationMs,
  list,
  sizeBytes,
  twoDurationsMs,
  wholeNumber,
  wholeNumbers,
} from '../src/program/flags.ts';

const finite = (value: number): void => expect(Number.isFinite(value) && value > 0).toBe(true);

describe('whatever is typed behind a flag', () => {
  it('gives a duration, two, or a size, each finite and above 0, or an error with an example', async () => {
    await fuzz(mutatedTexts('30s', '500ms', '2.5min', '1 h'), durationMs, [InvalidArgumentError], finite);
    await fuzz(mutatedTexts('10s,40s'), twoDurationsMs, [InvalidArgumentError], ([first, second]) => {
      expect(second).toBeGreaterThan(first);
      expect(second).toBeLessThan(Number.POSITIVE_INFINITY);
    });
    await fuzz(mutatedTexts('512MB', '1.5 GiB', '1kB'), sizeBytes, [InvalidArgumentError], finite);
  });

  it('gives numbers and lists', async () => {
    await fuzz(mutatedTexts('42', '0'), wholeNumber(0), [InvalidArgumentError], (value) =>
      expect(Number.isSafeInteger(value)).toBe(true),
    );
    await fuzz(mutatedTexts('1,2,4'), wholeNumbers, [InvalidArgumentError], (values) => values.forEach(finite));
    await fuzz(mutatedTexts('0.5', '1e3'), aboveZero, [InvalidArgumentError], finite);
    await fuzz(
      mutatedTexts('load,latency'),
      (text) => list(text, ['a']),
      [],
      (words) => expect(words).not.toContain(''),
    );
  });

  it.each(['1 constructor', '1 toString', '0.0000001kB', '9e999MB'])('refuses the size %s', (text) => {
    expect(() => sizeBytes(text)).toThrow(InvalidArgumentError);
  });

  it('refuses a duration that no clock counts to', () => {
    expect(() => durationMs('9'.repeat(400))).toThrow(InvalidArgumentError);
  });
});
