import { InvalidArgumentError } from 'commander';

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
