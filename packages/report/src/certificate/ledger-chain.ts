import type { Scale } from '@preopen/core';
import type { Attempt, AttemptValue } from './attempts.ts';
import { type Bytes, sha256, utf8 } from './bytes.ts';

/** One line of the ledger of attempts. Each holds the digest of the line before it. */
export type LedgerEntry = {
  /** Position, from 1. */
  readonly entry: number;
  /** SHA-256 of the line before, its newline included; 64 zeros for the first. */
  readonly previous: string;
  /** ISO date and time. */
  readonly at: string;
} & (
  | {
      readonly kind: 'started';
      readonly run: string;
      /** The target's digest. */
      readonly target: string;
      readonly suite: string;
      readonly scale: Scale;
      readonly environmentClass: string;
    }
  | {
      readonly kind: 'finished';
      /** The `entry` that started it. */
      readonly started: number;
      readonly status: 'completed' | 'interrupted';
      /** SHA-256 of its `results.json`. */
      readonly results: string;
      readonly values: readonly AttemptValue[];
    }
);

/** What stands for the digest of a line before the first. */
export const noEntryBefore: string = '0'.repeat(64);

/** An entry as its line stands in the ledger. */
export const ledgerLine = (entry: LedgerEntry): Bytes => utf8(`${JSON.stringify(entry)}\n`);

/** A ledger that was read, or where its chain is broken. */
export type Ledger =
  | { readonly kind: 'whole'; readonly entries: readonly LedgerEntry[]; readonly digests: readonly string[] }
  | { readonly kind: 'broken'; readonly at: number; readonly why: string };

/** Reads the ledger's lines, in order, and follows the chain. */
export async function readLedgerLines(lines: readonly Bytes[]): Promise<Ledger> {
  const entries: LedgerEntry[] = [];
  const digests: string[] = [];
  for (const [i, line] of lines.entries()) {
    let entry: LedgerEntry | null;
    try {
      entry = JSON.parse(new TextDecoder().decode(line)) as LedgerEntry | null;
    } catch {
      return { kind: 'broken', at: i + 1, why: 'it is not JSON' };
    }
    if (typeof entry !== 'object' || entry === null) return { kind: 'broken', at: i + 1, why: 'it is no entry' };
    if (entry.entry !== i + 1) return { kind: 'broken', at: i + 1, why: `entry ${entry.entry} stands in its place` };
    if (entry.previous !== (digests[i - 1] ?? noEntryBefore))
      return { kind: 'broken', at: i + 1, why: 'the line before it was changed or removed after it was written' };
    entries.push(entry);
    digests.push(await sha256(line));
  }
  return { kind: 'whole', entries, digests };
}

/** Scales this close to each other are one: else one stock more would wipe out what was tried before. */
const sameScale = (a: Scale, b: Scale): boolean =>
  (['stocks', 'days', 'users'] as const).every((key) => Math.abs(a[key] - b[key]) <= 0.1 * Math.max(a[key], b[key]));

/**
 * All attempts up to one of them that count together with it: the same target bytes on the same kind of machine at the
 * same scale, whatever the suite, the seed and the limits were called.
 * @param started the `entry` of the run's own start
 */
export function attemptsUpTo(entries: readonly LedgerEntry[], started: number): Attempt[] {
  const own = entries[started - 1];
  if (own?.kind !== 'started') return [];
  return entries.slice(0, started).flatMap((entry): Attempt[] => {
    if (entry.kind !== 'started' || entry.target !== own.target) return [];
    if (entry.environmentClass !== own.environmentClass || !sameScale(entry.scale, own.scale)) return [];
    const end = entries.find((later) => later.kind === 'finished' && later.started === entry.entry);
    const finished = end?.kind === 'finished' ? end : undefined;
    return [
      {
        id: entry.run,
        startedAt: entry.at,
        outcome: finished?.status === 'completed' ? 'finished' : 'abandoned',
        results: finished?.results ?? null,
        values: finished?.values ?? [],
      },
    ];
  });
}
