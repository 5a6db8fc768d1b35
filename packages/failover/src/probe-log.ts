/** What an answer was worth, as a code in a column. */
export const quality = {
  /** No good answer (yet), or nothing is known to compare it with. */
  unknown: 0,
  /** Bit for bit what the service predicts for this request without a fault. */
  right: 1,
  /** The service itself says that it is stale or degraded. */
  marked: 2,
  /** Other predictions than without a fault, and nothing says so. */
  wrong: 3,
} as const;

/** What became of each request of an open-loop workload, in order of their intended start. Times share one clock. */
export interface ProbeLog {
  readonly count: number;
  /** When each request was to be sent. */
  readonly dueMs: Float64Array;
  /** When its answer was complete, or it failed; 0 while it is under way. */
  readonly doneMs: Float64Array;
  /** 1: an answer came that is not known to be wrong. */
  readonly good: Uint8Array;
  /** What each answer was worth; absent where answers were not compared. */
  readonly quality?: Uint8Array;
  /** 1: nothing came back at all, neither an answer nor a refusal. */
  readonly lost?: Uint8Array;
  /** 1: an answer that says success came, without a finite prediction for each row. */
  readonly unusable?: Uint8Array;
}

/** Requests due in `[fromMs, toMs)`: the range of their indices. */
export function indicesDue(log: ProbeLog, fromMs: number, toMs: number): { from: number; to: number } {
  const first = (limitMs: number): number => {
    let low = 0;
    let high = log.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (log.dueMs[middle]! < limitMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { from: first(fromMs), to: first(toMs) };
}

/** Response times (from the intended start) of the good requests of a range, ascending. */
export function goodResponseMs(log: ProbeLog, range: { from: number; to: number }): Float64Array {
  const values = new Float64Array(range.to - range.from);
  let kept = 0;
  for (let i = range.from; i < range.to; i++) if (log.good[i]) values[kept++] = log.doneMs[i]! - log.dueMs[i]!;
  return values.subarray(0, kept).sort();
}

/** The log in which an answer that is marked as degraded is none: it keeps a service available, not steady. */
export function withoutMarked(log: ProbeLog): ProbeLog {
  const { quality: worth } = log;
  if (!worth?.includes(quality.marked)) return log;
  return { ...log, good: log.good.map((good, i) => (worth[i] === quality.marked ? 0 : good)) };
}
