import { type CompanyFigures, companyFigureNames, type Panel, publishedFigures } from '@preopen/market-tw';
import { asOf } from '../operators.ts';
import type { Fundamentals } from './market-columns.ts';

/** What companies reported as columns of a panel: on each day the latest that was published before it. */
export function fundamentalsOf(figures: CompanyFigures, panel: Panel): Fundamentals {
  return Object.fromEntries(
    companyFigureNames.map((name) => [name, asOf(publishedFigures(figures, name, panel.stocks), panel)]),
  );
}
