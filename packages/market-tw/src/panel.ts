/** Where a stock is listed. */
export type Market = 'TWSE' | 'TPEx';

/** One security of a panel. */
export interface Stock {
  /** Exchange code; a text, since leading zeros and letters count. */
  readonly code: string;
  readonly name: string;
  readonly market: Market;
  /** Official industry code, such as `24` for semiconductors; empty where unknown. */
  readonly sector: string;
  /** First session in ISO form; empty where it lies before the panel or is unknown. */
  readonly listed: string;
  /** Last session; `null` while listed. */
  readonly delisted: string | null;
}

/** Names of a panel's columns. */
export const panelFields = [
  'open',
  'high',
  'low',
  'close',
  'reference',
  'volume',
  'turnoverTwd',
  'trades',
  'foreignNetBuy',
  'marginBalance',
  'limitState',
  'haltState',
  'adjustedFactor',
] as const;
/** One of `panelFields`. */
export type PanelField = (typeof panelFields)[number];

/** Columns that hold numbers below 0. */
export const signedFields: ReadonlySet<string> = new Set<PanelField>(['foreignNetBuy', 'limitState']);

/** What `haltState` says of a day. Only on days of the first kind a stock has prices. */
export const haltStates = { traded: 0, withoutTrade: 1, halted: 2, suspended: 3 } as const;

/**
 * A market by day and stock: one array per field, `[days × stocks]`, row-major by day.
 * `NaN` is no value: not listed, halted, or not given by the source. Prices in NT$; volume, foreign net buy and margin
 * balance in shares. `reference` is the price that the day's limits start from: the previous close, adjusted on ex-days; a
 * day's return is `close / reference − 1`. `adjustedFactor` makes closes comparable over ex-days: `close × adjustedFactor`
 * moves by returns. It starts at 1 and grows, so that no later day changes an earlier one. `limitState` holds
 * `limitStateCodes`, `haltState` holds `haltStates`.
 */
export interface Panel {
  /** ISO dates, ascending. */
  readonly dates: readonly string[];
  /** Ascending by code. */
  readonly stocks: readonly Stock[];
  readonly fields: Readonly<Record<PanelField, Float64Array>>;
}

/** An empty panel: everything `NaN`. */
export function createPanel(dates: readonly string[], stocks: readonly Stock[]): Panel {
  const cells = dates.length * stocks.length;
  const fields = Object.fromEntries(panelFields.map((field) => [field, new Float64Array(cells).fill(Number.NaN)]));
  return { dates, stocks, fields: fields as Panel['fields'] };
}

/**
 * Returns over the next `horizonDays` sessions, dividends included, as ratios: `[days × stocks]`.
 * A stock that is halted in between keeps its price; `NaN` where it does not trade on the day itself or on the last one.
 */
export function forwardReturns(panel: Panel, horizonDays: number): Float64Array {
  const { dates, stocks, fields } = panel;
  const n = stocks.length;
  const returns = new Float64Array(dates.length * n).fill(Number.NaN);
  for (let t = 0; t + horizonDays < dates.length; t++) {
    for (let i = 0; i < n; i++) {
      const end = (t + horizonDays) * n + i;
      if (Number.isNaN(fields.close[t * n + i]!) || Number.isNaN(fields.close[end]!)) continue;
      let growth = 1;
      for (let step = 1; step <= horizonDays; step++) {
        const at = (t + step) * n + i;
        const close = fields.close[at]!;
        if (!Number.isNaN(close)) growth *= close / fields.reference[at]!;
      }
      returns[t * n + i] = growth - 1;
    }
  }
  return returns;
}

/** The last `days` sessions of a panel, and of its stocks the `stocks` most traded then; 0 keeps all. */
export function narrowPanel(panel: Panel, request: { readonly stocks: number; readonly days: number }): Panel {
  const firstDay = request.days > 0 ? Math.max(0, panel.dates.length - request.days) : 0;
  const n = panel.stocks.length;
  const traded = new Float64Array(n);
  for (let t = firstDay; t < panel.dates.length; t++) {
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      const turnover = panel.fields.turnoverTwd[at]!;
      const value = Number.isNaN(turnover) ? panel.fields.close[at]! * panel.fields.volume[at]! : turnover;
      if (value > 0) traded[i]! += value;
    }
  }
  const keep = Array.from({ length: n }, (_, i) => i)
    .filter((i) => traded[i]! > 0)
    .sort((a, b) => traded[b]! - traded[a]! || a - b)
    .slice(0, request.stocks > 0 ? request.stocks : n)
    .sort((a, b) => a - b);
  const narrowed = createPanel(
    panel.dates.slice(firstDay),
    keep.map((i) => panel.stocks[i]!),
  );
  for (const field of panelFields) {
    const from = panel.fields[field];
    const to = narrowed.fields[field];
    for (let t = 0; t < narrowed.dates.length; t++) {
      for (let j = 0; j < keep.length; j++) to[t * keep.length + j] = from[(t + firstDay) * n + keep[j]!]!;
    }
  }
  return narrowed;
}
