import { type ExaminedPanel, wholeCents } from './examined-panel.ts';

/** Whether prices were adjusted backwards for splits and rights: then ticks and limits do not hold. */
export interface Adjustment {
  readonly isAdjusted: boolean;
  /** Rows with a price between two ticks. */
  readonly rowsOffTick: number;
  readonly rows: number;
  /** Stocks whose prices are mostly off their ticks from their first row to the last such row, as adjusting makes them. */
  readonly stocks: number;
  readonly reason: string;
}

/** So many rows of one stock off their tick, most of those up to the last one, are no misprints. */
const fewestRows = 5;
/** Prices below 10 move by hundredths: what is adjusted there lies on the grid, so not all rows show it. */
const leastShare = 0.4;

/** Looks for the mark that adjusting leaves: whole stretches of a stock's past off the tick grid. */
export function detectAdjustment({ panel, kinds, grids }: ExaminedPanel): Adjustment {
  const n = panel.stocks.length;
  const offTick = new Int32Array(n);
  const upToLastOff = new Int32Array(n);
  const seen = new Int32Array(n);
  let rows = 0;
  for (let at = 0; at < panel.fields.close.length; at++) {
    const i = at % n;
    if (Number.isNaN(panel.fields.close[at]!) || kinds[i] === 'other' || kinds[i] === 'warrant') continue;
    rows++;
    seen[i]!++;
    if (!isOnGrid(panel.fields.close[at]!, grids[Math.floor(at / n)]![kinds[i] as 'stock' | 'fund'])) {
      offTick[i]!++;
      upToLastOff[i] = seen[i]!;
    }
  }
  const rowsOffTick = offTick.reduce((sum, count) => sum + count, 0);
  const stocks = offTick.filter((count, i) => count >= fewestRows && count >= leastShare * upToLastOff[i]!).length;
  const share = `${rowsOffTick} of ${rows} closes lie between two ticks`;
  return {
    isAdjusted: stocks > 0,
    rowsOffTick,
    rows,
    stocks,
    reason:
      stocks > 0
        ? `${share}, in ${stocks} stocks in unbroken stretches: these prices were adjusted, so that ticks and limits do not hold`
        : `${share}; no stock has a stretch of them`,
  };
}

/** Whether a price lies on the tick grid. */
export function isOnGrid(priceTwd: number, grid: { isOnTick(cents: number): boolean }): boolean {
  const cents = wholeCents(priceTwd);
  return cents !== undefined && grid.isOnTick(cents);
}
