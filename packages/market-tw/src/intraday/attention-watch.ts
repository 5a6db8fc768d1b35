import { intradayAttentionTests, leastAttentionShares } from '../disposition.ts';
import type { StockPlan } from './day-plan.ts';
import type { IntradayBatch } from './event-batch.ts';

/** Follows a day's prints and tells which stocks come to meet an attention test during trading. */
export interface AttentionWatch {
  /**
   * Takes in the next events.
   * @returns the stocks that meet a test for the first time that day, by their index in the panel, with their last prices
   */
  follow(batch: IntradayBatch): { readonly stock: number; readonly priceCents: number }[];
}

/**
 * The index's change and range are those of the mean stock: a panel does not tell what each weighs in the index.
 * @param stockCount stocks of the panel; those without a plan or a reference price are not watched
 */
export function createAttentionWatch(plans: readonly StockPlan[], stockCount: number): AttentionWatch {
  const reference = new Float64Array(stockCount);
  for (const { stock, referenceCents } of plans) reference[stock] = referenceCents;
  const low = new Float64Array(stockCount).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(stockCount);
  const change = new Float64Array(stockCount);
  const shares = new Float64Array(stockCount);
  const isAnnounced = new Uint8Array(stockCount);
  let traded = 0;
  let sum = 0;
  let lowest = 0;
  let highest = 0;
  return {
    follow({ count, stock, priceCents, volume }) {
      for (let k = 0; k < count; k++) {
        const i = stock[k]!;
        const base = reference[i]!;
        // What trades no shares is no print: a limit that was reached, the price of an interruption.
        if (base === 0 || volume[k]! === 0) continue;
        const cents = priceCents[k]!;
        if (shares[i] === 0) traded++;
        shares[i]! += volume[k]!;
        if (cents < low[i]!) low[i] = cents;
        if (cents > high[i]!) high[i] = cents;
        const now = cents / base - 1;
        sum += now - change[i]!;
        change[i] = now;
      }
      const marketChange = traded > 0 ? sum / traded : 0;
      lowest = Math.min(lowest, marketChange);
      highest = Math.max(highest, marketChange);
      const met: { stock: number; priceCents: number }[] = [];
      for (let i = 0; i < stockCount; i++) {
        if (isAnnounced[i] === 1 || shares[i]! < leastAttentionShares) continue;
        const tests = intradayAttentionTests({
          volumeShares: shares[i]!,
          range: (high[i]! - low[i]!) / reference[i]!,
          marketRange: highest - lowest,
          change: change[i]!,
          marketChange,
        });
        if (tests.length === 0) continue;
        isAnnounced[i] = 1;
        met.push({ stock: i, priceCents: Math.round(reference[i]! * (1 + change[i]!)) });
      }
      return met;
    },
  };
}
