import type { Panel } from '@preopen/market-tw';
import {
  change,
  crossSectionalMean,
  divide,
  fillForward,
  logarithm,
  multiply,
  type Shape,
  scale,
  subtract,
} from '../operators.ts';

/** What factors are computed from: columns `[days × stocks]`, each worked out once, when it is first asked for. */
export interface MarketColumns {
  readonly shape: Shape;
  readonly panel: Panel;
  /** Prices adjusted forward from a stock's first close, so that their changes are returns with dividends. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Adjusted close; the last one where a stock does not trade. */
  readonly lastClose: Float64Array;
  readonly logClose: Float64Array;
  /** Mean price of the day's trades, adjusted; the mean of high, low and close where the source has no turnover. */
  readonly vwap: Float64Array;
  /** Return of the day, a ratio: close / reference − 1. */
  readonly returns: Float64Array;
  /** Mean return of the day over all stocks. */
  readonly marketReturns: Float64Array;
  /** Return of the day less the market's. */
  readonly ownReturns: Float64Array;
  /** Open / reference − 1 and close / open − 1. */
  readonly overnightReturns: Float64Array;
  readonly intradayReturns: Float64Array;
  /** Shares. */
  readonly volume: Float64Array;
  readonly logVolume: Float64Array;
  /** NT$; close × volume where the source has none. */
  readonly turnoverTwd: Float64Array;
  readonly logTurnover: Float64Array;
  /** Foreign investors' net buying as a share of the day's volume. */
  readonly foreignShare: Float64Array;
  /** `[stocks]`: number of the stock's sector. */
  readonly sectors: Int32Array;
  /** Figures by name as they were public on each day (see `asOf`), of stocks that trade; missing where none were given. */
  figure(name: string): Float64Array;
}

/** Figures from company reports, by name, as columns of `asOf`. */
export type Fundamentals = Readonly<Record<string, Float64Array>>;

/** Makes the columns of a panel available to factors. */
export function marketColumns(panel: Panel, fundamentals: Fundamentals = {}): MarketColumns {
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const { fields } = panel;
  const made = new Map<string, Float64Array>();
  const once = (name: string, make: () => Float64Array): Float64Array => {
    const column = made.get(name) ?? make();
    made.set(name, column);
    return column;
  };
  const names = [...new Set(panel.stocks.map(({ sector }) => sector))];
  const sectors = Int32Array.from(panel.stocks, ({ sector }) => names.indexOf(sector));
  const columns: MarketColumns = {
    shape,
    panel,
    sectors,
    get adjustment() {
      return once('adjustment', () => divide(adjustedClose(panel, columns.returns), fields.close));
    },
    get open() {
      return once('open', () => multiply(fields.open, this.adjustment));
    },
    get high() {
      return once('high', () => multiply(fields.high, this.adjustment));
    },
    get low() {
      return once('low', () => multiply(fields.low, this.adjustment));
    },
    get close() {
      return once('close', () => adjustedClose(panel, columns.returns));
    },
    get lastClose() {
      return once('lastClose', () => fillForward(columns.close, shape));
    },
    get logClose() {
      return once('logClose', () => logarithm(columns.close));
    },
    get vwap() {
      return once('vwap', () => multiply(tradedPrice(panel), this.adjustment));
    },
    get returns() {
      return once('returns', () => change(fields.close, fields.reference));
    },
    get marketReturns() {
      return once('marketReturns', () => crossSectionalMean(columns.returns, shape));
    },
    get ownReturns() {
      return once('ownReturns', () => subtract(columns.returns, columns.marketReturns));
    },
    get overnightReturns() {
      return once('overnightReturns', () => change(fields.open, fields.reference));
    },
    get intradayReturns() {
      return once('intradayReturns', () => change(fields.close, fields.open));
    },
    get volume() {
      return fields.volume;
    },
    get logVolume() {
      return once('logVolume', () => logarithm(scale(fields.volume, 1, 1)));
    },
    get turnoverTwd() {
      return once('turnoverTwd', () => turnover(panel));
    },
    get logTurnover() {
      return once('logTurnover', () => logarithm(scale(columns.turnoverTwd, 1, 1)));
    },
    get foreignShare() {
      return once('foreignShare', () => divide(fields.foreignNetBuy, fields.volume));
    },
    figure(name) {
      return once(`figure ${name}`, () => {
        const out = new Float64Array(fields.close.length).fill(Number.NaN);
        const given = fundamentals[name];
        // A company that is not listed yet reports as well; it must not move the ranks of those that are.
        if (given) for (let at = 0; at < out.length; at++) if (!Number.isNaN(fields.close[at]!)) out[at] = given[at]!;
        return out;
      });
    },
  } as MarketColumns & { readonly adjustment: Float64Array };
  return columns;
}

/** Grows each stock's first close by its returns. */
function adjustedClose(panel: Panel, returns: Float64Array): Float64Array {
  const { close } = panel.fields;
  const n = panel.stocks.length;
  const out = new Float64Array(close.length).fill(Number.NaN);
  const last = new Float64Array(n).fill(Number.NaN);
  for (let row = 0; row < close.length; row += n) {
    for (let i = 0; i < n; i++) {
      if (Number.isNaN(close[row + i]!)) continue;
      const growth = Number.isNaN(returns[row + i]!) ? 1 : 1 + returns[row + i]!;
      last[i] = Number.isNaN(last[i]!) ? close[row + i]! : last[i]! * growth;
      out[row + i] = last[i]!;
    }
  }
  return out;
}

function turnover({ fields }: Panel): Float64Array {
  const out = multiply(fields.close, fields.volume);
  for (let at = 0; at < out.length; at++) if (!Number.isNaN(fields.turnoverTwd[at]!)) out[at] = fields.turnoverTwd[at]!;
  return out;
}

function tradedPrice({ fields }: Panel): Float64Array {
  const { high, low, close, volume, turnoverTwd } = fields;
  const out = new Float64Array(close.length);
  for (let at = 0; at < out.length; at++) {
    const price = turnoverTwd[at]! / volume[at]!;
    // Block trades count into turnover and may lie outside the day's range.
    out[at] = Number.isFinite(price)
      ? Math.min(high[at]!, Math.max(low[at]!, price))
      : (high[at]! + low[at]! + close[at]!) / 3;
  }
  return out;
}
