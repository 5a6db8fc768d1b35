import { quantile, type Series, sortedCopy } from '@preopen/core';
import type { LatencyRecorder } from './recorder.ts';

/**
 * Durations of a `Server-Timing` header by name, in milliseconds; entries without a duration are left out, and the last
 * of several with one name counts.
 * Source: Server Timing, W3C Working Draft, 2023
 */
export function parseServerTiming(header: string | readonly string[] | undefined): ReadonlyMap<string, number> {
  const stages = new Map<string, number>();
  const text = typeof header === 'string' ? header : (header?.join(', ') ?? '');
  // Descriptions may be quoted and then hold commas and semicolons.
  for (const entry of text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []) {
    const [name = '', ...parameters] = entry.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? [];
    for (const parameter of parameters) {
      const match = /^\s*dur\s*=\s*"?([0-9.eE+-]+)"?\s*$/.exec(parameter);
      const durationMs = match ? Number(match[1]) : Number.NaN;
      if (name.trim() !== '' && Number.isFinite(durationMs) && durationMs >= 0) stages.set(name.trim(), durationMs);
    }
  }
  return stages;
}

/** What the service said of the stages of each request, by slot of the recorder. */
export class StageTimes {
  readonly #columns = new Map<string, Float64Array>();

  /**
   * Keeps what the service said of a request.
   * @param slot the request's slot in its recorder
   */
  record(slot: number, stages: ReadonlyMap<string, number>): void {
    for (const [name, durationMs] of stages) {
      let column = this.#columns.get(name);
      if (!column || slot >= column.length) {
        const grown = new Float64Array(Math.max(1024, 2 * (slot + 1))).fill(Number.NaN);
        if (column) grown.set(column);
        column = grown;
        this.#columns.set(name, column);
      }
      column[slot] = durationMs;
    }
  }

  get names(): readonly string[] {
    return [...this.#columns.keys()];
  }

  /** `NaN` where the service did not say it. */
  at(name: string, slot: number): number {
    return this.#columns.get(name)?.[slot] ?? Number.NaN;
  }
}

/** A part of the response time. */
export interface StageShare {
  readonly stage: string;
  /** Where the time is known from. */
  readonly side: 'client' | 'server';
  /** Mean over the middle tenth of the requests. */
  readonly medianMs: number;
  /** Mean over the slowest ones. */
  readonly tailMs: number;
  /** Its part of what the slowest requests take more than those in the middle; may be negative. */
  readonly tailShare: number;
}

/** Where the time goes, and what the slowest requests wait for. */
export interface StageBreakdown {
  /** Biggest part in the tail first. The parts add up to the response time. */
  readonly stages: readonly StageShare[];
  readonly medianMs: number;
  readonly tailMs: number;
  /** Number of requests that count as the slowest: 1 %, at least 5. */
  readonly tailRequests: number;
  /** Stage with the biggest part in the tail, in a sentence with figures. */
  readonly bottleneck: string;
}

/** Ended requests that went well, divided by how long they took. */
interface Divided {
  /** The middle tenth. */
  readonly middle: readonly number[];
  /** The slowest 1 %, at least 5. */
  readonly tail: readonly number[];
  readonly all: readonly number[];
}

/**
 * Slots of the requests in the middle and of the slowest.
 * @param durationMs what they are ordered by
 * @returns `undefined` with fewer than 50 requests that went well
 */
export function middleAndTail(recorder: LatencyRecorder, durationMs: (slot: number) => number): Divided | undefined {
  const all: number[] = [];
  for (let slot = 0; slot < recorder.count; slot++) {
    if (recorder.outcomeOf(slot) === 'ok' && !Number.isNaN(recorder.firstByteMs[slot]!)) all.push(slot);
  }
  if (all.length < 50) return undefined;
  all.sort((a, b) => durationMs(a) - durationMs(b));
  return {
    middle: all.slice(Math.floor(all.length * 0.45), Math.ceil(all.length * 0.55)),
    tail: all.slice(-Math.max(5, Math.ceil(all.length / 100))),
    all,
  };
}

/** What is not in any of the named stages: on the way, in the kernel's queues, or before the service's own clock starts. */
const rest = 'network and queueing';

/**
 * A stage that holds the ones named after it, where the service counts their time twice; `undefined` where all stages fit
 * into the time to the first byte beside each other.
 */
function containerOf(recorder: LatencyRecorder, times: StageTimes, slots: readonly number[]): string | undefined {
  const totals = new Map<string, number>();
  let overfull = 0;
  for (const slot of slots) {
    let known = 0;
    for (const name of times.names) {
      const stageMs = times.at(name, slot);
      if (Number.isNaN(stageMs)) continue;
      known += stageMs;
      totals.set(name, (totals.get(name) ?? 0) + stageMs);
    }
    if (known > recorder.firstByteMs[slot]! - recorder.sentMs[slot]!) overfull++;
  }
  if (overfull <= slots.length / 2) return undefined;
  return [...totals].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}

function partsOf(
  recorder: LatencyRecorder,
  times: StageTimes,
  slot: number,
  container: string | undefined,
): Map<string, number> {
  const parts = new Map<string, number>();
  const sentMs = recorder.sentMs[slot]!;
  const firstByteMs = recorder.firstByteMs[slot]!;
  parts.set('generator lag', recorder.dispatchedMs[slot]! - recorder.dueMs[slot]!);
  parts.set('connection', sentMs - recorder.dispatchedMs[slot]!);
  let known = 0;
  let sinceContainer = Number.NaN;
  for (const name of times.names) {
    const stageMs = times.at(name, slot);
    if (Number.isNaN(stageMs)) continue;
    parts.set(name, stageMs);
    known += stageMs;
    sinceContainer = name === container ? 0 : sinceContainer + stageMs;
  }
  if (container !== undefined && !Number.isNaN(sinceContainer)) {
    const counted = Math.min(parts.get(container)!, sinceContainer);
    parts.set(container, parts.get(container)! - counted);
    known -= counted;
  }
  parts.set(rest, firstByteMs - sentMs - known);
  parts.set('download', recorder.doneMs[slot]! - firstByteMs);
  return parts;
}

/**
 * Divides response times into stages, for the requests in the middle and for the slowest: the two differ, since a queue
 * owns the tail while the work owns the mean. Only requests that went well are looked at.
 * Stages that do not fit beside each other are taken as parts of the longest, which then stands for what is left of it.
 * @returns `undefined` with fewer than 50 such requests
 */
export function stageBreakdown(recorder: LatencyRecorder, times: StageTimes): StageBreakdown | undefined {
  const divided = middleAndTail(recorder, (slot) => recorder.doneMs[slot]! - recorder.dueMs[slot]!);
  if (!divided) return undefined;
  const { middle, tail, all: slots } = divided;
  const container = containerOf(recorder, times, middle);
  const meanParts = (chosen: readonly number[]): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const slot of chosen) {
      for (const [name, ms] of partsOf(recorder, times, slot, container)) sums.set(name, (sums.get(name) ?? 0) + ms);
    }
    for (const [name, sum] of sums) sums.set(name, sum / chosen.length);
    return sums;
  };
  const inMiddle = meanParts(middle);
  const inTail = meanParts(tail);
  const total = (parts: Map<string, number>): number => [...parts.values()].reduce((sum, ms) => sum + ms, 0);
  const medianMs = total(inMiddle);
  const tailMs = total(inTail);
  const names = new Set([...inMiddle.keys(), ...inTail.keys()]);
  const stages = [...names]
    .map((stage): StageShare => {
      const ofMiddle = inMiddle.get(stage) ?? 0;
      const ofTail = inTail.get(stage) ?? 0;
      return {
        stage,
        side: times.names.includes(stage) ? 'server' : 'client',
        medianMs: ofMiddle,
        tailMs: ofTail,
        tailShare: tailMs > medianMs ? (ofTail - ofMiddle) / (tailMs - medianMs) : 0,
      };
    })
    .sort((a, b) => b.tailShare - a.tailShare);
  const worst = stages[0]!;
  const biggest = stages.reduce((most, stage) => (stage.medianMs > most.medianMs ? stage : most));
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return {
    stages,
    medianMs,
    tailMs,
    tailRequests: tail.length,
    bottleneck:
      `The slowest ${tail.length} of ${slots.length} requests take ${tailMs.toFixed(1)} ms against ${medianMs.toFixed(1)} ms in the middle; ` +
      `“${worst.stage}” makes ${percent(worst.tailShare)} of the difference (${worst.tailMs.toFixed(1)} against ${worst.medianMs.toFixed(1)} ms). ` +
      `In the middle most goes to “${biggest.stage}”: ${percent(biggest.medianMs / medianMs)}.`,
  };
}

