import { InputError } from '@preopen/core';
import type { Basis, Instrument } from './tick-table.ts';

/** A day's limits in per mille of the reference price. */
export interface LimitPerMille {
  readonly down: number;
  readonly up: number;
}

interface LimitEra extends LimitPerMille {
  readonly from: string;
  readonly basis: Basis;
  readonly source: string;
}

const operatingRules = 'TWSE Operating Rules Art. 63; TPEx the same';

/** Limits of stocks by date, oldest first. */
export const limitEras: readonly LimitEra[] = [
  { from: '1987-01-01', down: 50, up: 50, basis: 'unverified', source: 'commonly told' },
  { from: '1987-10-27', down: 30, up: 30, basis: 'unverified', source: 'commonly told' },
  { from: '1988-11-14', down: 50, up: 50, basis: 'unverified', source: 'commonly told' },
  { from: '1989-10-11', down: 70, up: 70, basis: 'unverified', source: 'the first day as commonly told' },
  {
    from: '1992-01-04',
    down: 70,
    up: 70,
    basis: 'measured',
    source: `${operatingRules}; no move of 1992 to 2015 beyond`,
  },
  { from: '2015-06-01', down: 100, up: 100, basis: 'sourced', source: operatingRules },
];

/** Sessions, first and last included, in which the downside limit was halved to 3.5 %; the upside stayed at 7 %. */
export interface NarrowedPeriod {
  readonly from: string;
  readonly to: string;
  readonly event: string;
}

/**
 * The seven periods of narrowed limits, dated from prices: on these sessions no stock traded below 3.5 % and many traded
 * just there, while the sessions before and after break it at once. The usual lists name three or four of them.
 */
export const narrowedPeriods: readonly NarrowedPeriod[] = [
  { from: '1999-09-27', to: '1999-10-08', event: '921 earthquake' },
  { from: '2000-03-20', to: '2000-03-24', event: 'presidential election' },
  { from: '2000-10-04', to: '2000-10-11', event: 'fall of autumn 2000' },
  { from: '2000-10-20', to: '2000-11-07', event: 'fall of autumn 2000' },
  { from: '2000-11-21', to: '2000-12-30', event: 'fall of autumn 2000' },
  { from: '2001-09-19', to: '2001-09-21', event: 'after 11 September' },
  { from: '2008-10-13', to: '2008-10-24', event: 'financial crisis' },
];

/** New stocks trade without limits in their first five sessions since this day. */
export const freeListingFrom = '2005-03-01';
export const freeListingSessions = 5;

/** The limits of a date and how they are known; `limits` is `undefined` for what has none. */
export interface LimitRule {
  readonly limits: LimitPerMille | undefined;
  readonly basis: Basis;
  readonly source: string;
}

/**
 * The rule that sets an instrument's limits on a date.
 * @throws InputError before 1987, and for warrants, whose limits follow from their underlying's
 */
export function limitRuleOf(instrument: Instrument, date: string): LimitRule {
  if (instrument === 'warrant') {
    throw new InputError(
      'priceLimits: the limits of a warrant follow from its underlying’s. Ask warrantLimits() with the underlying’s reference and the exercise ratio.',
    );
  }
  if (instrument === 'etf-foreign')
    return { limits: undefined, basis: 'sourced', source: 'TPEx trading rules; TWSE rules of ETNs Art. 9' };
  if (instrument === 'corporate-bond')
    return { limits: { down: 50, up: 50 }, basis: 'sourced', source: 'TWSE rules of corporate bonds Art. 7' };
  const era = limitEras.findLast(({ from }) => from <= date);
  if (!era) throw new InputError(`priceLimits: the rules are known from ${limitEras[0]!.from}, not for ${date}.`);
  const narrowed = narrowedPeriods.find(({ from, to }) => from <= date && date <= to);
  const multiple = instrument === 'etf-leveraged-2x' ? 2 : 1;
  const limits = { down: (narrowed ? 35 : era.down) * multiple, up: era.up * multiple };
  return narrowed
    ? { limits, basis: 'measured', source: `halved after: ${narrowed.event}` }
    : { limits, basis: era.basis, source: era.source };
}
