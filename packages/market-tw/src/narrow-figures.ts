import { dayNumber } from './date.ts';
import type { CompanyFigures } from './simulation/company-reports.ts';

type Stocks = readonly { readonly code: string }[];

/**
 * The figures of some of the stocks, numbered as in their panel.
 * @param publishedUntil ISO date; what was published later is left out. Default: nothing is
 */
export function narrowFigures(
  figures: CompanyFigures,
  from: Stocks,
  to: Stocks,
  publishedUntil?: string,
): CompanyFigures {
  const lastDay = publishedUntil === undefined ? Number.POSITIVE_INFINITY : dayNumber(publishedUntil);
  const placeOf = new Map(to.map(({ code }, i) => [code, i]));
  const place = Int32Array.from(from, ({ code }) => placeOf.get(code) ?? -1);
  const keep = Int32Array.from(figures.value.keys()).filter(
    (k) => place[figures.stock[k]!]! >= 0 && figures.publishedDay[k]! <= lastDay,
  );
  return {
    stock: keep.map((k) => place[figures.stock[k]!]!),
    figure: Uint8Array.from(keep, (k) => figures.figure[k]!),
    period: keep.map((k) => figures.period[k]!),
    publishedDay: keep.map((k) => figures.publishedDay[k]!),
    value: Float64Array.from(keep, (k) => figures.value[k]!),
  };
}
