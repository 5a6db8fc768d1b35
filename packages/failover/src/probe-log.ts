/** What became of each request of an open-loop workload, in order of their intended start. Times share one clock. */
export interface ProbeLog {
  readonly count: number;
  /** When each request was to be sent. */
  readonly dueMs: Float64Array;
  /** When its answer was complete, or it failed. */
  readonly doneMs: Float64Array;
  /** 1: a right answer came. */
  readonly good: Uint8Array;
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
  const values: number[] = [];
  for (let i = range.from; i < range.to; i++) if (log.good[i]) values.push(log.doneMs[i]! - log.dueMs[i]!);
  return Float64Array.from(values).sort();
}
