import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Real market data that lies beside the repository on some machines. */
const realData = new URL('../../../../../shared/data/taiwan/', import.meta.url);

/** Whether a file of it is there; tests that need it are skipped where it is not. */
export const hasRealData = (path: string): boolean => existsSync(new URL(path, realData));

/** A file's text, unpacked. */
export function realText(path: string): string {
  const bytes = readFileSync(new URL(path, realData));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Rows of a plain CSV without its header. */
export const realRows = (path: string): string[][] =>
  realText(path)
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trimEnd().split(','));

/** The dates of a plain CSV that begins with code and date, ascending, each once. */
export function realDates(path: string): string[] {
  const dates = new Set<string>();
  for (const [, date] of realText(path).matchAll(/^[^,\n]+,(\d{4}-\d\d-\d\d),/gm)) dates.add(date!);
  return [...dates].sort();
}
