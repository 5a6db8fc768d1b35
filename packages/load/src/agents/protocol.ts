import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { EncodedRequest } from '@preopen/core';
import type { BeyondColumns, HistogramColumns, RequestColumns, StretchColumns } from '@preopen/latency';
import type { WindowFigures } from '../abort-rule.ts';
import type { LanesJob } from '../lanes.ts';

/** Where agents are known by: a sorted set of names by the Redis time of their last sign of life, in milliseconds. */
export const agentsKey = 'preopen:agents';
/** Where each of them is: a hash of places by name. */
export const placesKey = 'preopen:agents:places';
/** Each agent has a queue of its own: a shared one would give no fixed shares. */
export const queueOf = (agent: string): string => `preopen-agent-${agent}`;
/** Tells all agents of a run to stop. */
export const stopChannel = (runId: string): string => `preopen:stop:${runId}`;
/** How often an agent gives a sign of life, and after how long without one it is lost. */
export const heartbeatMs = 500;
export const lostAfterMs = 3000;

/** An agent's part of a run, as JSON. */
export interface AgentJob {
  readonly runId: string;
  readonly url: string;
  readonly codec: LanesJob['codec'];
  readonly requests: readonly (Omit<EncodedRequest, 'body'> & { readonly body: string | null })[];
  readonly order: string;
  readonly traffic: LanesJob['traffic'];
  readonly lanes: number;
  readonly firstLane: number;
  readonly allLanes: number;
  /** When the schedule starts, in milliseconds of Redis' own clock. */
  readonly startRedisMs: number;
}

/** What an agent says while it is at work. */
export interface AgentProgress {
  readonly scheduled: number;
  /** Of the last half second of one of its threads. */
  readonly figures: WindowFigures;
}

/** Columns of requests as text, and what is known of the requests beyond them. */
export type PackedColumns = Readonly<Record<keyof Omit<RequestColumns, 'beyond'>, string>> & {
  readonly beyond?: Packed<BeyondColumns>;
};

/** The same with its columns as text. */
type Packed<T> = T extends ArrayBufferView
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Packed<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Packed<T[Key]> }
      : T;

/** What an agent hands back, as JSON; times are on Redis' clock. */
export interface AgentReport {
  readonly columns: PackedColumns;
  readonly problems: readonly (readonly [message: string, count: number])[];
  readonly inFlightMs: number;
  readonly pacer: 'sleep' | 'spin' | undefined;
  readonly gaveUp: boolean;
  readonly utilisation: number;
  /** The agent's wall clock less Redis' clock. */
  readonly clockOffsetMs: number;
  /** Half the shortest round trip in which that was read: it is known to this. */
  readonly clockErrorMs: number;
  /** How long after its time the agent was ready to start; 0 if it was. */
  readonly lateMs: number;
}

const pack = (bytes: ArrayBufferView): string =>
  deflateRawSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { level: 1 }).toString('base64');

function unpack(text: string): ArrayBuffer {
  const bytes = inflateRawSync(Buffer.from(text, 'base64'));
  // A copy of its own: what comes out of the pool need not be aligned.
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

const packHistogram = ({ buckets, counts, maxMs }: HistogramColumns): Packed<HistogramColumns> => ({
  buckets: pack(buckets),
  counts: pack(counts),
  maxMs,
});
const unpackHistogram = ({ buckets, counts, maxMs }: Packed<HistogramColumns>): HistogramColumns => ({
  buckets: new Uint32Array(unpack(buckets)),
  counts: new Float64Array(unpack(counts)),
  maxMs,
});
const packStretches = ({ length, stretches }: StretchColumns): Packed<StretchColumns> => ({
  length,
  stretches: stretches.map(packHistogram),
});
const unpackStretches = ({ length, stretches }: Packed<StretchColumns>): StretchColumns => ({
  length,
  stretches: stretches.map(unpackHistogram),
});

/** Columns as text, without loss. */
export function packColumns(columns: RequestColumns): PackedColumns {
  const { dueMs, dispatchedMs, sentMs, firstByteMs, doneMs, outcome, payload, beyond } = columns;
  return {
    dueMs: pack(dueMs),
    dispatchedMs: pack(dispatchedMs),
    sentMs: pack(sentMs),
    firstByteMs: pack(firstByteMs),
    doneMs: pack(doneMs),
    outcome: pack(outcome),
    payload: pack(payload),
    ...(beyond && {
      beyond: {
        ...beyond,
        response: packStretches(beyond.response),
        service: packStretches(beyond.service),
        lag: packHistogram(beyond.lag),
      },
    }),
  };
}

export function unpackColumns(columns: PackedColumns): RequestColumns {
  const { beyond } = columns;
  return {
    dueMs: new Float64Array(unpack(columns.dueMs)),
    dispatchedMs: new Float64Array(unpack(columns.dispatchedMs)),
    sentMs: new Float64Array(unpack(columns.sentMs)),
    firstByteMs: new Float64Array(unpack(columns.firstByteMs)),
    doneMs: new Float64Array(unpack(columns.doneMs)),
    outcome: new Uint8Array(unpack(columns.outcome)),
    payload: new Uint16Array(unpack(columns.payload)),
    ...(beyond && {
      beyond: {
        ...beyond,
        response: unpackStretches(beyond.response),
        service: unpackStretches(beyond.service),
        lag: unpackHistogram(beyond.lag),
      },
    }),
  };
}

/** The whole of a run as an agent's job; what differs between agents is added by the coordinator. */
export function packJob(
  job: Pick<LanesJob, 'url' | 'codec' | 'requests' | 'order' | 'traffic'>,
): Pick<AgentJob, 'url' | 'codec' | 'requests' | 'order' | 'traffic'> {
  return {
    url: job.url.href,
    codec: job.codec,
    requests: job.requests.map((request) => ({ ...request, body: request.body === null ? null : pack(request.body) })),
    order: pack(job.order),
    traffic: job.traffic,
  };
}

export function unpackJob(job: AgentJob): Omit<LanesJob, 'startMs'> & { readonly lanes: number } {
  return {
    url: new URL(job.url),
    codec: job.codec,
    requests: job.requests.map((request) => ({
      ...request,
      body: request.body === null ? null : new Uint8Array(unpack(request.body)),
    })),
    order: new Uint16Array(unpack(job.order)),
    traffic: job.traffic,
    lanes: job.lanes,
    firstLane: job.firstLane,
    allLanes: job.allLanes,
  };
}
