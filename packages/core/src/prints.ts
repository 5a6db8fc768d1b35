/**
 * One print as a feed delivers it: a row of `prints.csv`, which gives a session to pipelines that take prints one by one. Times are
 * milliseconds since midnight in Taipei.
 */
export interface Print {
  /** When it was received, by our clock. */
  readonly receivedMs: number;
  /** When it happened, by the exchange's. */
  readonly timeMs: number;
  /** Numbers the prints of the day; what comes again has the number that it had. */
  readonly sequence: number;
  readonly stock: string;
  readonly session: 'regular' | 'odd-lot' | 'block';
  readonly priceTwd: number;
  /** Shares. */
  readonly volume: number;
  /** `auction`: a call auction's, of the open, the close or after an interruption. */
  readonly kind: 'auction' | 'trade';
}

/** What the exchange says of a stock, or of all of them: a row of `states.csv`. It holds until the next that it says. */
export interface MarketState {
  /** By our clock. */
  readonly receivedMs: number;
  /** A code, or `*` for the whole market. */
  readonly stock: string;
  readonly state: 'trading' | 'paused' | 'halted' | 'limit-down';
}

/** A moment at which predictions are asked: a row of `as-of.csv`. */
export interface AskedMoment {
  readonly asOfMs: number;
  /** A price that is older is stale. */
  readonly maxAgeMs: number;
}

/** Columns of the files that give a session's prints to a pipeline, by their names. */
export const printFiles: {
  readonly 'prints.csv': readonly (keyof Print)[];
  readonly 'states.csv': readonly (keyof MarketState)[];
  readonly 'as-of.csv': readonly (keyof AskedMoment)[];
} = {
  'prints.csv': ['receivedMs', 'timeMs', 'sequence', 'stock', 'session', 'priceTwd', 'volume', 'kind'],
  'states.csv': ['receivedMs', 'stock', 'state'],
  'as-of.csv': ['asOfMs', 'maxAgeMs'],
};
