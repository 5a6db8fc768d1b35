import { existsSync } from 'node:fs';
import type { Measurement, Series } from '@preopen/core';
import type { GcPause } from '../node/watch-node.ts';
import type { StageMemory, StageTime } from '../stages.ts';
import { type MemoryTimeline, thinned } from '../timeline.ts';

/** Why memory is not measured on other systems. */
export const noProc: string =
  'the memory of other processes cannot be read on this system (no /proc); with the package systeminformation it can, at lower fidelity: npm install systeminformation';

/** Why a command whose processes may be read was never seen. */
const tooShort = 'it ended before its memory could be looked at';

/** Why nothing was seen of a command. */
export const whyUnseen = (): string => (existsSync('/proc/self/status') ? tooShort : noProc);

/** Points of a chart. */
const chartPoints = 400;

/** The peak as a measurement; `undefined` where nothing was seen. */
export function peakMeasurement(metric: string, { peak, atMs }: MemoryTimeline): Measurement | undefined {
  if (!peak) return undefined;
  return {
    metric,
    value: peak.bytes,
    unit: 'bytes',
    samples: atMs.length,
    how: `${peak.exactness}: ${peak.source}`,
    ...(peak.interval ? { interval: peak.interval } : {}),
  };
}

/** A timeline as a series; the highest of each stretch is kept. */
export function timelineSeries(title: string, timeline: MemoryTimeline, startMs: number): Series {
  const kept = thinned(timeline, chartPoints);
  return {
    id: 'memory.timeline',
    title,
    columns: [
      { name: 'since start', unit: 's', values: kept.atMs.map((atMs) => (atMs - startMs) / 1000) },
      { name: 'resident', unit: 'bytes', values: kept.rssBytes },
      { name: 'processes', unit: 'count', values: kept.processes },
    ],
  };
}

/** Stages of a pipeline: what memory they took, and when they ran; none where it announces none. */
export function stageSeries(stages: readonly StageMemory[], times: readonly StageTime[], startMs: number): Series[] {
  return stages.length === 0 ? [] : [stageMemorySeries(stages), stageTimesSeries(times, startMs)];
}

/** When a pipeline's Node processes collected garbage; none where it has no such process. */
export function gcPauseSeries(pauses: readonly GcPause[], startMs: number): Series[] {
  if (pauses.length === 0) return [];
  return [
    {
      id: 'memory.gcPauses',
      title: 'Pauses for garbage collection',
      columns: [
        { name: 'since start', unit: 's', values: pauses.map(({ atMs }) => (atMs - startMs) / 1000) },
        { name: 'GC pause', unit: 'ms', values: pauses.map(({ pauseMs }) => pauseMs) },
        { name: 'generation', values: pauses.map(({ major }) => (major ? 'old' : 'young')) },
      ],
    },
  ];
}

function stageTimesSeries(times: readonly StageTime[], startMs: number): Series {
  const seconds = (atMs: number): number => (atMs - startMs) / 1000;
  return {
    id: 'memory.stageTimes',
    title: 'When each stage ran',
    columns: [
      { name: 'stage', values: times.map(({ stage }) => stage) },
      { name: 'from', unit: 's', values: times.map(({ fromMs }) => seconds(fromMs)) },
      { name: 'to', unit: 's', values: times.map(({ toMs }) => seconds(toMs)) },
    ],
  };
}

function stageMemorySeries(stages: readonly StageMemory[]): Series {
  return {
    id: 'memory.stages',
    title: 'Resident memory by stage: at most, by how much it grew, and what it kept when it ended',
    columns: [
      { name: 'stage', values: stages.map(({ stage }) => stage) },
      { name: 'peak', unit: 'bytes', values: stages.map(({ peakBytes }) => peakBytes) },
      { name: 'growth', unit: 'bytes', values: stages.map(({ growthBytes }) => growthBytes) },
      { name: 'kept', unit: 'bytes', values: stages.map(({ keptBytes }) => keptBytes) },
    ],
  };
}
