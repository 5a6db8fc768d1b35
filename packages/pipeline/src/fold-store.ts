import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@preopen/core';
import type { FinishedFold, FoldStore } from './reference-run.ts';
import type { Fold } from './walk-forward.ts';

/**
 * Keeps finished folds in a folder, so that a run that was ended goes on from the last of them. A fold is taken only for
 * the very same work: same data, features and days.
 * @param dir made when the first fold is saved
 * @param work what the folds are of: the data's digest, the features, the release
 */
export function foldFolder(dir: string, work: unknown): FoldStore & { remove(): Promise<void> } {
  const keyOf = (fold: Fold): string =>
    createHash('sha256')
      .update(JSON.stringify([work, fold]))
      .digest('hex');
  return {
    async load(fold, index) {
      try {
        const note = JSON.parse(await readFile(join(dir, `fold-${index}.json`), 'utf8')) as {
          key: string;
          digest: string;
          modelText: string;
          importance: FinishedFold['importance'];
        };
        const bytes = await readFile(join(dir, `fold-${index}.f64`));
        if (note.key !== keyOf(fold) || note.digest !== digestOf(bytes)) return undefined;
        return {
          predictions: new Float64Array(new Uint8Array(bytes).buffer),
          modelText: note.modelText,
          importance: note.importance,
        };
      } catch {
        // Not there, or torn: the fold is computed anew.
        return undefined;
      }
    },
    async save(fold, index, { predictions, modelText, importance }: FinishedFold) {
      await mkdir(dir, { recursive: true });
      const bytes = new Uint8Array(predictions.buffer, predictions.byteOffset, predictions.byteLength);
      await writeFileAtomic(join(dir, `fold-${index}.f64`), bytes);
      const note = { key: keyOf(fold), digest: digestOf(bytes), modelText, importance };
      await writeFileAtomic(join(dir, `fold-${index}.json`), JSON.stringify(note));
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
