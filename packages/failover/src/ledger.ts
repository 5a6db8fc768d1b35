import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ProbeLog } from './probe-log.ts';

/** Every request that was sent, against what the target itself says that it did. */
export interface RequestLedger {
  /** Requests sent: `answered` and `failed` together. */
  readonly sent: number;
  /** With a good answer: the target has acknowledged them to the client. */
  readonly answered: number;
  readonly failed: number;
  /** Answered, and not in the target's journal: lost after the acknowledgement. */
  readonly lostAfterAnswer: number;
  /** Entries beyond the first for one request. */
  readonly duplicated: number;
  /** In the journal, though the client had no answer: done, and nobody was told. */
  readonly doneUnanswered: number;
  /** Entries for requests that were never sent. */
  readonly unexplained: number;
}

/**
 * Reconciles requests with a target's journal.
 * @param log what became of each request at the client
 * @param idOf the id that each carried
 * @param journal ids that the target has written down, in any order, as often as it did
 */
export function reconcile(
  log: Pick<ProbeLog, 'count' | 'good'>,
  idOf: (slot: number) => string,
  journal: Iterable<string>,
): RequestLedger {
  const entries = new Map<string, number>();
  for (const id of journal) entries.set(id, (entries.get(id) ?? 0) + 1);
  const ledger = { sent: log.count, answered: 0, failed: 0, lostAfterAnswer: 0, duplicated: 0, doneUnanswered: 0 };
  let unexplained = 0;
  for (let slot = 0; slot < log.count; slot++) {
    const id = idOf(slot);
    const times = entries.get(id) ?? 0;
    entries.delete(id);
    if (times > 1) ledger.duplicated += times - 1;
    if (log.good[slot]) {
      ledger.answered++;
      if (times === 0) ledger.lostAfterAnswer++;
    } else {
      ledger.failed++;
      if (times > 0) ledger.doneUnanswered++;
    }
  }
  for (const times of entries.values()) unexplained += times;
  return { ...ledger, unexplained };
}

/** Size of a journal now, in bytes; what comes after it is of the requests from now on. */
export const journalEnd = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Ids in a target's journal from a place on: lines of JSON with an `id`. A line that a crash has cut off is no entry.
 * @throws Error if the file cannot be read
 */
export function readJournalIds(path: string, fromByte: number): readonly string[] {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - fromByte));
    const length = readSync(file, bytes, 0, bytes.length, fromByte);
    return bytes
      .toString('utf8', 0, length)
      .split('\n')
      .flatMap((line) => idIn(line));
  } finally {
    closeSync(file);
  }
}

function idIn(line: string): readonly string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'id' in entry ? [String(entry.id)] : [];
  } catch {
    return [];
  }
}
