/** What falls due in one slice of the day, to be taken in the order of time. */
export interface DueList {
  /** @param offsetMs within the slice */
  add(offsetMs: number, item: number): void;
  /** Gives all in order of time (those of one moment as they were added) and forgets them. */
  drain(take: (offsetMs: number, item: number) => void): void;
}

/** A list for slices of at most so many milliseconds; sorted by counting, one bucket each. */
export function createDueList(sliceMs: number): DueList {
  let capacity = 1 << 12;
  let offsets = new Int32Array(capacity);
  let items = new Int32Array(capacity);
  let order = new Int32Array(capacity);
  const starts = new Int32Array(sliceMs + 1);
  let count = 0;
  const grow = (): void => {
    capacity *= 2;
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(capacity);
      grown.set(column);
      return grown;
    };
    offsets = wider(offsets);
    items = wider(items);
    order = new Int32Array(capacity);
  };
  return {
    add(offsetMs, item) {
      if (count === capacity) grow();
      offsets[count] = offsetMs;
      items[count++] = item;
    },
    drain(take) {
      starts.fill(0);
      for (let i = 0; i < count; i++) starts[offsets[i]! + 1]!++;
      for (let ms = 0; ms < sliceMs; ms++) starts[ms + 1]! += starts[ms]!;
      for (let i = 0; i < count; i++) order[starts[offsets[i]!]!++] = i;
      const all = count;
      count = 0;
      for (let k = 0; k < all; k++) take(offsets[order[k]!]!, items[order[k]!]!);
    },
  };
}
