/**
 * A value that was given, as it stands in a message: JSON where it has such a form, cut to what a line of a terminal holds.
 * Never throws, whatever was given.
 */
export function shown(value: unknown, mostCharacters = 60): string {
  const text = written(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 3)}…` : text;
}

function written(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Circular, deeper than the stack, or with numbers that JSON has no word for.
    return typeof value === 'bigint' ? `${value}n` : 'something that cannot be shown';
  }
}

/** A word that was given, without quotes; anything that is no text as `shown` has it. */
export function shownWord(value: unknown, mostCharacters = 60): string {
  return typeof value === 'string' ? value.slice(0, mostCharacters) : shown(value, mostCharacters);
}
