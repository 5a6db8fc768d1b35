import type { Check, CheckContext, CheckOutcome, Measurement, Series } from '@preopen/core';
import { theilSen } from '@preopen/core';
import { highest } from '../highest.ts';
import { hintText, memoryHints } from '../hints.ts';
import { lowerEnvelope } from '../leak/rule.ts';
import type { NodeMemory } from '../node/watch-node.ts';
import { type MemoryProfile, type ProfileSubject, profileMemory } from '../profile-memory.ts';
import { sparkline } from '../sparkline.ts';
import { thinned } from '../timeline.ts';
import { heapComparisonOutcome } from './heap-comparison.ts';
import { peakMeasurement, stageSeries, timelineSeries, whyUnseen } from './memory-series.ts';
import { keepRecordings, type RecordingWish, recordingRequest } from './recordings.ts';

/** What an ad hoc profile is made of; see `ProfileOptions`. */
export interface ProfileCheckOptions {
  readonly subject: ProfileSubject;
  readonly intervalMs?: number;
  readonly durationMs?: number;
  readonly limitBytes?: number;
  /** What Node processes record of themselves, and how it is handed on. */
  readonly record?: RecordingWish;
  /** When to compare the largest heap of Node processes; the peak of such a run is not judged. */
  readonly heapMarksMs?: readonly [number, number];
}

/** What a command does before it does the same all the time is no growth. */
const settledAfter = 1 / 3;
const growthBlocks = 20;

/** Growth of the lower envelope over the last two thirds; `undefined` for less than a few seconds. No verdict on leaks. */
function growthOf({ timeline }: MemoryProfile): Measurement | undefined {
  const { atMs, rssBytes } = thinned(timeline, 2000);
  const from = Math.floor(atMs.length * settledAfter);
  const size = Math.floor((atMs.length - from) / growthBlocks);
  if (size < 5) return undefined;
  const { x, y } = lowerEnvelope(atMs, rssBytes, { from, to: atMs.length, size });
  const { slope, low, high } = theilSen(
    x.map((ms) => ms / 60_000),
    y,
    { confidence: 0.95 },
  );
  return {
    metric: 'memory.profile.growthPerMinute',
    value: slope,
    unit: 'bytes',
    samples: y.length,
    interval: { low, high, confidence: 0.95, method: 'Theil–Sen slope of block minima' },
    how: 'over the last two thirds of the time; no verdict on leaks, which takes known work and collected garbage (memory/leak)',
  };
}

function nodeMeasurements(node: NodeMemory, durationMs: number): Measurement[] {
  const samples = node.atMs.length;
  const of = (name: string, value: number, unit: Measurement['unit'], how?: string): Measurement => ({
    metric: `memory.profile.${name}`,
    value,
    unit,
    samples,
    ...(how === undefined ? {} : { how }),
  });
  return [
    of(
      'heap',
      highest(node.usedBytes),
      'bytes',
      `highest heap in use that was seen in Node ${node.version}, garbage included`,
    ),
    of('external', highest(node.externalBytes), 'bytes', 'highest memory of buffers outside the heap that was seen'),
    of(
      'gcShare',
      node.gc.totalPauseMs / durationMs,
      'ratio',
      `${node.gc.count} collections, ${node.gc.major} of them major`,
    ),
    of('gcLongest', node.gc.longestPauseMs, 'ms', 'longest pause for garbage collection'),
  ];
}

function slowSeries({ timeline, startMs }: MemoryProfile): Series {
  const { atMs, pssBytes, cpuMs, descriptors } = timeline.slow;
  return {
    id: 'memory.slow',
    title: 'Proportional memory, CPU time and descriptors of the tree',
    columns: [
      { name: 'since start', unit: 's', values: atMs.map((ms) => (ms - startMs) / 1000) },
      { name: 'proportional', unit: 'bytes', values: pssBytes },
      { name: 'CPU time', unit: 'ms', values: cpuMs },
      { name: 'descriptors', unit: 'count', values: descriptors },
    ],
  };
}

function heapSeries(node: NodeMemory, startMs: number): Series {
  return {
    id: 'memory.heap',
    title: `Heap of Node process ${node.pid}`,
    columns: [
      { name: 'since start', unit: 's', values: node.atMs.map((ms) => (ms - startMs) / 1000) },
      { name: 'in use', unit: 'bytes', values: node.usedBytes },
      { name: 'reserved', unit: 'bytes', values: node.totalBytes },
      { name: 'buffers', unit: 'bytes', values: node.externalBytes },
      { name: 'array buffers', unit: 'bytes', values: node.arrayBufferBytes },
      { name: 'longest GC pause', unit: 'ms', values: node.longestPauseMs },
    ],
  };
}

const counted = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

