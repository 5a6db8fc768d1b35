import { type PlaneKind, planeKey, planeKind } from './batch-planes.ts';
import type { Heap } from './internal/heap.ts';
import { isCategorical, type Tree, ZERO_THRESHOLD } from './model/tree.ts';

/** A code is a byte: so many thresholds it can count. */
const MOST_THRESHOLDS = 255;

const BUCKETS = 1024;
const TABLE_BYTES = 40;

/** Thresholds that all values of a column are compared with, and what they make of missing values. */
export interface CodePlane {
  readonly feature: number;
  readonly kind: PlaneKind;
  readonly thresholds: Float64Array;
  /** Byte offset of its codes. */
  readonly offset: number;
}

/** How values find the few thresholds that they must be compared with: by a bucket of even width. */
interface Buckets {
  readonly low: number;
  readonly scale: number;
  /** Thresholds below each bucket. */
  readonly starts: Uint8Array;
  /** 2 * half - 1 is at least the number of thresholds in any bucket. */
  readonly half: number;
}

function bucketsBetween(thresholds: Float64Array, low: number, high: number): Buckets {
  const width = high - low;
  const scale = width > 0 && Number.isFinite(width) ? (BUCKETS - 2) / width : 0;
  const starts = new Uint8Array(BUCKETS);
  const inBucket = new Uint16Array(BUCKETS);
  for (const threshold of thresholds) {
    // As the kernel computes it, rounding included: what is not smaller is never in a lower bucket.
    const place = (threshold - low) * scale;
    inBucket[(place > 0 ? Math.min(place, BUCKETS - 1) : 0) + 2 ** 52 - 2 ** 52]!++;
  }
  for (let bucket = 1; bucket < BUCKETS; bucket++) starts[bucket] = starts[bucket - 1]! + inBucket[bucket - 1]!;
  const most = inBucket.reduce((a, b) => Math.max(a, b), 0);
  return { low, scale, starts, half: most === 0 ? 0 : 2 ** Math.floor(Math.log2(most)) };
}

/** Buckets over all thresholds or, where a few far ones would leave the rest in a few buckets, over most of them. */
function bestBuckets(thresholds: Float64Array): Buckets {
  const finite = thresholds.filter(Number.isFinite);
  if (finite.length === 0) return bucketsBetween(thresholds, 0, 0);
  const tried = [0, 0.01, 0.05, 0.15].map((share) => {
    const skip = Math.floor(share * finite.length);
    return bucketsBetween(thresholds, finite[skip]!, finite[finite.length - 1 - skip]!);
  });
  return tried.reduce((best, each) => (each.half < best.half ? each : best));
}

/** Writes the table by which the kernel codes values; 0 for the sides of a set, which need none. */
export function writeCodeTable(heap: Heap, thresholds: Float64Array, kind: PlaneKind): number {
  if (kind.kind === 'set') return 0;
  const { low, scale, starts, half } = bestBuckets(thresholds);
  const startsAt = heap.reserve(BUCKETS);
  heap.bytes(startsAt, BUCKETS).set(starts);
  const padded = new Float64Array(thresholds.length + 2 * half).fill(Number.POSITIVE_INFINITY);
  padded.set(thresholds);
  const thresholdsAt = heap.reserve(padded.length * 8);
  heap.doubles(thresholdsAt, padded.length).set(padded);
  const table = heap.reserve(TABLE_BYTES);
  heap.doubles(table, 3).set([low, scale, kind.kind === 'nan-or-zero' ? ZERO_THRESHOLD : -1]);
  // What is missing and goes right is above every threshold, +inf too.
  const isAbove = kind.instead === Number.POSITIVE_INFINITY;
  const missing = isAbove ? thresholds.length : countBelow(thresholds, kind.instead);
  heap.words(table + 24, 4).set([half, missing, startsAt, thresholdsAt]);
  return table;
}

/** How many of the ascending thresholds lie below a value. */
function countBelow(thresholds: Float64Array, value: number): number {
  let from = 0;
  let to = thresholds.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (thresholds[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The planes of one column and kind: its thresholds in ascending order, cut where a code would not hold them. */
export interface PlaneGroup {
  readonly thresholds: Float64Array;
  readonly planes: readonly CodePlane[];
}

/** Where a node's codes are, and which code its threshold has. */
export function placeOf(group: PlaneGroup, threshold: number): { readonly offset: number; readonly code: number } {
  const at = countBelow(group.thresholds, threshold);
  return { offset: group.planes[Math.floor(at / MOST_THRESHOLDS)]!.offset, code: at % MOST_THRESHOLDS };
}

/** What a node compares with: the sides of a set are -1 and 1, and -0 is 0. */
export function thresholdOf(tree: Tree, node: number): number {
  return isCategorical(tree, node) ? 0 : tree.threshold[node]! + 0;
}

/** The planes that the nodes of trees ask, by {@link planeKey}; their codes lie `planeBytes` apart. */
export function groupPlanes(
  trees: readonly Tree[],
  setOffsets: readonly (readonly number[])[],
  planeBytes: number,
): Map<string, PlaneGroup> {
  const found = new Map<string, { feature: number; kind: PlaneKind; thresholds: Set<number> }>();
  trees.forEach((tree, t) => {
    for (let node = 0; node < tree.leafCount - 1; node++) {
      const kind = planeKind(tree, node, setOffsets[t]!);
      const feature = tree.splitFeature[node]!;
      const key = planeKey(feature, kind);
      const plane = found.get(key) ?? { feature, kind, thresholds: new Set() };
      plane.thresholds.add(thresholdOf(tree, node));
      found.set(key, plane);
    }
  });
  let offset = -planeBytes;
  const groups = [...found].map(([key, { feature, kind, thresholds }]): [string, PlaneGroup] => {
    const sorted = Float64Array.from(thresholds).sort();
    const planes = Array.from({ length: Math.ceil(sorted.length / MOST_THRESHOLDS) }, (_, part): CodePlane => {
      offset += planeBytes;
      const own = sorted.slice(part * MOST_THRESHOLDS, (part + 1) * MOST_THRESHOLDS);
      return { feature, kind, thresholds: own, offset };
    });
    return [key, { thresholds: sorted, planes }];
  });
  return new Map(groups);
}
