import { mkdir, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../input-error.ts';
import type { Evidence } from '../measurement.ts';
import type { Results } from '../results.ts';
import { writeResults } from '../results-file.ts';
import { writeFileAtomic } from './atomic-file.ts';

/** Held back from a full disk, so that the results of an interrupted run still find room. */
const reserveBytes = 1024 * 1024;

/** The folder that a run leaves behind. */
export interface OutputFolder {
  readonly path: string;
  readonly resultsPath: string;
  /** Stores evidence; the path in the entry is relative to the folder. */
  keep(folder: string, name: string, title: string, mediaType: string, content: string | Uint8Array): Promise<Evidence>;
  /**
   * Replaces `results.json`; on a full disk the held-back room is given up for it.
   * @returns why that was needed; `undefined` if it was not
   */
  save(results: Results): Promise<Error | undefined>;
  close(): Promise<void>;
}

/**
 * Makes the folder ready to be written to.
 * @throws InputError (E130) if it cannot be written
 */
export async function openOutputFolder(path: string): Promise<OutputFolder> {
  const reservePath = join(path, '.reserve');
  try {
    await mkdir(join(path, 'evidence'), { recursive: true });
    const reserve = await open(reservePath, 'w');
    try {
      await reserve.writeFile(Buffer.alloc(reserveBytes, 0x20));
    } finally {
      await reserve.close();
    }
  } catch (cause) {
    await rm(reservePath, { force: true }).catch(() => undefined);
    throw new InputError(
      `cannot write to the output folder ${path}: ${(cause as Error).message}. Nothing was started. Free some space or choose another with --output-dir.`,
      { code: 'E130', at: path, cause },
    );
  }
  const resultsPath = join(path, 'results.json');
  let saving: Promise<unknown> = Promise.resolve();
  return {
    path,
    resultsPath,
    async keep(folder, name, title, mediaType, content) {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(folder)) {
        throw new Error(
          `evidence name “${folder}/${name}” may hold letters, digits, dots, dashes and underscores only`,
        );
      }
      await mkdir(join(path, 'evidence', folder), { recursive: true });
      await writeFileAtomic(join(path, 'evidence', folder, name), content);
      return { title, path: `evidence/${folder}/${name}`, mediaType };
    },
    save(results) {
      // One after the other, so that an older state never replaces a newer one.
      const next = saving
        .catch(() => undefined)
        .then(async () => {
          try {
            await writeResults(resultsPath, results);
            return undefined;
          } catch (cause) {
            await unlink(reservePath).catch(() => undefined);
            await writeResults(resultsPath, results);
            return cause as Error;
          }
        });
      saving = next;
      return next;
    },
    async close() {
      await saving.catch(() => undefined);
      await rm(reservePath, { force: true });
    },
  };
}
