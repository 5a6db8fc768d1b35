import type { OutcomeKind } from '@preopen/core';
import { LatencyHistogram } from './histogram.ts';
import { outcomeCodes, type RequestColumns, RequestTable } from './request-table.ts';

/** Which of a request's durations is asked for. */
export type LatencyView =
  /** From the intended start to the end: what a user waits. Free of coordinated omission. */
  | 'response'
  /** From the moment a connection was there to the end: what the service takes. */
  | 'service'
  /** From the intended start until the generator let the request go: the generator's own delay. */
  | 'lag'
  /** From there until a connection was free. */
  | 'connection'
  /** From the sending to the first byte of the answer. */
  | 'firstByte';

/** How many requests ended how; `scheduled` is their sum. */
export type Ledger = Readonly<Record<OutcomeKind | 'pending' | 'scheduled', number>>;

/** Requests that are kept one by one; those beyond go into histograms. An hour at 1500 a second is 5.4 million. */
const defaultMaxExact = 5_000_000;

/** What is known of the requests that are not kept one by one. */
interface Beyond {
  readonly response: LatencyHistogram;
  readonly service: LatencyHistogram;
  readonly lag: LatencyHistogram;
  /** Number of ended requests by outcome. */
  readonly ends: number[];
}

const emptyBeyond = (): Beyond => ({
  response: new LatencyHistogram(),
  service: new LatencyHistogram(),
  lag: new LatencyHistogram(),
  ends: outcomeCodes.map(() => 0),
});

/**
 * Timestamps and outcome of every request, in typed-array columns: 43 bytes a request, nothing allocated per request but
 * the doubling of the columns. Times are milliseconds on one clock. Requests beyond `maxExact` are kept one by one only
 * while they are under way and end in histograms, so that a soak of days needs no more memory than its first hour.
 */
export class LatencyRecorder {
  readonly #table: RequestTable;
  readonly #maxExact: number;
  #exact = 0;
  readonly #free: number[] = [];
  #beyond: Beyond | undefined;
  #scheduledBeyond = 0;

  /**
   * @param capacity requests that fit before the columns grow
   * @param options.maxExact requests that are kept one by one
   */
  constructor(capacity = 1024, { maxExact = defaultMaxExact }: { readonly maxExact?: number } = {}) {
    this.#table = new RequestTable(Math.min(capacity, maxExact + 1024));
    this.#maxExact = maxExact;
  }

  /** Requests that are kept one by one, ended or not. */
  get count(): number {
    return this.#exact;
  }

  /** Intended starts, in the order of `schedule`; a view that later growth replaces. */
  get dueMs(): Float64Array {
    return this.#table.dueMs.subarray(0, this.#exact);
  }

  /** When the generator let each request go. */
  get dispatchedMs(): Float64Array {
    return this.#table.dispatchedMs.subarray(0, this.#exact);
  }

  /** When each request had a connection; `NaN` before that. */
  get sentMs(): Float64Array {
    return this.#table.sentMs.subarray(0, this.#exact);
  }

  get firstByteMs(): Float64Array {
    return this.#table.firstByteMs.subarray(0, this.#exact);
  }

  /** Ends; 0 while a request is under way. */
  get doneMs(): Float64Array {
    return this.#table.doneMs.subarray(0, this.#exact);
  }

  /** Number of each request's payload, as given to `schedule`. */
  get payload(): Uint16Array {
    return this.#table.payload.subarray(0, this.#exact);
  }

