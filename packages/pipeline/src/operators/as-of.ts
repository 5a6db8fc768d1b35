import { missing } from './shape.ts';

/** A figure of a company, with the day on which it became public. */
export interface PublishedFigure {
  readonly stock: string;
  /** ISO date of publication, not the end of the period that it is about. */
  readonly publishedDate: string;
  readonly value: number;
}

/**
 * The latest figure that was public before each session: a figure counts from the session after its publication, since
 * Taiwan's companies publish after the close.
 * @param figures in any order; of two published on one day the later one in the list counts
 * @returns `[days × stocks]`
 */
export function asOf(
  figures: readonly PublishedFigure[],
  market: { readonly dates: readonly string[]; readonly stocks: readonly { readonly code: string }[] },
): Float64Array {
  const { dates, stocks } = market;
  const n = stocks.length;
  const out = missing(dates.length * n);
  const stockAt = new Map(stocks.map(({ code }, i) => [code, i]));
  const sorted = [...figures].sort((a, b) =>
    a.publishedDate < b.publishedDate ? -1 : a.publishedDate > b.publishedDate ? 1 : 0,
  );
  const latest = missing(n);
  let next = 0;
  dates.forEach((date, t) => {
    for (; next < sorted.length && sorted[next]!.publishedDate < date; next++) {
      const i = stockAt.get(sorted[next]!.stock);
      if (i !== undefined) latest[i] = sorted[next]!.value;
    }
    out.set(latest, t * n);
  });
  return out;
}
