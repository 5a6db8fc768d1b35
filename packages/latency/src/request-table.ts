import type { OutcomeKind } from '@preopen/core';
import type { BeyondColumns } from './beyond.ts';

/** Outcomes by the number under which they are stored; 0 is a request that has not ended. */
export const outcomeCodes: readonly (OutcomeKind | 'pending')[] = [
  'pending',
  'ok',
  'connect',
  'timeout',
  'status',
  'protocol',
  'wrong-shape',
  'non-finite',
  'aborted',
];

/** One value per request and column, as plain data. */
export interface RequestColumns {
  readonly dueMs: Float64Array;
  readonly dispatchedMs: Float64Array;
  readonly sentMs: Float64Array;
  readonly firstByteMs: Float64Array;
  readonly doneMs: Float64Array;
  /** Numbers of the outcomes; 0 for a request that has not ended. */
  readonly outcome: Uint8Array;
  readonly payload: Uint16Array;
  /** What is known of further requests, which are not kept one by one. */
  readonly beyond?: BeyondColumns;
}

const timeColumns = ['dueMs', 'dispatchedMs', 'sentMs', 'firstByteMs', 'doneMs'] as const;

function grown(column: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

/** Row numbers by ascending value. */
function ascendingOrder(values: Float64Array): Uint32Array {
  const order = Uint32Array.from(values, (_, row) => row);
  return values.every((value, row) => row === 0 || value >= values[row - 1]!)
    ? order
    : order.sort((a, b) => values[a]! - values[b]!);
}

/** Request columns that grow; slots are given out by the owner. */
export class RequestTable implements RequestColumns {
  dueMs: Float64Array;
  dispatchedMs: Float64Array;
  sentMs: Float64Array;
  firstByteMs: Float64Array;
  doneMs: Float64Array;
  outcome: Uint8Array;
  payload: Uint16Array;

  constructor(capacity: number) {
    this.dueMs = new Float64Array(capacity);
    this.dispatchedMs = new Float64Array(capacity);
    this.sentMs = new Float64Array(capacity);
    this.firstByteMs = new Float64Array(capacity);
    this.doneMs = new Float64Array(capacity);
    this.outcome = new Uint8Array(capacity);
    this.payload = new Uint16Array(capacity);
  }

  open(slot: number, dueMs: number, dispatchedMs: number, payload: number): number {
    if (slot >= this.dueMs.length) this.#grow(Math.max(1024, slot + 1, this.dueMs.length * 2));
    this.dueMs[slot] = dueMs;
    this.dispatchedMs[slot] = dispatchedMs;
    this.sentMs[slot] = Number.NaN;
    this.firstByteMs[slot] = Number.NaN;
    this.doneMs[slot] = 0;
    this.outcome[slot] = 0;
    this.payload[slot] = payload;
    return slot;
  }

  /** `NaN` where the request never came so far. */
  durationMs(slot: number, view: 'response' | 'service' | 'lag' | 'connection' | 'firstByte'): number {
    const dispatchedMs = this.dispatchedMs[slot]!;
    // A request that ended before it had a connection was served for no time: it waited.
    const sentMs = Number.isNaN(this.sentMs[slot]!) ? dispatchedMs : this.sentMs[slot]!;
    switch (view) {
      case 'response':
        return this.doneMs[slot]! - this.dueMs[slot]!;
      case 'service':
        return this.doneMs[slot]! - sentMs;
      case 'lag':
        return dispatchedMs - this.dueMs[slot]!;
      case 'connection':
        return sentMs - dispatchedMs;
      case 'firstByte':
        return this.firstByteMs[slot]! - sentMs;
    }
  }

  columns(count: number): RequestColumns {
    return {
      dueMs: this.dueMs.slice(0, count),
      dispatchedMs: this.dispatchedMs.slice(0, count),
      sentMs: this.sentMs.slice(0, count),
      firstByteMs: this.firstByteMs.slice(0, count),
      doneMs: this.doneMs.slice(0, count),
      outcome: this.outcome.slice(0, count),
      payload: this.payload.slice(0, count),
    };
  }

  /** Takes over the requests of several tables in the order of their intended start. */
  fill(parts: readonly RequestColumns[], offsetsMs: readonly number[]): void {
    const orders = parts.map((columns) => ascendingOrder(columns.dueMs));
    const heads = parts.map(() => 0);
    const total = parts.reduce((sum, columns) => sum + columns.dueMs.length, 0);
    for (let slot = 0; slot < total; slot++) {
      let next = -1;
      let nextMs = Number.POSITIVE_INFINITY;
      for (let part = 0; part < parts.length; part++) {
        const row = orders[part]![heads[part]!];
        if (row === undefined) continue;
        const dueMs = parts[part]!.dueMs[row]! + (offsetsMs[part] ?? 0);
        if (next >= 0 && dueMs >= nextMs) continue;
        next = part;
        nextMs = dueMs;
      }
      this.#copy(slot, parts[next]!, orders[next]![heads[next]!++]!, offsetsMs[next] ?? 0);
    }
  }

  #copy(slot: number, from: RequestColumns, row: number, offsetMs: number): void {
    for (const column of timeColumns) this[column][slot] = from[column][row]! + offsetMs;
    // 0 is no moment: it stands for “under way”.
    if (from.outcome[row] === 0) this.doneMs[slot] = 0;
    this.outcome[slot] = from.outcome[row]!;
    this.payload[slot] = from.payload[row]!;
  }

  #grow(capacity: number): void {
    for (const column of timeColumns) this[column] = grown(this[column], capacity);
    const outcome = new Uint8Array(capacity);
    outcome.set(this.outcome);
    this.outcome = outcome;
    const payload = new Uint16Array(capacity);
    payload.set(this.payload);
    this.payload = payload;
  }
}
