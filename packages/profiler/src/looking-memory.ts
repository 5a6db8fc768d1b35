/** What the looking thread and the one that it looks for share. */
export interface LookingMemory {
  /** By `word`. */
  readonly words: Int32Array;
  /** Processes to look at, with their descendants; as many as `words[word.told]` says. */
  readonly told: Int32Array;
  /** Resident now; highest since the last mark. In bytes. */
  readonly figures: Float64Array;
  readonly intervalMs: number;
  /** What the machine's monotonic clock says, in ms, when the clock of the timeline says 0. */
  readonly clockMs: number;
}

/** Places in `LookingMemory.words`. An order holds from the moment that `asked` grows until `answered` is the same. */
export const word = { asked: 0, answered: 1, order: 2, told: 3 } as const;
/** What can be asked for. */
export const order = { mark: 1, stop: 2 } as const;
/** More processes than this are not told of; their descendants and elders are found all the same. */
export const mostTold = 4096;

export function shareLookingMemory(intervalMs: number, clockMs: number): LookingMemory {
  return {
    words: new Int32Array(new SharedArrayBuffer(4 * 4)),
    told: new Int32Array(new SharedArrayBuffer(4 * mostTold)),
    figures: new Float64Array(new SharedArrayBuffer(8 * 2)),
    intervalMs,
    clockMs,
  };
}