  /**
   * Opens a record for a request that is due at a time, and gives its slot.
   * @param dispatchedMs when the generator let it go; as it was due, unless given
   * @param payload which of the payloads it carries
   */
  schedule(dueMs: number, dispatchedMs: number = dueMs, payload = 0): number {
    if (this.#exact < this.#maxExact) return this.#table.open(this.#exact++, dueMs, dispatchedMs, payload);
    this.#beyond ??= emptyBeyond();
    const slot = this.#free.pop() ?? this.#maxExact + this.#scheduledBeyond - this.#endedBeyond();
    this.#scheduledBeyond++;
    return this.#table.open(slot, dueMs, dispatchedMs, payload);
  }

  sent(slot: number, atMs: number): void {
    this.#table.sentMs[slot] = atMs;
  }

  firstByte(slot: number, atMs: number): void {
    this.#table.firstByteMs[slot] = atMs;
  }

  /**
   * Closes a record; a second call for the same slot changes nothing (beyond `maxExact`, where slots are used again, it
   * must not come).
   */
  done(slot: number, atMs: number, outcome: OutcomeKind): void {
    const table = this.#table;
    if (table.outcome[slot] !== 0) return;
    table.doneMs[slot] = atMs;
    table.outcome[slot] = outcomeCodes.indexOf(outcome);
    if (slot < this.#maxExact || !this.#beyond) return;
    const { response, service, lag, ends } = this.#beyond;
    ends[table.outcome[slot]!]!++;
    this.#free.push(slot);
    if (outcome === 'aborted') return;
    response.add(table.durationMs(slot, 'response'));
    service.add(table.durationMs(slot, 'service'));
    lag.add(table.durationMs(slot, 'lag'));
  }

  outcomeOf(slot: number): OutcomeKind | 'pending' {
    return outcomeCodes[this.#table.outcome[slot]!]!;
  }

  ledger(): Ledger {
    const counts = outcomeCodes.map(() => 0);
    for (let slot = 0; slot < this.#exact; slot++) counts[this.#table.outcome[slot]!]!++;
    if (this.#beyond) {
      counts[0]! += this.#scheduledBeyond - this.#endedBeyond();
      this.#beyond.ends.forEach((count, code) => {
        counts[code]! += count;
      });
    }
    const ledger = { scheduled: this.#exact + this.#scheduledBeyond } as Record<keyof Ledger, number>;
    outcomeCodes.forEach((outcome, code) => {
      ledger[outcome] = counts[code]!;
    });
    return ledger;
  }

  /**
   * Durations of the ended requests that are kept one by one, in the order of their intended start. A request that
   * failed took at least the time-out: it is in the distribution with that, never left out and never taken for fast.
   * Left out is what is still under way, and what we cut off ourselves.
   * @param options.failedMs what a failed request counts as, at least
   */
  durationsMs(
    view: LatencyView,
    options: {
      readonly failedMs: number;
      readonly from?: number;
      readonly to?: number;
      readonly payload?: (payload: number) => boolean;
    },
  ): Float64Array {
    const { failedMs, from = 0, to = this.#exact, payload } = options;
    const { outcome, payload: payloads } = this.#table;
    const countsFailures = view === 'response' || view === 'service';
    const durations = new Float64Array(Math.max(0, to - from));
    let kept = 0;
    for (let slot = from; slot < to; slot++) {
      const code = outcome[slot]!;
      if (view !== 'lag' && (code === 0 || code === outcomeCodes.length - 1)) continue;
      if (payload && !payload(payloads[slot]!)) continue;
      const elapsedMs = this.#table.durationMs(slot, view);
      if (Number.isNaN(elapsedMs)) continue;
      durations[kept++] = code === 1 || !countsFailures ? elapsedMs : Math.max(failedMs, elapsedMs);
    }
    return durations.subarray(0, kept);
  }

  /** What went beyond `maxExact`; `undefined` as long as every request is kept. Failed requests have their own time. */
  get beyond(): Readonly<Record<'response' | 'service' | 'lag', LatencyHistogram>> | undefined {
    return this.#beyond;
  }

  /** The columns as plain data for another thread, cut to length. */
  columns(): RequestColumns {
    return this.#table.columns(this.#exact);
  }

  static fromColumns(columns: RequestColumns): LatencyRecorder {
    return LatencyRecorder.merge([columns]);
  }

  /**
   * A recorder with all requests of several, in the order of their intended start.
   * @param offsetsMs added to the times of each, for clocks that differ
   */
  static merge(
    parts: readonly (LatencyRecorder | RequestColumns)[],
    offsetsMs: readonly number[] = [],
  ): LatencyRecorder {
    const all = parts.map((part) => (part instanceof LatencyRecorder ? part.columns() : part));
    const total = all.reduce((sum, part) => sum + part.dueMs.length, 0);
    const merged = new LatencyRecorder(Math.max(1, total), { maxExact: Math.max(defaultMaxExact, total) });
    merged.#table.fill(all, offsetsMs);
    merged.#exact = total;
    for (const part of parts) if (part instanceof LatencyRecorder && part.#beyond) merged.#addBeyond(part);
    return merged;
  }

  #addBeyond(other: LatencyRecorder): void {
    const { response, service, lag, ends } = other.#beyond!;
    this.#beyond ??= emptyBeyond();
    this.#beyond.response.merge(response);
    this.#beyond.service.merge(service);
    this.#beyond.lag.merge(lag);
    ends.forEach((count, code) => {
      this.#beyond!.ends[code]! += count;
    });
    this.#scheduledBeyond += other.#scheduledBeyond;
  }

  #endedBeyond(): number {
    return this.#beyond?.ends.reduce((sum, count) => sum + count, 0) ?? 0;
  }
}
