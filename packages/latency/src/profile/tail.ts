import type { Series } from '@preopen/core';
import type { LatencyRecorder } from '../recorder.ts';
import { middleAndTail } from '../stages.ts';
import { type Timeline, timesBetween } from './functions.ts';

/** A function's part of the time that requests take. */
export interface FunctionShare {
  readonly name: string;
  /** Mean over the middle tenth of the requests, while they were in the service. */
  readonly medianMs: number;
  /** Mean over the slowest ones. */
  readonly tailMs: number;
  /** Its part of what the slowest requests take more than those in the middle; may be negative. */
  readonly tailShare: number;
  /** Over the whole recording. */
  readonly totalMs: number;
}

/** Which functions the slowest requests wait for. */
export interface FunctionBreakdown {
  /** Biggest part in the tail first. The parts of a request add up to its time. */
  readonly functions: readonly FunctionShare[];
  readonly requests: number;
  readonly tailRequests: number;
  readonly medianMs: number;
  readonly tailMs: number;
}

/**
 * Lays a process's samples over the requests that it had at that time. A request that waits for another is charged with
 * what that other does: that is what it waits for.
 * @param offsetMs added to times of the recorder, gives times of the timeline
 * @param span the recording, on the timeline's clock
 * @returns `undefined` with fewer than 50 requests that went well
 */
export function functionBreakdown(
  recorder: LatencyRecorder,
  timeline: Timeline,
  offsetMs: number,
  span: readonly [number, number],
): FunctionBreakdown | undefined {
  const { sentMs, doneMs } = recorder;
  const divided = middleAndTail(recorder, (slot) => doneMs[slot]! - sentMs[slot]!);
  if (!divided) return undefined;
  const meanOver = (slots: readonly number[]): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const slot of slots) timesBetween(timeline, sentMs[slot]! + offsetMs, doneMs[slot]! + offsetMs, sums);
    for (const [name, ms] of sums) sums.set(name, ms / slots.length);
    return sums;
  };
  const inMiddle = meanOver(divided.middle);
  const inTail = meanOver(divided.tail);
  const overall = timesBetween(timeline, ...span);
  const sum = (parts: Map<string, number>): number => [...parts.values()].reduce((total, ms) => total + ms, 0);
  const medianMs = sum(inMiddle);
  const tailMs = sum(inTail);
  const functions = [...new Set([...inMiddle.keys(), ...inTail.keys(), ...overall.keys()])]
    .map((name): FunctionShare => {
      const ofMiddle = inMiddle.get(name) ?? 0;
      const ofTail = inTail.get(name) ?? 0;
      const tailShare = tailMs > medianMs ? (ofTail - ofMiddle) / (tailMs - medianMs) : 0;
      return { name, medianMs: ofMiddle, tailMs: ofTail, tailShare, totalMs: overall.get(name) ?? 0 };
    })
    .sort((a, b) => b.tailShare - a.tailShare);
  const { all, tail } = divided;
  return { functions, requests: all.length, tailRequests: tail.length, medianMs, tailMs };
}

/** Who owns the tail, and who the middle, in a sentence with figures. */
export function tailSentence({ functions, requests, tailRequests, medianMs, tailMs }: FunctionBreakdown): string {
  const owner = functions[0]!;
  const usual = functions.reduce((most, one) => (one.medianMs > most.medianMs ? one : most));
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return (
    `While profiled, the slowest ${tailRequests} of ${requests} requests took ${tailMs.toFixed(1)} ms against ${medianMs.toFixed(1)} ms in the middle: ` +
    `“${owner.name}” makes ${percent(owner.tailShare)} of the difference (${owner.tailMs.toFixed(1)} against ${owner.medianMs.toFixed(1)} ms). ` +
    `In the middle most goes to “${usual.name}”: ${percent(usual.medianMs / medianMs)}.` +
    (owner.name === '(idle)' ? ' Idle, it waited: what made these requests slow lies outside this process.' : '')
  );
}

/** Functions that are listed: by their part in the tail, in the middle and in all. */
const listed = 15;

/** The breakdown as a table for the report. */
export function functionSeries({ functions, tailRequests }: FunctionBreakdown): Series {
  const top = (of: (one: FunctionShare) => number): readonly FunctionShare[] =>
    functions.toSorted((a, b) => of(b) - of(a)).slice(0, listed);
  const chosen = new Set([
    ...top(({ tailShare }) => tailShare),
    ...top(({ medianMs }) => medianMs),
    ...top(({ totalMs }) => totalMs),
  ]);
  const rows = functions.filter((one) => chosen.has(one));
  return {
    id: 'latency.functions',
    title: `Functions of the service, in the middle and in the slowest ${tailRequests} requests, while profiled`,
    columns: [
      { name: 'function', values: rows.map(({ name }) => name) },
      { name: 'in the middle', unit: 'ms', values: rows.map(({ medianMs }) => medianMs) },
      { name: 'in the tail', unit: 'ms', values: rows.map(({ tailMs }) => tailMs) },
      { name: 'share of the tail', unit: 'ratio', values: rows.map(({ tailShare }) => tailShare) },
      { name: 'in all', unit: 'ms', values: rows.map(({ totalMs }) => totalMs) },
    ],
  };
}
