import { InputError } from '@preopen/core';

/** A number of milliseconds, with digits. */
const number = /^\d+(\.\d+)?$/;
/** A date and a time with its zone, as logs write it. */
const stamp = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * Reads a recorded trace: one arrival a line, oldest first, either all as milliseconds since any moment (`1532.25`) or all as
 * ISO 8601 times with their zone (`2025-06-02T09:00:00.125+08:00`). Further columns after a comma are left alone, and so are
 * empty lines and those that begin with `#`.
 * @param file for messages
 * @returns milliseconds since the first arrival, ascending: what `arrivals: { kind: 'trace', timesMs }` takes
 * @throws InputError with file, line and value for the first line that cannot be read or goes back in time
 */
export function parseTrace(text: string, file: string): number[] {
  const times: number[] = [];
  let form: RegExp | undefined;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const value = line.split(',')[0]!.trim();
    if (value === '' || value.startsWith('#')) continue;
    const at = `${file}:${i + 1}`;
    form ??= number.test(value) ? number : stamp;
    const timeMs = form.test(value) ? (form === number ? Number(value) : Date.parse(value)) : Number.NaN;
    if (!Number.isFinite(timeMs)) {
      throw new InputError(
        `${at}: “${value.slice(0, 60)}” is no time of a trace. Expected one arrival a line, all as milliseconds (1532.25) or all as ISO 8601 with a zone (2025-06-02T09:00:00.125+08:00).`,
        { at },
      );
    }
    const before = times.at(-1);
    if (before !== undefined && timeMs < before) {
      throw new InputError(
        `${at}: ${value.slice(0, 60)} is earlier than the arrival before it. Sort the trace by time.`,
        { at },
      );
    }
    times.push(timeMs);
  }
  if (times.length === 0) throw new InputError(`${file}: no arrivals in it. Expected one time a line.`, { at: file });
  return times.map((timeMs) => timeMs - times[0]!);
}
