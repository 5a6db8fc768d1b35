/** How bad a finding is: `error` cannot be in true data, `warning` is often a fault, `info` is to be known. */
export type Severity = 'error' | 'warning' | 'info';

/** What the report looks for, one by one. */
export type FindingKind =
  | 'unreadable-row'
  | 'duplicate-row'
  | 'closed-day'
  | 'missing-session'
  | 'stock-gap'
  | 'inconsistent-bar'
  | 'off-tick'
  | 'outside-limits'
  | 'split-like-jump'
  | 'zero-volume'
  | 'stale-price'
  | 'repeated-bar'
  | 'unit-mismatch'
  | 'busy-limit-lock'
  | 'false-zero-change'
  | 'no-price';

/** What each kind is, and how bad. */
export const findingKinds: Readonly<Record<FindingKind, { readonly severity: Severity; readonly what: string }>> = {
  'unreadable-row': { severity: 'error', what: 'rows that could not be read, in quarantine' },
  'duplicate-row': { severity: 'error', what: 'second rows of a stock and day, in quarantine' },
  'closed-day': { severity: 'error', what: 'rows on days when the exchange was closed' },
  'missing-session': { severity: 'warning', what: 'sessions of the calendar without a single row' },
  'stock-gap': {
    severity: 'info',
    what: 'sessions between a stock’s first and last row on which it has none (halts, lost rows)',
  },
  'inconsistent-bar': { severity: 'error', what: 'open or close outside low to high' },
  'off-tick': { severity: 'error', what: 'prices between two ticks' },
  'outside-limits': { severity: 'error', what: 'high or low beyond the day’s price limits' },
  'split-like-jump': {
    severity: 'warning',
    what: 'closes beyond any limit from the last one, with no reference that explains it',
  },
  'zero-volume': { severity: 'warning', what: 'rows with a price and no volume' },
  'stale-price': {
    severity: 'warning',
    what: 'rows without volume that repeat the last close as open, high, low and close',
  },
  'repeated-bar': {
    severity: 'warning',
    what: 'rows of a hundred lots and more that repeat the last one figure by figure, as a feed does that stands still',
  },
  'unit-mismatch': {
    severity: 'error',
    what: 'turnover that is more than a hundred times, or less than a hundredth of, what the volume costs: lots for shares, or thousands for dollars',
  },
  'busy-limit-lock': {
    severity: 'info',
    what: 'days locked at a limit with at least the stock’s usual (median) volume',
  },
  'false-zero-change': {
    severity: 'info',
    what: 'a change of 0.00 where the close differs from the last one: not compared, not unchanged',
  },
  'no-price': { severity: 'info', what: 'rows without a price: no trade, or odd lots alone' },
};

/** One place where something was found. */
export interface FindingExample {
  readonly stock: string;
  readonly date: string;
  readonly value: string;
  readonly file?: string;
  readonly line?: number;
}

/** What was found of a kind. What was not tested has a reason and no count. */
export type Finding = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly what: string;
} & (
  | {
      readonly outcome: 'tested';
      /** Rows, sessions or cells that were looked at. */
      readonly tested: number;
      readonly count: number;
      /** The first ones. */
      readonly examples: readonly FindingExample[];
      /** How the count is to be read, where that is not plain. */
      readonly note?: string;
    }
  | { readonly outcome: 'not-tested'; readonly reason: string }
);

/** Counts of one kind while they are gathered. */
export interface FindingCount {
  tested: number;
  add(example: () => FindingExample): void;
  finish(note?: string): Finding;
}

/** Begins to count a kind. */
export function countFindings(kind: FindingKind, mostExamples: number): FindingCount {
  const examples: FindingExample[] = [];
  let count = 0;
  return {
    tested: 0,
    add(example) {
      count++;
      if (examples.length < mostExamples) examples.push(example());
    },
    finish(note) {
      const { tested } = this;
      const told = note === undefined ? {} : { note };
      return { kind, ...findingKinds[kind], outcome: 'tested', tested, count, examples, ...told };
    },
  };
}

/** A kind that could not be tested. */
export function notTested(kind: FindingKind, reason: string): Finding {
  return { kind, ...findingKinds[kind], outcome: 'not-tested', reason };
}
