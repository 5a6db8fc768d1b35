import type { Panel } from '@preopen/market-tw';

/** A prediction that is not what it was on its own day. */
export interface LookAhead {
  readonly date: string;
  readonly stock: string;
  /** Prediction with all the data; `NaN` if there is none. */
  readonly whole: number;
  /** Prediction with what was known at the cut; `NaN` if there is none. */
  readonly cut: number;
}

/**
 * Compares predictions made with all the data with those made when the panel ended earlier, for the days that both have.
 * @param tolerance differences up to it are none
 */
export function lookAheads(
  whole: { readonly panel: Panel; readonly values: Float64Array },
  cut: { readonly panel: Panel; readonly values: Float64Array },
  tolerance: number,
): { readonly compared: number; readonly found: LookAhead[] } {
  const columnOf = new Map(cut.panel.stocks.map(({ code }, i) => [code, i]));
  const n = whole.panel.stocks.length;
  const m = cut.panel.stocks.length;
  const found: LookAhead[] = [];
  let compared = 0;
  for (let t = 0; t < cut.panel.dates.length; t++) {
    for (let i = 0; i < n; i++) {
      const a = whole.values[t * n + i]!;
      const column = columnOf.get(whole.panel.stocks[i]!.code);
      const b = column === undefined ? Number.NaN : cut.values[t * m + column]!;
      if (Number.isNaN(a) && Number.isNaN(b)) continue;
      compared++;
      if (Math.abs(a - b) <= tolerance) continue;
      found.push({ date: whole.panel.dates[t]!, stock: whole.panel.stocks[i]!.code, whole: a, cut: b });
    }
  }
  return { compared, found };
}
