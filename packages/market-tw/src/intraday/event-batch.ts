/**
 * What can happen in a trading day.
 *
 * `auction`: a call auction prints (opening, closing, a resumption's, or any match of the periodic auctions before
 * 2020-03-23) · `trade`: continuous trading · `interruption`: matching of the stock waits, its price is the one that would
 * have traded · `halt`, `resume`: of the company or for the day · `limit-up`, `limit-down`: the price has come to its
 * limit · `odd-lot`: the after-hours auction of what is less than a board lot · `attention`: the stock meets an attention
 * test during trading, announced once a day.
 */
export const intradayEventKinds = [
  'auction',
  'trade',
  'interruption',
  'halt',
  'resume',
  'limit-up',
  'limit-down',
  'odd-lot',
  'attention',
] as const;
/** One of `intradayEventKinds`. */
export type IntradayEventKind = (typeof intradayEventKinds)[number];

/** Events as columns, in the order of time; of one moment, in the order in which they happened. */
export interface IntradayBatch {
  readonly date: string;
  readonly count: number;
  /** Milliseconds since midnight in Taipei. */
  readonly timeMs: Int32Array;
  /** Index into the panel's stocks. */
  readonly stock: Int32Array;
  /** Index into `intradayEventKinds`. */
  readonly kind: Uint8Array;
  /** Hundredths of NT$; 0 where the event has no price. */
  readonly priceCents: Int32Array;
  /** Shares; 0 where nothing was traded. */
  readonly volume: Float64Array;
}

/** Growing columns; `take` gives what was added since the last time. */
export interface EventColumns {
  readonly count: number;
  add(timeMs: number, stock: number, kind: number, priceCents: number, volume: number): void;
  take(date: string): IntradayBatch;
}

/** Columns that are used again for each batch: what is taken is a copy of its own. */
export function createEventColumns(): EventColumns {
  let capacity = 1 << 14;
  let timeMs = new Int32Array(capacity);
  let stock = new Int32Array(capacity);
  let kind = new Uint8Array(capacity);
  let priceCents = new Int32Array(capacity);
  let volume = new Float64Array(capacity);
  let count = 0;
  const grow = (): void => {
    capacity *= 2;
    const wider = <T extends Int32Array | Uint8Array | Float64Array>(column: T): T => {
      const grown = new (column.constructor as new (length: number) => T)(capacity);
      grown.set(column as never);
      return grown;
    };
    timeMs = wider(timeMs);
    stock = wider(stock);
    kind = wider(kind);
    priceCents = wider(priceCents);
    volume = wider(volume);
  };
  return {
    get count() {
      return count;
    },
    add(time, index, what, cents, shares) {
      if (count === capacity) grow();
      timeMs[count] = time;
      stock[count] = index;
      kind[count] = what;
      priceCents[count] = cents;
      volume[count++] = shares;
    },
    take(date) {
      const batch = {
        date,
        count,
        timeMs: timeMs.slice(0, count),
        stock: stock.slice(0, count),
        kind: kind.slice(0, count),
        priceCents: priceCents.slice(0, count),
        volume: volume.slice(0, count),
      };
      count = 0;
      return batch;
    },
  };
}
