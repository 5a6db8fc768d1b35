import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { EncodedRequest } from '@preopen/core';
import {
  type BeyondColumns,
  type HistogramColumns,
  LatencyHistogram,
  outcomeCodes,
  type RequestColumns,
  type StretchColumns,
} from '@preopen/latency';
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

/** Eight bytes for each of a quarter of a billion requests: more comes from no run, and from a broken report it must not. */
const mostColumnBytes = 2 ** 31;

const pack = (bytes: ArrayBufferView): string =>
  deflateRawSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { level: 1 }).toString('base64');

/** @throws Error if it is no text that `pack` made of such an array */
function unpack<T>(text: unknown, Column: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number }): T {
  if (typeof text !== 'string') throw new Error(`expected a column as text, got ${kindOf(text)}`);
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: mostColumnBytes });
  } catch (cause) {
    // zlib's own words, some of which come as a RangeError.
    throw new Error(`a column cannot be unpacked: ${(cause as Error).message}`, { cause });
  }
  if (bytes.length % Column.BYTES_PER_ELEMENT !== 0)
    throw new Error(
      `a column of ${bytes.length} bytes holds no whole number of ${Column.BYTES_PER_ELEMENT} bytes each`,
    );
  // A copy of its own: what comes out of the pool need not be aligned.
  return new Column(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

/** @throws Error if it is none */
function objectOf<T extends object>(value: T, what: string): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`expected ${what}, got ${kindOf(value)}`);
  return value;
}

/** @throws Error if they are not all finite numbers, none below 0 where `least` says so */
function numbersOf(values: Readonly<Record<string, unknown>>, least = Number.NEGATIVE_INFINITY): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least)
      throw new Error(
        `${name}: expected a number${least === 0 ? ' of 0 or more' : ''}, got ${typeof value === 'number' ? value : kindOf(value)}`,
      );
  }
}

const packHistogram = ({ buckets, counts, maxMs }: HistogramColumns): Packed<HistogramColumns> => ({
  buckets: pack(buckets),
  counts: pack(counts),
  maxMs,
});
function unpackHistogram(packed: Packed<HistogramColumns>): HistogramColumns {
  const { maxMs } = objectOf(packed, 'a histogram');
  numbersOf({ maxMs }, 0);
  const buckets = unpack(packed.buckets, Uint32Array);
  const counts = unpack(packed.counts, Float64Array);
  if (buckets.length !== counts.length || !buckets.every((bucket) => bucket < LatencyHistogram.bucketCount))
    throw new Error('a histogram whose buckets and counts do not belong together');
  if (!counts.every((count) => Number.isSafeInteger(count) && count > 0))
    throw new Error('a histogram with a bucket that holds no whole number of durations');
  return { buckets, counts, maxMs };
}
const packStretches = ({ length, stretches }: StretchColumns): Packed<StretchColumns> => ({
  length,
  stretches: stretches.map(packHistogram),
});
function unpackStretches(packed: Packed<StretchColumns>): StretchColumns {
  const { length, stretches } = objectOf(packed, 'stretches');
  numbersOf({ length }, 0);
  if (!Array.isArray(stretches)) throw new Error(`expected a list of stretches, got ${kindOf(stretches)}`);
  return { length, stretches: stretches.map(unpackHistogram) };
}

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

function unpackBeyond(packed: Packed<BeyondColumns>): BeyondColumns {
  const { scheduled, ends, okOfPayload, underWayMs, lastDueMs, lastDoneMs, response, service, lag } = objectOf(
    packed,
    'what is known of further requests',
  );
  numbersOf({ scheduled, underWayMs }, 0);
  numbersOf({ lastDueMs, lastDoneMs });
  for (const counts of [ends, okOfPayload]) {
    if (!Array.isArray(counts) || counts.length > 65_536) throw new Error('expected lists of counts');
    for (const count of counts) numbersOf({ count }, 0);
  }
  if (ends.length > outcomeCodes.length) throw new Error(`${ends.length} outcomes: there are ${outcomeCodes.length}`);
  return {
    scheduled,
    ends,
    okOfPayload,
    underWayMs,
    lastDueMs,
    lastDoneMs,
    response: unpackStretches(response),
    service: unpackStretches(service),
    lag: unpackHistogram(lag),
  };
}

/**
 * Columns from their text.
 * @throws Error if they are not what `packColumns` made: of another version, cut off, or no columns at all
 */
export function unpackColumns(packed: PackedColumns): RequestColumns {
  const { beyond } = objectOf(packed, 'columns');
  const columns = {
    dueMs: unpack(packed.dueMs, Float64Array),
    dispatchedMs: unpack(packed.dispatchedMs, Float64Array),
    sentMs: unpack(packed.sentMs, Float64Array),
    firstByteMs: unpack(packed.firstByteMs, Float64Array),
    doneMs: unpack(packed.doneMs, Float64Array),
    outcome: unpack(packed.outcome, Uint8Array),
    payload: unpack(packed.payload, Uint16Array),
  };
  const lengths = Object.values(columns).map(({ length }) => length);
  if (new Set(lengths).size !== 1) throw new Error(`columns of different lengths: ${lengths.join(', ')}`);
  if (!columns.outcome.every((code) => code < outcomeCodes.length)) throw new Error('an outcome that nobody knows');
  return { ...columns, ...(beyond !== undefined && { beyond: unpackBeyond(beyond) }) };
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

/** @throws Error if it is no job that `packJob` made */
export function unpackJob(packed: AgentJob): Omit<LanesJob, 'startMs'> & { readonly lanes: number } {
  const job = objectOf(packed, 'a job');
  const { url, lanes, firstLane, allLanes } = job;
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('a job without the URL of a service');
  if (job.codec !== 'open-inference' && job.codec !== 'http/plain')
    throw new Error('a job with a codec that nobody knows');
  if (!Array.isArray(job.requests) || job.requests.length === 0) throw new Error('a job without requests');
  numbersOf({ lanes, firstLane, allLanes }, 0);
  const order = unpack(job.order, Uint16Array);
  if (order.length === 0 || !order.every((payload) => payload < job.requests.length))
    throw new Error('a job whose order names requests that it does not have');
  return {
    url: new URL(url),
    codec: job.codec,
    requests: job.requests.map((request) => {
      const { body } = objectOf(request, 'a request');
      return { ...request, body: body === null ? null : unpack(body, Uint8Array) };
    }),
    order,
    traffic: objectOf(job.traffic, 'what is to be sent'),
    lanes,
    firstLane,
    allLanes,
  };
}

/** What an agent handed back, with its columns as they were. */
export type UnpackedReport = Omit<AgentReport, 'columns'> & { readonly columns: RequestColumns };

/** @throws Error if it is no report of an agent of this version */
export function unpackReport(packed: AgentReport): UnpackedReport {
  const report = objectOf(packed, 'the report of an agent');
  const { inFlightMs, utilisation, clockOffsetMs, clockErrorMs, lateMs, problems, gaveUp } = report;
  numbersOf({ inFlightMs, utilisation, clockErrorMs, lateMs }, 0);
  numbersOf({ clockOffsetMs });
  const isProblem = (one: unknown): boolean =>
    Array.isArray(one) && typeof one[0] === 'string' && Number.isSafeInteger(one[1]) && one[1] > 0;
  if (!Array.isArray(problems) || !problems.every(isProblem)) throw new Error('problems: expected messages and counts');
  if (typeof gaveUp !== 'boolean') throw new Error(`gaveUp: expected true or false, got ${kindOf(gaveUp)}`);
  return { ...report, columns: unpackColumns(report.columns) };
}
