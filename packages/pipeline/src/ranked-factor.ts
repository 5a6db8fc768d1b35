import type { Factor } from './factors/factor.ts';
import type { MarketColumns } from './factors/market-columns.ts';
import { crossSectionalRank } from './operators.ts';

/** Computes a factor and fills `out` with its ranks within the day. */
export function rankInto(factor: Factor, market: MarketColumns, out: Float32Array): void {
  out.set(crossSectionalRank(factor.compute(market), market.shape));
}
