import { type Clock, type EncodedRequest, InputError, type RunningService } from '@preopen/core';
import { startOpenLoad } from '@preopen/load';
import { AnswerBook, type IsMarked } from './answers.ts';
import { type ProbeLog, quality } from './probe-log.ts';

/** Open-loop traffic that goes on through the fault. */
export interface Workload {
  /** What became of the requests so far, by the experiment's clock. */
  log(): ProbeLog;
  /** Ends the traffic; resolves when every request has ended or was cut off. */
  stop(): Promise<void>;
  /** Called when the fault is about to come: from now on answers are compared with those before. */
  stopLearning?(): void;
  /** What is known of the answers, once the traffic has ended. */
  answers?(): AnswersKnown;
  /** The id that request number `slot` carried. */
  idOf?(slot: number): string;
  /** What went wrong, by message, the most frequent first. */
  problems?(): readonly (readonly [message: string, count: number])[];
}

/** Whether answers could be compared, and what the wrong ones were. */
export type AnswersKnown =
  | { readonly isComparable: true; readonly ofAnotherRequest: number }
  | { readonly isComparable: false; readonly reason: string };

/** The traffic of an experiment. */
export interface WorkloadOptions {
  /** Enough for percentiles of half a second; the spacing is the resolution of outages. Default 200. */
  readonly ratePerSecond: number;
  /** Stocks per request. Default 10. */
  readonly rows: number;
  /** A request without an answer after so long has failed. Default 2000. */
  readonly timeoutMs: number;
  /** Which answers the service marks as stale or degraded. Default: the headers `x-degraded` and `warning: 110`. */
  readonly isMarked?: IsMarked;
  /**
   * File to which the target itself writes each request that it has done: lines of JSON with the `x-request-id` as `id`. Every
   * request is then reconciled with it.
   */
  readonly acknowledgements?: string;
}

/** The load under which faults are injected where nothing else is said. */
export const defaultWorkload: WorkloadOptions = { ratePerSecond: 200, rows: 10, timeoutMs: 2000 };

/** Different requests, so that no answer can come from a cache of one. */
const variants = 8;
/** The load's payloads are numbered by 16 bits; beyond that ids begin again. */
const mostIds = 65_535;

/** Starts open-loop traffic on a service, each request with an id of its own in `x-request-id`. */
export function startWorkload(
  service: RunningService,
  options: WorkloadOptions,
  { clock, signal, seed }: { readonly clock: Clock; readonly signal: AbortSignal; readonly seed: number },
): Workload {
  const { ratePerSecond, rows, timeoutMs, isMarked } = options;
  if (!(ratePerSecond > 0) || !Number.isSafeInteger(rows) || rows < 1) {
    throw new InputError(`workload: expected a rate above 0 and at least one row, got ${ratePerSecond} and ${rows}.`);
  }
  const requests = Array.from({ length: variants }, (_, i) =>
    service.codec.encode(service.batch(rows, seed + i), service.model),
  );
  const ids = Math.min(mostIds, Math.ceil(ratePerSecond * 300));
  const idOf = (slot: number): string => `preopen-${seed}-${slot % ids}`;
  const payloads = Array.from({ length: ids }, (_, slot): EncodedRequest => {
    const request = requests[slot % variants]!;
    return { ...request, headers: { ...request.headers, 'x-request-id': idOf(slot) } };
  });
  const book = new AnswerBook(variants, isMarked);
  const load = startOpenLoad(
    service,
    { arrivals: { kind: 'constant', ratePerSecond }, payloads, timeoutMs, seed },
    {
      clock,
      signal,
      onPredictions: (slot, predictions, headers) => book.take(slot, (slot % ids) % variants, predictions, headers),
    },
  );
  return {
    log: () => {
      const { recorder } = load;
      const { count } = recorder;
      const worth = book.worth(count);
      const good = new Uint8Array(count);
      const lost = new Uint8Array(count);
      const unusable = new Uint8Array(count);
      for (let slot = 0; slot < count; slot++) {
        const outcome = recorder.outcomeOf(slot);
        good[slot] = outcome === 'ok' && worth[slot] !== quality.wrong ? 1 : 0;
        lost[slot] = outcome === 'connect' || outcome === 'timeout' ? 1 : 0;
        unusable[slot] = outcome === 'non-finite' || outcome === 'wrong-shape' || outcome === 'protocol' ? 1 : 0;
      }
      return { count, dueMs: recorder.dueMs, doneMs: recorder.doneMs, good, quality: worth, lost, unusable };
    },
    stop: async () => void (await load.stop()),
    stopLearning: () => book.stopLearning(),
    answers: () =>
      book.isRepeatable
        ? { isComparable: true, ofAnotherRequest: book.ofAnotherRequest }
        : { isComparable: false, reason: 'the same request had different answers already before the fault' },
    idOf,
    problems: () => load.problems(),
  };
}
