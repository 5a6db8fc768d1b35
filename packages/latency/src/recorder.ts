import type { OutcomeKind } from '@preopen/core';
import { Beyond } from './beyond.ts';
import type { LatencyHistogram } from './histogram.ts';
import { outcomeCodes, type RequestColumns, RequestTable } from './request-table.ts';
import { Stretches } from './stretches.ts';

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

/** Requests in each of the first stretches of those beyond. */
const mostAStretch = 65_536;

/** How much a recorder keeps. */
export interface RecorderOptions {
  /** Requests that are kept one by one. Default 5,000,000; each takes 43 bytes. */
  readonly maxExact?: number;
  /** What a failed request beyond those counts as, at least: its time-out. Default 0. */
  readonly failedMs?: number;
}

/**
 * Timestamps and outcome of every request, in typed-array columns: 43 bytes a request, nothing allocated per request but
 * the doubling of the columns. Times are milliseconds on one clock. Requests beyond `maxExact` are kept one by one only
 * while they are under way and end in histograms, so that a soak of days needs no more memory than its first hour.
 */
export class LatencyRecorder {
  readonly #table: RequestTable;
  readonly #maxExact: number;
  readonly #failedMs: number;
  #exact = 0;
  /** Of those that are kept one by one, by the code of the outcome: counted as they end, since the books are asked for often. */
  readonly #ends = outcomeCodes.map(() => 0);
  readonly #free: number[] = [];
  #beyond: Beyond | undefined;

  /** @param capacity requests that fit before the columns grow */
  constructor(capacity = 1024, { maxExact = defaultMaxExact, failedMs = 0 }: RecorderOptions = {}) {
    this.#table = new RequestTable(Math.min(capacity, maxExact + 1024));
    this.#maxExact = maxExact;
    this.#failedMs = failedMs;
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
    this.#beyond ??= this.#emptyBeyond();
    const slot = this.#free.pop() ?? this.#maxExact + this.#beyond.scheduled - this.#beyond.ended;
    this.#beyond.scheduled++;
    this.#beyond.lastDueMs = Math.max(this.#beyond.lastDueMs, dueMs);
    return this.#table.open(slot, dueMs, dispatchedMs, payload);
  }

  /** Notes when the request of a slot was written to its connection. */
  sent(slot: number, atMs: number): void {
    this.#table.sentMs[slot] = atMs;
  }

  /** Notes when the first byte of its answer came. */
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
    if (slot < this.#maxExact) {
      this.#ends[table.outcome[slot]!]!++;
      return;
    }
    this.#free.push(slot);
    this.#beyond!.add(
      {
        outcome,
        payload: table.payload[slot]!,
        responseMs: table.durationMs(slot, 'response'),
        serviceMs: table.durationMs(slot, 'service'),
        lagMs: table.durationMs(slot, 'lag'),
        doneMs: atMs,
      },
      this.#failedMs,
    );
  }

  /** How the request of a slot ended; `pending` as long as it has not. */
  outcomeOf(slot: number): OutcomeKind | 'pending' {
    return outcomeCodes[this.#table.outcome[slot]!]!;
  }

  /** Requests by how they ended; they add up to those that were scheduled. */
  ledger(): Ledger {
    const beyond = this.#beyond;
    const counts = this.#ends.map((count, code) => count + (beyond?.ends[code] ?? 0));
    const scheduled = this.#exact + (beyond?.scheduled ?? 0);
    counts[0] = scheduled - counts.reduce((sum, count) => sum + count, 0);
    const ledger = { scheduled } as Record<keyof Ledger, number>;
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

  /**
   * Durations of all ended requests: as `durationsMs`, or, where not all are kept one by one, values that stand for them, of
   * each of some forty stretches of equally many requests ten thousand quantiles, which batches of them may be taken from.
   * @param options.failedMs what a failed request that is kept counts as, at least
   * @returns `standFor`: what they stand for, where they are not the requests' own
   */
  spreadMs(
    view: 'response' | 'service',
    options: { readonly failedMs: number },
  ): { readonly durationsMs: Float64Array; readonly standFor?: LatencyHistogram } {
    const kept = this.durationsMs(view, options);
    if (!this.#beyond) return { durationsMs: kept };
    const stretches = this.#beyond[view];
    const standFor = stretches.whole();
    for (const ms of kept) standFor.add(ms);
    return { durationsMs: stretches.spreadAfter(kept), standFor };
  }

  #emptyBeyond(): Beyond {
    const length = Math.max(1, Math.min(mostAStretch, this.#maxExact >> 4));
    return new Beyond(new Stretches(length), new Stretches(length));
  }

  /** What is known of those beyond `maxExact`; `undefined` as long as every request is kept. */
  get beyond(): Beyond | undefined {
    return this.#beyond;
  }

  /** The columns as plain data for another thread, cut to length, and what is known of the requests beyond them. */
  columns(): RequestColumns {
    const columns = this.#table.columns(this.#exact);
    return this.#beyond ? { ...columns, beyond: this.#beyond.columns() } : columns;
  }

  /** A recorder over columns that `toColumns` gave, in this thread or another. */
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
    for (const part of all) for (const code of part.outcome) merged.#ends[code]!++;
    // Those that have not ended are what is left.
    merged.#ends[0] = 0;
    all.forEach(({ beyond }, i) => {
      if (!beyond) return;
      const known = Beyond.fromColumns(beyond);
      if (merged.#beyond) merged.#beyond.merge(known, offsetsMs[i] ?? 0);
      else {
        merged.#beyond = known;
        known.lastDueMs += offsetsMs[i] ?? 0;
        known.lastDoneMs += offsetsMs[i] ?? 0;
      }
    });
    return merged;
  }
}
