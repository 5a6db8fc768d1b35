import { readFile } from 'node:fs/promises';
import { InputError } from './input-error.ts';
import { writeFileAtomic } from './internal/atomic-file.ts';
import { reviveIntervals } from './internal/open-intervals.ts';
import { validateResults } from './internal/results-validation.ts';
import { shown } from './internal/shown.ts';
import type { Results } from './results.ts';

/** NaN and the infinities are not JSON; they become `null`, which the schema allows only where a reader expects it. */
const finiteOrNull = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? null : value;

/** The results document as it stands in `results.json`: two spaces, one newline at the end. */
export function serializeResults(results: Results): string {
  return `${JSON.stringify(results, finiteOrNull, 2)}\n`;
}

/** Saves the document atomically; see `writeFileAtomic` for what that means. */
export async function writeResults(path: string, results: Results): Promise<void> {
  await writeFileAtomic(path, serializeResults(results));
}

/**
 * Reads a results document from text and checks it against the schema.
 * @param at the file's name, for messages
 * @throws InputError (E120) that names what is wrong and where, or a version that this release does not know
 */
export async function parseResults(text: string, at = 'results.json'): Promise<Results> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${at} is not JSON: ${(cause as Error).message}. It may be cut off; run the suite again.`, {
      code: 'E120',
      at,
      cause,
    });
  }
  const version = (document as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== 1) {
    const hint =
      typeof version === 'number' && version > 1
        ? 'it was written by a newer preopen: update this one'
        : 'this release reads version 1';
    throw new InputError(`${at}: schemaVersion is ${version === undefined ? 'missing' : shown(version)}; ${hint}.`, {
      code: 'E121',
      at,
    });
  }
  const problems = await validateResults(document);
  if (problems.length > 0) {
    const shown = problems.slice(0, 10).map((problem) => `  ${problem}`);
    const rest = problems.length > 10 ? `\n  and ${problems.length - 10} more` : '';
    throw new InputError(`${at} is not a results document:\n${shown.join('\n')}${rest}`, { code: 'E120', at });
  }
  return reviveIntervals(document as Results);
}

/** Reads and checks a results file; see `parseResults`. */
export async function readResults(path: string): Promise<Results> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new InputError(
      `cannot read ${path}: ${(cause as Error).message}. Give the path of a results.json or of a run's folder.`,
      { code: 'E122', at: path, cause },
    );
  }
  return parseResults(text, path);
}
