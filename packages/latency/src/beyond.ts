import type { OutcomeKind } from '@preopen/core';
import { type HistogramColumns, LatencyHistogram } from './histogram.ts';
import { outcomeCodes } from './request-table.ts';
import { type StretchColumns, Stretches } from './stretches.ts';

/** What is known of the requests that are not kept one by one, as plain data. */
export interface BeyondColumns {
  readonly scheduled: number;
  readonly ends: readonly number[];
  readonly okOfPayload: readonly number[];
  readonly underWayMs: number;
  readonly lastDueMs: number;
  readonly lastDoneMs: number;
  readonly response: StretchColumns;
  readonly service: StretchColumns;
  readonly lag: HistogramColumns;
}

/** An ended request, as far as it is remembered. */
export interface EndedRequest {
  readonly outcome: OutcomeKind;
  readonly payload: number;
  readonly responseMs: number;
  readonly serviceMs: number;
  readonly lagMs: number;
  readonly doneMs: number;
}

/** Durations that are remembered for whoever looks now and then; more would be a column again. */
const mostRecent = 4096;

/** Requests that are not kept one by one: how many there were, and how long they took, in histograms. */
export class Beyond {
  scheduled = 0;
  /** Good answers by the number of their payload. */
  readonly okOfPayload: number[] = [];
  /** How long all that have ended were under way, together: for Little's law. */
  underWayMs = 0;
  lastDueMs = 0;
  lastDoneMs = 0;
  readonly response: Stretches;
  readonly service: Stretches;
  readonly lag: LatencyHistogram = new LatencyHistogram();
  readonly #ends = outcomeCodes.map(() => 0);
  #recent: number[] = [];

  constructor(response: Stretches, service: Stretches) {
    this.response = response;
    this.service = service;
  }

  get ended(): number {
    return this.#ends.reduce((sum, count) => sum + count, 0);
  }

  /** Numbers of ended requests by the code of their outcome. */
  get ends(): readonly number[] {
    return this.#ends;
  }

  /**
   * Counts a request that has ended.
   * @param failedMs what a failed request counts as, at least
   */
  add({ outcome, payload, responseMs, serviceMs, lagMs, doneMs }: EndedRequest, failedMs: number): void {
    this.#ends[outcomeCodes.indexOf(outcome)]!++;
    this.underWayMs += responseMs - lagMs;
    this.lastDoneMs = Math.max(this.lastDoneMs, doneMs);
    this.lag.add(lagMs);
    if (outcome === 'aborted') return;
    const leastMs = outcome === 'ok' ? 0 : failedMs;
    if (outcome === 'ok') this.okOfPayload[payload] = (this.okOfPayload[payload] ?? 0) + 1;
    this.response.add(Math.max(leastMs, responseMs));
    this.service.add(Math.max(leastMs, serviceMs));
    if (this.#recent.length < mostRecent) this.#recent.push(Math.max(leastMs, responseMs));
  }

  /** Response times since this was last asked, the first 4096 of them. */
  takeRecentMs(): Float64Array {
    const recent = Float64Array.from(this.#recent);
    this.#recent = [];
    return recent;
  }

  /** Takes in what another knows of its own requests. */
  merge(other: Beyond, offsetMs: number): void {
    this.scheduled += other.scheduled;
    this.underWayMs += other.underWayMs;
    this.lastDueMs = Math.max(this.lastDueMs, other.lastDueMs + offsetMs);
    this.lastDoneMs = Math.max(this.lastDoneMs, other.lastDoneMs + offsetMs);
    this.response.merge(other.response);
    this.service.merge(other.service);
    this.lag.merge(other.lag);
    other.#ends.forEach((count, code) => {
      this.#ends[code]! += count;
    });
    other.okOfPayload.forEach((count, payload) => {
      this.okOfPayload[payload] = (this.okOfPayload[payload] ?? 0) + count;
    });
  }

  /** All of it as plain data, as it goes to another thread or machine. */
  columns(): BeyondColumns {
    const { scheduled, underWayMs, lastDueMs, lastDoneMs } = this;
    return {
      scheduled,
      ends: [...this.#ends],
      // Without holes, which JSON does not know.
      okOfPayload: Array.from(this.okOfPayload, (count) => count ?? 0),
      underWayMs,
      lastDueMs,
      lastDoneMs,
      response: this.response.columns(),
      service: this.service.columns(),
      lag: this.lag.columns(),
    };
  }

  static fromColumns(columns: BeyondColumns): Beyond {
    const made = new Beyond(Stretches.fromColumns(columns.response), Stretches.fromColumns(columns.service));
    made.scheduled = columns.scheduled;
    made.underWayMs = columns.underWayMs;
    made.lastDueMs = columns.lastDueMs;
    made.lastDoneMs = columns.lastDoneMs;
    made.lag.merge(LatencyHistogram.fromColumns(columns.lag));
    columns.ends.forEach((count, code) => {
      made.#ends[code] = count;
    });
    made.okOfPayload.push(...columns.okOfPayload);
    return made;
  }
}
