import { type Panel, panelFields } from '@preopen/market-tw';
import type { Factor } from '../factors/factor.ts';
import { marketColumns } from '../factors/market-columns.ts';

/** A factor that knows the future, with the first value that changes. */
export interface FactorLookAhead {
  readonly factor: string;
  readonly date: string;
  readonly stock: string;
  /** Value with all days, and with none after the cut. */
  readonly whole: number;
  readonly cut: number;
  /** Values that change. */
  readonly count: number;
}

/**
 * Factors whose values on past days change when later days are added: computes each on the panel and on its first days,
 * and compares bit for bit. For factors of your own; those of the library are tested so.
 * @param cutDays numbers of days to cut the panel to, such as `[120, 200]`
 */
export function findLookAhead(factors: readonly Factor[], panel: Panel, cutDays: readonly number[]): FactorLookAhead[] {
  const n = panel.stocks.length;
  const market = marketColumns(panel);
  const cuts = cutDays.map((days) => marketColumns(firstDays(panel, days)));
  return factors.flatMap((factor) => {
    const whole = factor.compute(market);
    let count = 0;
    let first: Omit<FactorLookAhead, 'count'> | undefined;
    for (const cut of cuts) {
      const early = factor.compute(cut);
      for (let at = 0; at < early.length; at++) {
        if (Object.is(early[at], whole[at])) continue;
        count++;
        first ??= {
          factor: factor.name,
          date: panel.dates[Math.floor(at / n)]!,
          stock: panel.stocks[at % n]!.code,
          whole: whole[at]!,
          cut: early[at]!,
        };
      }
    }
    return first ? [{ ...first, count }] : [];
  });
}

function firstDays(panel: Panel, days: number): Panel {
  const cells = days * panel.stocks.length;
  const fields = Object.fromEntries(panelFields.map((field) => [field, panel.fields[field].slice(0, cells)]));
  return { dates: panel.dates.slice(0, days), stocks: panel.stocks, fields: fields as Panel['fields'] };
}
