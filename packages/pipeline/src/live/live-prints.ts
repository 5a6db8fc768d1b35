import type { AskedMoment, MarketState, Print } from '@preopen/core';

/** As it stands in a file: any word may stand for a session, a kind or a state. */
type Written<Row> = { readonly [Name in keyof Row]: Row[Name] extends string ? string : Row[Name] };

/** A print as a feed delivered it; times in milliseconds since midnight in Taipei. */
export type FeedPrint = Written<Print>;

/** What the exchange says of a stock, or of all (`*`); it holds until the next that it says. */
export type FeedState = Written<MarketState>;

/** What is said of a stock at a moment. */
export interface LiveRow {
  readonly asOfMs: number;
  readonly stock: string;
  /** Distance of the last price from the volume-weighted mean of the session, turned around: what ran away comes back. */
  readonly prediction: number;
  /** Why nobody should act on it: `stale`, or the exchange's word. */
  readonly flag: string;
  /** Root mean square of the log returns from one trade to the next; `NaN` of fewer than two. */
  readonly volatility: number;
  /** Prints that came after one of the same stock that happened later. */
  readonly late: number;
}

interface Taken extends FeedPrint {
  readonly isLate: boolean;
}

/**
 * Prints of the regular session by stock, each once, in the order in which they happened. A print is known by its stock, its time
 * and its number: a feed that starts again from a backup gives numbers twice, and one that repeats itself gives all three.
 */
function takenByStock(prints: readonly FeedPrint[]): Map<string, Taken[]> {
  const seen = new Set<string>();
  const newest = new Map<string, number>();
  const byStock = new Map<string, Taken[]>();
  for (const print of prints.toSorted((a, b) => a.receivedMs - b.receivedMs)) {
    const { stock, timeMs, sequence, session } = print;
    const identity = `${stock},${timeMs},${sequence}`;
    if (session !== 'regular' || seen.has(identity)) continue;
    seen.add(identity);
    const last = newest.get(stock) ?? timeMs;
    newest.set(stock, Math.max(last, timeMs));
    const own = byStock.get(stock) ?? [];
    byStock.set(stock, own);
    own.push({ ...print, isLate: timeMs < last });
  }
  for (const own of byStock.values()) own.sort((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);
  return byStock;
}

/** The exchange's last word on a stock at a moment. */
function stateAt(states: readonly FeedState[], stock: string, asOfMs: number): string {
  let state = 'trading';
  for (const one of states)
    if (one.receivedMs <= asOfMs && (one.stock === stock || one.stock === '*')) state = one.state;
  return state;
}

/** An auction's price is where trading begins anew: the way to it is no step of the market. */
function volatilityOf(own: readonly FeedPrint[]): number {
  const steps = own.slice(1).flatMap((print, at) =>
    // own[at] is the print before it.
    print.kind === 'trade' ? [Math.log(print.priceTwd / own[at]!.priceTwd)] : [],
  );
  return steps.length < 2 ? Number.NaN : Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
}

/**
 * What the reference says during a session, from the prints that had been received at each moment; by moment, then by stock.
 * @param states in the order in which the exchange says them
 */
export function livePredictions(
  prints: readonly FeedPrint[],
  states: readonly FeedState[],
  moments: readonly AskedMoment[],
): LiveRow[] {
  const byStock = [...takenByStock(prints)].sort(([a], [b]) => (a < b ? -1 : 1));
  return moments.flatMap(({ asOfMs, maxAgeMs }) =>
    byStock.flatMap(([stock, all]): LiveRow[] => {
      const own = all.filter(({ receivedMs }) => receivedMs <= asOfMs);
      const last = own.at(-1);
      if (!last) return [];
      let [volume, turnover] = [0, 0];
      for (const print of own) {
        volume += print.volume;
        turnover += print.volume * print.priceTwd;
      }
      const state = stateAt(states, stock, asOfMs);
      return [
        {
          asOfMs,
          stock,
          prediction: turnover / volume / last.priceTwd - 1,
          flag: state !== 'trading' ? state : asOfMs - last.timeMs > maxAgeMs ? 'stale' : '',
          volatility: volatilityOf(own),
          late: own.filter(({ isLate }) => isLate).length,
        },
      ];
    }),
  );
}
