import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { journalEnd, readJournalIds, reconcile } from '../src/ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'failover-ledger-'));
afterAll(() => rmSync(folder, { recursive: true }));

const idOf = (slot: number): string => `r${slot}`;

describe('the ledger of requests', () => {
  it('finds nothing where every answer is in the journal once', () => {
    const good = Uint8Array.from([1, 1, 0, 1]);
    expect(reconcile({ count: 4, good }, idOf, ['r3', 'r0', 'r1'])).toEqual({
      sent: 4,
      answered: 3,
      failed: 1,
      lostAfterAnswer: 0,
      duplicated: 0,
      doneUnanswered: 0,
      unexplained: 0,
    });
  });
  it('counts what was answered and lost, done twice, done without an answer, and never asked for', () => {
    const good = Uint8Array.from([1, 1, 0, 1]);
    expect(reconcile({ count: 4, good }, idOf, ['r0', 'r0', 'r0', 'r2', 'x', 'x'])).toMatchObject({
      lostAfterAnswer: 2,
      duplicated: 2,
      doneUnanswered: 1,
      unexplained: 2,
    });
  });
  it('loses exactly what a buffer held that was acknowledged before it was written', () => {
    // 12 000 answered; the last 200 before each of two crashes were still in a buffer.
    const count = 12_000;
    const isBuffered = (slot: number): boolean => (slot >= 3800 && slot < 4000) || (slot >= 8800 && slot < 9000);
    const journal = Array.from({ length: count }, (_, slot) => slot).filter((slot) => !isBuffered(slot));
    const found = reconcile({ count, good: new Uint8Array(count).fill(1) }, idOf, journal.map(idOf));
    expect(found.lostAfterAnswer).toBe(400);
    expect(found.sent).toBe(found.answered + found.failed);
  });
  it('reads what was written since, and takes no line for an entry that a crash has cut off', () => {
    const path = join(folder, 'journal.ndjson');
    writeFileSync(path, '{"id":"old"}\n');
    const from = journalEnd(path);
    appendFileSync(path, '{"id":"a","score":1}\n{"other":1}\n{"id":"b"}\n{"id":"c');
    expect(readJournalIds(path, from)).toEqual(['a', 'b']);
    expect(journalEnd(join(folder, 'none'))).toBe(0);
  });
});
