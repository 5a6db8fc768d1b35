import { type Panel, priceLimits } from '@preopen/market-tw';
import { midranks } from '../operators/midranks.ts';

/** What trading costs, as ratios of the amount traded. */
export interface TradingCosts {
  /** Each way. */
  readonly commission: number;
  /** On what is sold. */
  readonly tax: number;
}

/** Taiwan: commission 0.1425 % each way (the full rate; brokers rebate), securities transaction tax 0.3 % on sales. */
export const taiwanCosts: TradingCosts = { commission: 0.001425, tax: 0.003 };

/** Day by day, what a portfolio of the best-ranked stocks earned; one entry for each day that it was held. */
export interface PortfolioDays {
  /** Day of the panel at whose open it was traded. */
  readonly day: Int32Array;
  /** Return from that open to the next, before and after costs. */
  readonly gross: Float64Array;
  readonly net: Float64Array;
  /** Same of all stocks that were predicted, equally weighted, without costs. */
  readonly market: Float64Array;
  /** Share of the portfolio that was bought. */
  readonly turnover: Float64Array;
  /** Orders that a price limit or a halt stopped. */
  readonly blocked: Int32Array;
}

/**
 * The best-ranked part of the stocks, equally weighted, traded each day at the open after the predictions, long only.
 * A stock that opens at its upper limit cannot be bought, one at its lower limit cannot be sold, one that does not trade
 * neither; what cannot be sold stays in the portfolio.
 * @param share of the stocks that are held, such as 0.2
 */
export function topPortfolio(
  panel: Panel,
  predictions: Float64Array,
  { share, costs = taiwanCosts }: { readonly share: number; readonly costs?: TradingCosts },
): PortfolioDays {
  const n = panel.stocks.length;
  const days = panel.dates.length;
  const ranks = new Float64Array(n);
  const weights = new Float64Array(n);
  const rows: number[][] = [];
  let predicted: number[] = [];
  for (let t = 0; t + 2 < days; t++) {
    const count = midranks(predictions.subarray(t * n, (t + 1) * n), ranks);
    // Between predictions (a weekly pipeline's, say) the portfolio is left alone.
    const isTraded = count >= 1 / share;
    if (!isTraded && predicted.length === 0) continue;
    if (isTraded) predicted = [...ranks.keys()].filter((i) => !Number.isNaN(ranks[i]!));
    const traded = isTraded
      ? trade(panel, t + 1, weights, targetWeights(ranks, count, share))
      : { bought: 0, sold: 0, blocked: 0 };
    const cost = traded.bought * costs.commission + traded.sold * (costs.commission + costs.tax);
    const market = predicted.reduce((sum, i) => sum + openToOpen(panel, t + 1, i), 0) / predicted.length;
    let gross = 0;
    for (let i = 0; i < n; i++) {
      if (weights[i] === 0) continue;
      const earned = openToOpen(panel, t + 1, i);
      gross += weights[i]! * earned;
      weights[i]! *= 1 + earned;
    }
    for (let i = 0; i < n; i++) weights[i]! /= 1 + gross;
    rows.push([t + 1, gross, gross - cost, market, traded.bought, traded.blocked]);
  }
  const column = (k: number): number[] => rows.map((row) => row[k]!);
  return {
    day: Int32Array.from(column(0)),
    gross: Float64Array.from(column(1)),
    net: Float64Array.from(column(2)),
    market: Float64Array.from(column(3)),
    turnover: Float64Array.from(column(4)),
    blocked: Int32Array.from(column(5)),
  };
}

/** Equal weights of the best-ranked. */
function targetWeights(ranks: Float64Array, count: number, share: number): Float64Array {
  const least = (1 - share) * count - 0.5;
  const isHeld = ranks.map((rank) => (rank >= least ? 1 : 0));
  const held = isHeld.reduce((sum, value) => sum + value, 0);
  return isHeld.map((value) => value / Math.max(1, held));
}

/** Moves weights to their target as far as the open lets it: sales first, then purchases with what there is. */
function trade(
  panel: Panel,
  day: number,
  weights: Float64Array,
  target: Float64Array,
): { bought: number; sold: number; blocked: number } {
  const before = weights.reduce((sum, weight) => sum + weight, 0);
  let cash = before === 0 ? 1 : 1 - before;
  let sold = 0;
  let blocked = 0;
  const wanted = new Float64Array(weights.length);
  let wantedSum = 0;
  for (let i = 0; i < weights.length; i++) {
    const difference = target[i]! - weights[i]!;
    if (Math.abs(difference) < 1e-12) continue;
    if (isBlocked(panel, day, i, difference > 0 ? 'buy' : 'sell')) {
      blocked++;
    } else if (difference < 0) {
      weights[i] = target[i]!;
      sold -= difference;
      cash -= difference;
    } else {
      wanted[i] = difference;
      wantedSum += difference;
    }
  }
  // What could not be sold is missing here, so that purchases shrink.
  const part = wantedSum > 0 ? Math.min(1, Math.max(0, cash) / wantedSum) : 0;
  for (let i = 0; i < weights.length; i++) weights[i]! += part * wanted[i]!;
  return { bought: part * wantedSum, sold, blocked };
}

const halfCent = 0.005;

function isBlocked({ fields, dates, stocks }: Panel, day: number, i: number, side: 'buy' | 'sell'): boolean {
  const at = day * stocks.length + i;
  const open = fields.open[at]!;
  const reference = fields.reference[at]!;
  if (Number.isNaN(open) || !(reference > 0)) return true;
  // Adjusted prices have parts of a cent; the exchange's references do not.
  const limits = priceLimits({ reference: Math.max(0.01, Math.round(reference * 100) / 100), date: dates[day]! });
  if (limits === undefined) return false;
  return side === 'buy' ? open >= limits.up - halfCent : open <= limits.down + halfCent;
}

/** Return from a day's open to the next day's, dividends included; the close stands in where there is no open. */
function openToOpen({ fields, stocks }: Panel, day: number, i: number): number {
  const at = day * stocks.length + i;
  const next = at + stocks.length;
  const intraday = Number.isNaN(fields.open[at]!) ? 0 : fields.close[at]! / fields.open[at]! - 1;
  const overnight = Number.isNaN(fields.open[next]!) ? 0 : fields.open[next]! / fields.reference[next]! - 1;
  return Number.isFinite(intraday) && Number.isFinite(overnight) ? (1 + intraday) * (1 + overnight) - 1 : 0;
}
