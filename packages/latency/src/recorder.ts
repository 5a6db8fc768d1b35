import type { OutcomeKind } from '@preopen/core';

/** Outcomes by the number under which they are stored; 0 is a request that has not ended. */
const outcomeCodes: readonly (OutcomeKind | 'pending')[] = [
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

/** Which of a request's durations is asked for. */
export type LatencyView =
  /** From the intended start to the end: what a user waits. Free of coordinated omission. */
  | 'response'
  /** From the actual start to the end: what the service takes. */
  | 'service'
  /** From the intended to the actual start: the generator's delay, and waiting for a connection. */
  | 'lag';

/** How many requests ended how; `scheduled` is their sum. */
export type Ledger = Readonly<Record<OutcomeKind | 'pending' | 'scheduled', number>>;

/**
 * Four timestamps and the outcome of every request, in typed-array columns: 33 bytes a request, nothing allocated per
 * request but the doubling of the columns. Times are milliseconds on one clock.
 */
export class LatencyRecorder {
  #count = 0;
  #dueMs: Float64Array;
  #sentMs: Float64Array;
  #firstByteMs: Float64Array;
  #doneMs: Float64Array;
  #outcome: Uint8Array;

  /** @param capacity requests that fit before the columns grow */
  constructor(capacity = 1024) {
    this.#dueMs = new Float64Array(capacity);
    this.#sentMs = new Float64Array(capacity);
    this.#firstByteMs = new Float64Array(capacity);
    this.#doneMs = new Float64Array(capacity);
    this.#outcome = new Uint8Array(capacity);
  }

  /** Requests so far, ended or not. */
  get count(): number {
    return this.#count;
  }

  /** Intended starts, in the order of `schedule`; a view that later growth replaces. */
  get dueMs(): Float64Array {
    return this.#dueMs.subarray(0, this.#count);
  }

  get sentMs(): Float64Array {
    return this.#sentMs.subarray(0, this.#count);
  }

  get firstByteMs(): Float64Array {
    return this.#firstByteMs.subarray(0, this.#count);
  }

  /** Ends; 0 while a request is under way. */
  get doneMs(): Float64Array {
    return this.#doneMs.subarray(0, this.#count);
  }

  /** Opens a record for a request that is due at a time, and gives its slot. */
  schedule(dueMs: number): number {
    if (this.#count === this.#dueMs.length) this.#grow();
    const slot = this.#count++;
    this.#dueMs[slot] = dueMs;
    this.#sentMs[slot] = Number.NaN;
    this.#firstByteMs[slot] = Number.NaN;
    return slot;
  }

  sent(slot: number, atMs: number): void {
    this.#sentMs[slot] = atMs;
  }

  firstByte(slot: number, atMs: number): void {
    this.#firstByteMs[slot] = atMs;
  }

  /** Closes a record; a second call for the same slot changes nothing. */
  done(slot: number, atMs: number, outcome: OutcomeKind): void {
    if (this.#outcome[slot] !== 0) return;
    this.#doneMs[slot] = atMs;
    this.#outcome[slot] = outcomeCodes.indexOf(outcome);
  }

  outcomeOf(slot: number): OutcomeKind | 'pending' {
    return outcomeCodes[this.#outcome[slot]!]!;
  }

  ledger(): Ledger {
    const ledger = { scheduled: this.#count } as Record<OutcomeKind | 'pending' | 'scheduled', number>;
    for (const outcome of outcomeCodes) ledger[outcome] = 0;
    for (let slot = 0; slot < this.#count; slot++) ledger[outcomeCodes[this.#outcome[slot]!]!]++;
    return ledger;
  }

  /**
   * Durations of the ended requests in the order of their intended start. A request that failed took at least the
   * time-out: it is in the distribution with that, never left out and never taken for fast.
   * @param failedMs what a failed request counts as, at least
   */
  durationsMs(
    view: LatencyView,
    options: { readonly failedMs: number; readonly from?: number; readonly to?: number },
  ): Float64Array {
    const { failedMs, from = 0, to = this.#count } = options;
    const durations = new Float64Array(to - from);
    let kept = 0;
    for (let slot = from; slot < to; slot++) {
      const outcome = this.#outcome[slot]!;
      // Pending and cut off by us: nothing is known of them but that they were under way.
      if (outcome === 0 || outcome === outcomeCodes.length - 1) continue;
      const sentMs = Number.isNaN(this.#sentMs[slot]!) ? this.#dueMs[slot]! : this.#sentMs[slot]!;
      const startMs = view === 'service' ? sentMs : this.#dueMs[slot]!;
      const endMs = view === 'lag' ? sentMs : this.#doneMs[slot]!;
      const elapsedMs = endMs - startMs;
      durations[kept++] = outcome === 1 || view === 'lag' ? elapsedMs : Math.max(failedMs, elapsedMs);
    }
    return durations.subarray(0, kept);
  }

  /** A recorder with all requests of both, in the order of their intended start. */
  static merge(recorders: readonly LatencyRecorder[]): LatencyRecorder {
    const all = recorders.flatMap((recorder) =>
      Array.from({ length: recorder.count }, (_, slot) => ({ recorder, slot })),
    );
    all.sort((a, b) => a.recorder.#dueMs[a.slot]! - b.recorder.#dueMs[b.slot]!);
    const merged = new LatencyRecorder(Math.max(1, all.length));
    for (const { recorder, slot } of all) {
      const at = merged.schedule(recorder.#dueMs[slot]!);
      merged.#sentMs[at] = recorder.#sentMs[slot]!;
      merged.#firstByteMs[at] = recorder.#firstByteMs[slot]!;
      merged.#doneMs[at] = recorder.#doneMs[slot]!;
      merged.#outcome[at] = recorder.#outcome[slot]!;
    }
    return merged;
  }

  #grow(): void {
    const capacity = Math.max(1024, this.#dueMs.length * 2);
    const larger = (column: Float64Array): Float64Array => {
      const grown = new Float64Array(capacity);
      grown.set(column);
      return grown;
    };
    this.#dueMs = larger(this.#dueMs);
    this.#sentMs = larger(this.#sentMs);
    this.#firstByteMs = larger(this.#firstByteMs);
    this.#doneMs = larger(this.#doneMs);
    const outcome = new Uint8Array(capacity);
    outcome.set(this.#outcome);
    this.#outcome = outcome;
  }
}