function notesOf(profile: MemoryProfile): string[] {
  const { timeline, exit, lastWords } = profile;
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const lowest = timeline.rssBytes.reduce((least, bytes) => Math.min(least, bytes), Number.POSITIVE_INFINITY);
  const { processes, threads, virtualBytes, swapBytes, slow } = timeline;
  const ended = exit && (exit.code !== 0 || exit.signal !== null);
  return [
    ...(timeline.atMs.length > 0
      ? [`${sparkline(thinned(timeline, 48).rssBytes)} resident, ${mb(lowest)} to ${mb(highest(timeline.rssBytes))}`]
      : []),
    // Elsewhere than in /proc there is no more than resident memory.
    ...(threads.some(Number.isFinite)
      ? [
          `at most ${counted(highest(processes), 'process', 'processes')}, ${counted(highest(threads), 'thread')} and ${counted(highest(slow.descriptors), 'descriptor')}; ${mb(highest(virtualBytes))} mapped, ${mb(highest(swapBytes))} in swap`,
        ]
      : []),
    ...(profile.node ? [`heap spaces at most: ${spacesText(profile.node)}`] : []),
    ...profile.stages.map(
      ({ stage, peakBytes, keptBytes }) => `stage ${stage}: peak ${mb(peakBytes)}, kept ${mb(keptBytes)}`,
    ),
    ...(ended
      ? [
          `the command ended with ${exit.signal ?? `code ${exit.code}`}; its last words: ${lastWords.slice(-3).join(' ⏎ ')}`,
        ]
      : []),
    ...memoryHints(profile).map(hintText),
  ];
}

function spacesText({ spaces }: NodeMemory): string {
  return Object.entries(spaces)
    .filter(([, bytes]) => bytes > 1e5)
    .sort(([, a], [, b]) => b - a)
    .map(([name, bytes]) => `${name.replace('_space', '').replaceAll('_', ' ')} ${(bytes / 1e6).toFixed(1)} MB`)
    .join(', ');
}

async function measure(context: CheckContext, options: ProfileCheckOptions): Promise<CheckOutcome> {
  const { subject, record, ...rest } = options;
  const profile = await profileMemory(subject, {
    ...rest,
    ...(record ? { record: recordingRequest(record) } : {}),
    workDir: context.workDir,
    signal: context.signal,
    clock: context.clock,
    onLook: ({ rssBytes, elapsedMs }) =>
      context.emit({
        type: 'progress',
        message: `${(rssBytes / 1e6).toFixed(0)} MB resident`,
        ...(options.durationMs === undefined ? {} : { fraction: Math.min(1, elapsedMs / options.durationMs) }),
      }),
  });
  const { timeline, node, startMs, endMs, stages, stageTimes } = profile;
  const recorded = await keepRecordings(context, profile.recordings, record ?? {});
  const compared = heapComparisonOutcome(profile.heapComparison);
  // Reading a heap takes many times its size: a peak with that in it is not the program's.
  const isPeakSpoilt =
    profile.heapComparison?.by === 'constructor' ||
    profile.recordings.some(({ heapSnapshotPath }) => heapSnapshotPath !== undefined);
  const peak = isPeakSpoilt ? undefined : peakMeasurement('memory.profile.peak', timeline);
  const growth = growthOf(profile);
  const cpuMs = timeline.slow.cpuMs.at(-1);
  return {
    measurements: [
      ...(peak ? [peak] : []),
      ...(growth ? [growth] : []),
      ...(node ? nodeMeasurements(node, endMs - startMs) : []),
      ...(cpuMs === undefined
        ? []
        : [{ metric: 'memory.profile.cpu', value: cpuMs, unit: 'ms' as const, samples: timeline.slow.atMs.length }]),
      ...compared.measurements,
    ],
    notMeasured: [
      ...(peak
        ? []
        : [
            {
              metric: 'memory.profile.peak',
              reason: isPeakSpoilt
                ? 'a heap snapshot was taken in this run, and needs much memory itself: profile again without one'
                : whyUnseen(),
            },
          ]),
      ...compared.notMeasured,
    ],
    series: [
      timelineSeries('Resident memory', timeline, startMs),
      slowSeries(profile),
      ...(node ? [heapSeries(node, startMs)] : []),
      ...stageSeries(stages, stageTimes, startMs),
      ...compared.series,
    ],
    evidence: [
      await context.keep(
        'timeline.json',
        'The whole timeline',
        'application/json',
        JSON.stringify({ startMs, ...timeline }),
      ),
      ...recorded.evidence,
    ],
    notes: [...notesOf(profile), ...compared.notes, ...recorded.notes],
  };
}

/** How long a command takes is not known; from a minute on, the runner does not run it again because of noise. */
const unknownMs = 61_000;

/** Memory of a command, or of processes that run: for a look, not for a suite. */
export function memoryProfile(options: ProfileCheckOptions): Check {
  const { subject, durationMs = unknownMs } = options;
  return {
    id: 'memory/profile',
    title: subject.kind === 'pid' ? `Memory of process ${subject.pid}` : `Memory of ${subject.command.join(' ')}`,
    metrics: ['memory.profile.*'],
    needs: [],
    exclusive: ['cpu'],
    expectedMs: () => Math.max(durationMs, unknownMs),
    timeoutMs: () => 86_400_000,
    run: (context) => measure(context, options),
  };
}
