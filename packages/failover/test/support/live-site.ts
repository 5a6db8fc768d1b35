import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type RunningService, systemClock } from '@preopen/core';
import { faultSite, type LiveSite } from '../../src/site.ts';
import { openJournal } from '../../src/undo/journal.ts';

/**
 * A site on a running service, with a journal of its own.
 * @param closing gets what is to be done when the test is over
 */
export async function liveSite(
  service: RunningService,
  { folder, closing }: { readonly folder: string; readonly closing: (() => Promise<unknown>)[] },
): Promise<LiveSite> {
  const journal = await openJournal(join(folder, 'journal'));
  closing.push(() => journal.undoAll().then(() => journal.close()));
  const random = (purpose: string) => createRandom(1, purpose);
  const { signal } = new AbortController();
  const site = faultSite({ service, journal, clock: systemClock, signal, random, workDir: folder });
  mkdirSync(site.workDir, { recursive: true });
  return site;
}
