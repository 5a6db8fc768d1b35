import { highest } from './highest.ts';
import type { MemoryProfile } from './profile-memory.ts';

/** Something that a profile shows and that may be made better, with the figures it rests on. */
export interface MemoryHint {
  readonly title: string;
  /** Each a figure of the profile, in words. */
  readonly figures: readonly string[];
  /** What to measure or change. */
  readonly next: string;
}

/** From here on each is worth a sentence; below, it is what every program looks like. */
const gcShareLimit = 0.1;
const nearLimit = 0.85;
const keptShare = 0.2;
const outsideShare = 0.5;
const unusedShare = 0.5;
const leastBytes = 100e6;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
type Profile = Pick<MemoryProfile, 'timeline' | 'node' | 'stages' | 'startMs' | 'endMs'>;

/** What the figures of a profile suggest; none without figures that carry it. Nothing here is a verdict. */
export function memoryHints(profile: Profile): MemoryHint[] {
  return [...stageHints(profile), ...nodeHints(profile), ...treeHints(profile)];
}

/** A stage that keeps memory which a later, higher stage then needs beside its own. */
function stageHints({ stages }: Profile): MemoryHint[] {
  const peak = stages.reduce((most, stage) => (stage.peakBytes > most.peakBytes ? stage : most), {
    stage: '',
    peakBytes: 0,
  });
  const at = stages.findIndex(({ stage }) => stage === peak.stage);
  return stages
    .slice(0, Math.max(0, at))
    .filter(({ keptBytes }) => keptBytes > peak.peakBytes * keptShare && keptBytes > leastBytes)
    .map(({ stage, keptBytes }) => ({
      title: `stage ${stage} keeps memory beyond its end`,
      figures: [
        `it kept ${megabytes(keptBytes)}`,
        `the peak of ${megabytes(peak.peakBytes)} comes later, in stage ${peak.stage}`,
      ],
      next: `if ${peak.stage} does not need all of it, letting go of it lowers the peak by up to ${megabytes(keptBytes)}`,
    }));
}

function nodeHints({ node, timeline, startMs, endMs }: Profile): MemoryHint[] {
  if (!node) return [];
  const hints: MemoryHint[] = [];
  const share = node.gc.totalPauseMs / Math.max(1, endMs - startMs);
  if (share > gcShareLimit) {
    hints.push({
      title: 'collecting garbage takes a noticeable part of the time',
      figures: [
        `${percent(share)} of the time`,
        `${node.gc.count} collections, ${node.gc.major} of them of the old space`,
        `the longest stood still for ${node.gc.longestPauseMs.toFixed(0)} ms`,
      ],
      next: 'measure other settings with --gc-experiment; --allocations shows who allocates',
    });
  }
  const used = highest(node.usedBytes);
  if (used > node.limitBytes * nearLimit) {
    hints.push({
      title: 'the heap comes near its limit, at which the process would end',
      figures: [`${megabytes(used)} in use at most`, `limit ${megabytes(node.limitBytes)}`],
      next: 'see with --pressure heap where it breaks, and raise --max-old-space-size if it is to hold more',
    });
  }
  const last = node.usedBytes.length - 1;
  const reserved = node.totalBytes[last] ?? 0;
  const unused = reserved - (node.usedBytes[last] ?? 0);
  if (unused > reserved * unusedShare && unused > leastBytes) {
    hints.push({
      title: 'most of the heap that is reserved was not in use at the end',
      figures: [`${megabytes(unused)} of ${megabytes(reserved)} unused`],
      next: 'a smaller --max-old-space-size makes V8 give it back: --gc-experiment says at what price',
    });
  }
  const rss = highest(timeline.rssBytes);
  const accounted = highest(node.totalBytes) + highest(node.externalBytes);
  if (
    node.processes === 1 &&
    highest(timeline.processes) === 1 &&
    rss - accounted > Math.max(leastBytes, rss * outsideShare)
  ) {
    hints.push({
      title: 'most memory lies outside of what V8 knows',
      figures: [`${megabytes(rss)} resident at most`, `${megabytes(accounted)} of heap and buffers at most`],
      next: 'native code, WebAssembly or fragmentation: a heap profile will not show it; heaptrack does',
    });
  }
  return hints;
}

function treeHints({ timeline }: Profile): MemoryHint[] {
  const swapped = highest(timeline.swapBytes);
  return swapped < leastBytes
    ? []
    : [
        {
          title: 'memory was swapped out',
          figures: [`${megabytes(swapped)} at most`],
          next: 'times measured here are those of the disk: give it more memory, or let it use less',
        },
      ];
}

/** A hint as one sentence. */
export function hintText({ title, figures, next }: MemoryHint): string {
  return `hint: ${title} (${figures.join('; ')}): ${next}`;
}
