import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import type { Bytes } from './bytes.ts';
import { type LedgerEntry, ledgerLine, noEntryBefore, readLedgerLines } from './ledger-chain.ts';

const fileName = (entry: number): string => `${String(entry).padStart(8, '0')}.json`;

/** The lines of a ledger folder, in order; empty where there is none. */
export async function readLedgerFolder(dir: string): Promise<Bytes[]> {
  const names = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  const entries = names.filter((name) => /^\d{8}\.json$/.test(name)).toSorted();
  return Promise.all(entries.map(async (name) => new Uint8Array(await readFile(join(dir, name)))));
}

/** An entry before it has its place in the chain. */
type NewEntry = LedgerEntry extends infer Entry
  ? Entry extends LedgerEntry
    ? Omit<Entry, 'entry' | 'previous'>
    : never
  : never;

/** More writers at once than this are none. */
const maxTries = 1000;

/**
 * Adds one entry to the ledger: a file of its own that is linked into its place only when it is whole, and only if
 * nobody else took that place meanwhile. So neither a crash nor a second writer can leave a torn or forked chain.
 * @returns the entry's number
 * @throws InputError (E140) if the chain that is there is broken
 */
export async function appendToLedger(dir: string, added: NewEntry): Promise<number> {
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    for (let tries = 0; tries < maxTries; tries++) {
      const ledger = await readLedgerLines(await readLedgerFolder(dir));
      if (ledger.kind === 'broken') {
        throw new InputError(
          `the ledger of attempts in ${dir} is broken at entry ${ledger.at}: ${ledger.why}. Certificates cannot be issued over it. Move the folder away to begin a new one; the count of attempts then begins anew, which its readers can see.`,
          { code: 'E140', at: dir },
        );
      }
      const number = ledger.entries.length + 1;
      const entry = { entry: number, previous: ledger.digests.at(-1) ?? noEntryBefore, ...added } as LedgerEntry;
      await writeFile(temporary, ledgerLine(entry));
      try {
        await link(temporary, join(dir, fileName(number)));
        return number;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      } finally {
        await rm(temporary, { force: true });
      }
    }
    throw new Error(`no place found in the ledger ${dir} after ${maxTries} tries`);
  } finally {
    await rm(temporary, { force: true });
  }
}
