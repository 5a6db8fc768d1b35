import { createRandom } from '@preopen/core';
import { ToxicChain } from '../../src/proxy/chain.ts';
import type { Piece } from '../../src/proxy/stage.ts';
import { parseToxic, type ToxicInput } from '../../src/proxy/toxic.ts';

/** A chain with toxics, all from the start of its time. */
export function aChain(toxics: readonly ToxicInput[], seed = 1): ToxicChain {
  const chain = new ToxicChain((purpose) => createRandom(seed, purpose));
  for (const [i, toxic] of toxics.entries()) chain.add(parseToxic({ name: `toxic-${i}`, ...toxic }), 0);
  return chain;
}

/** What goes in at which moment; the end of the stream comes with the last. */
export type Arrival = readonly [atMs: number, bytes: Uint8Array];

/** Sends data and the end through a chain, in virtual time, looking exactly when something is due. */
export function runThrough(chain: ToxicChain, arrivals: readonly Arrival[], withEnd = true): readonly Piece[] {
  const out: Piece[] = [];
  const put = (piece: Piece): void => void out.push(piece);
  const until = (limitMs: number): void => {
    while (chain.dueMs <= limitMs && chain.dueMs < Number.POSITIVE_INFINITY) chain.advance(chain.dueMs, put);
  };
  for (const [atMs, bytes] of arrivals) {
    until(atMs);
    chain.take({ kind: 'data', atMs, bytes }, put);
  }
  if (withEnd) chain.take({ kind: 'end', atMs: arrivals.at(-1)?.[0] ?? 0 }, put);
  until(Number.MAX_VALUE);
  return out;
}

/** All bytes of the data pieces, in order. */
export function bytesOf(pieces: readonly Piece[]): Uint8Array {
  return Buffer.concat(pieces.flatMap((piece) => (piece.kind === 'data' ? [piece.bytes] : [])));
}
