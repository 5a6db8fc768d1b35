import type { Heap } from './internal/heap.ts';
import { isCategorical, MISSING, missingType, nanGoesLeft, type Tree } from './model/tree.ts';

/**
 * How a plane is made of a column: what replaces its missing values, or which category set its rows are asked for.
 * With it, a node's question is one comparison.
 */
export type PlaneKind =
  | { readonly kind: 'nan' | 'nan-or-zero'; readonly instead: number }
  | { readonly kind: 'set'; readonly offset: number };

/** More categorical splits than this per tree, and asking every row for every set costs more than the general walk. */
export const MOST_SETS_PER_TREE = 4;

/** Text that is the same for the same plane. */
export function planeKey(feature: number, kind: PlaneKind): string {
  return `${feature} ${kind.kind} ${kind.kind === 'set' ? kind.offset : kind.instead}`;
}

/** The plane that a node asks; `setOffset` holds the offsets of its tree's sets. */
export function planeKind(tree: Tree, node: number, setOffset: readonly number[]): PlaneKind {
  if (isCategorical(tree, node)) return { kind: 'set', offset: setOffset[tree.threshold[node]!]! };
  const missing = missingType(tree, node);
  if (missing === MISSING.none) return { kind: 'nan', instead: 0 };
  const instead = nanGoesLeft(tree, node) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return { kind: missing === MISSING.zero ? 'nan-or-zero' : 'nan', instead };
}

/** Bit sets of categorical splits in a kernel's memory: the number of words, then the words. */
export interface Sets {
  readonly address: number;
  /** Per tree and set, its byte offset from `address`. */
  readonly offsets: readonly (readonly number[])[];
}

/** Writes the bit sets of all categorical splits. */
export function writeSets(heap: Heap, trees: readonly Tree[]): Sets {
  const words: number[] = [];
  const offsets = trees.map(({ catBoundaries, catThreshold }) =>
    Array.from({ length: Math.max(catBoundaries.length - 1, 0) }, (_, range) => {
      const offset = words.length * 4;
      const part = catThreshold.subarray(catBoundaries[range], catBoundaries[range + 1]);
      words.push(part.length, ...part);
      return offset;
    }),
  );
  const address = heap.reserve(words.length * 4);
  heap.words(address, words.length).set(words);
  return { address, offsets };
}
