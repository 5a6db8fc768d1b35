import { createPanel, type Panel, panelFields } from '@preopen/market-tw';

/**
 * The panel without what stands under a code before the company of today was listed: it is the history of another one, whose code
 * was given away again. Stocks of which no listing is known keep all they have.
 * @returns the panel itself where there is nothing of that kind, and the codes that lost rows
 */
export function sinceListing(panel: Panel): { readonly panel: Panel; readonly codes: readonly string[] } {
  const { dates, stocks, fields } = panel;
  const n = stocks.length;
  const firstOf = stocks.map(({ listed }) => (listed === '' ? 0 : dates.findIndex((date) => date >= listed)));
  const until = firstOf.map((first) => (first < 0 ? dates.length : first));
  const codes = stocks
    .filter((_, i) => {
      for (let t = 0; t < until[i]!; t++) if (!Number.isNaN(fields.close[t * n + i]!)) return true;
      return false;
    })
    .map(({ code }) => code);
  if (codes.length === 0) return { panel, codes };
  const out = createPanel(dates, stocks);
  for (const field of panelFields) {
    out.fields[field].set(fields[field]);
    for (const [i, days] of until.entries()) for (let t = 0; t < days; t++) out.fields[field][t * n + i] = Number.NaN;
  }
  return { panel: out, codes };
}
