import { type PriceGrid, priceGrid } from '../limit-columns.ts';
import type { Panel } from '../panel.ts';
import { type ReferenceSource, referenceSources } from '../readers/assemble.ts';
import type { MarketData } from '../readers/market-data.ts';
import { type SecurityKind, securityKind } from '../readers/security-kind.ts';

/** A panel with what the tests ask of it again and again. */
export interface ExaminedPanel {
  readonly data: MarketData;
  readonly panel: Panel;
  /** By stock. */
  readonly kinds: readonly SecurityKind[];
  /** Whether a cell has a row: a volume or a price. */
  hasRow(at: number): boolean;
  sourceOf(at: number): ReferenceSource;
  /** Price rules of stocks and of funds, by day. */
  readonly grids: readonly { readonly stock: PriceGrid; readonly fund: PriceGrid }[];
  /** First row of each stock, as a day of the panel. */
  readonly firstDay: Int32Array;
  readonly lastDay: Int32Array;
}

/** Prepares what was read, or a panel from elsewhere, whose references count as given. */
export function examine(input: MarketData | Panel): ExaminedPanel {
  const data = 'panel' in input ? input : withoutPlaces(input);
  const { panel } = data;
  const n = panel.stocks.length;
  const { close, volume } = panel.fields;
  const hasRow = (at: number): boolean => !Number.isNaN(volume[at]!) || !Number.isNaN(close[at]!);
  const firstDay = new Int32Array(n).fill(-1);
  const lastDay = new Int32Array(n).fill(-1);
  for (let at = 0; at < close.length; at++) {
    if (!hasRow(at)) continue;
    const t = Math.floor(at / n);
    if (firstDay[at % n]! < 0) firstDay[at % n] = t;
    lastDay[at % n] = t;
  }
  return {
    data,
    panel,
    kinds: panel.stocks.map(({ code }) => securityKind(code)),
    hasRow,
    sourceOf: (at) => referenceSources[data.referenceSource[at]!]!,
    grids: panel.dates.map((date) => ({
      stock: priceGrid({ instrument: 'stock', date }),
      fund: priceGrid({ instrument: 'etf', date }),
    })),
    firstDay,
    lastDay,
  };
}

function withoutPlaces(panel: Panel): MarketData {
  const { reference } = panel.fields;
  const given = referenceSources.indexOf('given');
  return {
    panel,
    changeTwd: new Float64Array(reference.length).fill(Number.NaN),
    referenceSource: Uint8Array.from(reference, (price) => (price > 0 ? given : 0)),
    files: [],
    quarantined: [],
    references: Object.fromEntries(referenceSources.map((name) => [name, 0])) as MarketData['references'],
    placeOf: () => undefined,
  };
}

/** A price in whole hundredths; `undefined` for more decimals than the market has. */
export function wholeCents(priceTwd: number): number | undefined {
  const cents = Math.round(priceTwd * 100);
  return Math.abs(cents - priceTwd * 100) <= 1e-6 * Math.max(1, cents) ? cents : undefined;
}
