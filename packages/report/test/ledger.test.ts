import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendToLedger, readLedgerFolder } from '../src/certificate/ledger.ts';
import { attemptsUpTo, type LedgerEntry, readLedgerLines } from '../src/certificate/ledger-chain.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const started = (change: object = {}) =>
  ({
    kind: 'started',
    at: '2026-01-05T00:00:00Z',
    run: 'one',
    target: 'sha256:t',
    suite: 'all',
    scale: { stocks: 2000, days: 252, users: 50 },
    environmentClass: 'm',
    ...change,
  }) as const;
const finished = (of: number) =>
  ({
    kind: 'finished',
    at: '2026-01-05T00:01:00Z',
    started: of,
    status: 'completed',
    results: 'r'.repeat(64),
    values: [],
  }) as const;

describe('the ledger of attempts', () => {
  it('keeps one chain however many write at once', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => appendToLedger(dir, started({ run: `run ${i}` }))),
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 8 }, (_, i) => i + 1));
    const ledger = await readLedgerLines(await readLedgerFolder(dir));
    expect(ledger.kind).toBe('whole');
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 30_000);

  it('shows where a line was changed or taken away, and takes no more entries', async () => {
    for (let i = 0; i < 4; i++) await appendToLedger(dir, started({ run: `run ${i}` }));
    const second = join(dir, '00000002.json');
    const before = readFileSync(second, 'utf8');
    writeFileSync(second, before.replace('run 1', 'run 9'));
    expect(await readLedgerLines(await readLedgerFolder(dir))).toMatchObject({ kind: 'broken', at: 3 });
    await expect(appendToLedger(dir, started())).rejects.toThrow(/broken at entry 3/);
    rmSync(second);
    expect(await readLedgerLines(await readLedgerFolder(dir))).toMatchObject({ kind: 'broken', at: 2 });
  });

  it('counts together what ran on the same target, machine and scale, whatever it was called', async () => {
    const runs = [
      started({ run: 'a' }),
      started({ run: 'other target', target: 'sha256:u' }),
      started({ run: 'other machine', environmentClass: 'n' }),
      started({ run: 'small', scale: { stocks: 100, days: 252, users: 50 } }),
      started({ run: 'one stock more', suite: 'renamed', scale: { stocks: 2001, days: 252, users: 50 } }),
      started({ run: 'last' }),
    ];
    for (const run of runs) await appendToLedger(dir, run);
    await appendToLedger(dir, finished(6));
    const ledger = await readLedgerLines(await readLedgerFolder(dir));
    const entries = ledger.kind === 'whole' ? (ledger.entries as readonly LedgerEntry[]) : [];
    expect(attemptsUpTo(entries, 6).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'a abandoned',
      'one stock more abandoned',
      'last finished',
    ]);
  });
});