/** The breakdown as a table for the report. */
export function stageSeries(breakdown: StageBreakdown): Series {
  const { stages } = breakdown;
  return {
    id: 'latency.stages',
    title: `Stages of the response time, in the middle and in the slowest ${breakdown.tailRequests} requests`,
    columns: [
      { name: 'stage', values: stages.map(({ stage }) => stage) },
      { name: 'known from', values: stages.map(({ side }) => side) },
      { name: 'in the middle', unit: 'ms', values: stages.map(({ medianMs }) => medianMs) },
      { name: 'in the tail', unit: 'ms', values: stages.map(({ tailMs }) => tailMs) },
      { name: 'share of the tail', unit: 'ratio', values: stages.map(({ tailShare }) => tailShare) },
    ],
  };
}

/** P50, P95 and P99 of each stage that the service tells, over all requests. */
export function stagePercentiles(recorder: LatencyRecorder, times: StageTimes): Series | undefined {
  const rows = times.names.flatMap((stage) => {
    const values: number[] = [];
    for (let slot = 0; slot < recorder.count; slot++) {
      const ms = times.at(stage, slot);
      if (!Number.isNaN(ms)) values.push(ms);
    }
    return values.length === 0 ? [] : [{ stage, ascending: sortedCopy(values) }];
  });
  if (rows.length === 0) return undefined;
  const column = (q: number): number[] => rows.map(({ ascending }) => quantile(ascending, q));
  return {
    id: 'latency.stagePercentiles',
    title: 'Stages of the service, as it says itself',
    columns: [
      { name: 'stage', values: rows.map(({ stage }) => stage) },
      { name: 'P50', unit: 'ms', values: column(0.5) },
      { name: 'P95', unit: 'ms', values: column(0.95) },
      { name: 'P99', unit: 'ms', values: column(0.99) },
    ],
  };
}
