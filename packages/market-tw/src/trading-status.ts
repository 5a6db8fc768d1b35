import { InputError } from '@preopen/core';
import { type TradingCalendar, tradingCalendar } from './calendar.ts';

/**
 * A stretch without trading. `halt`: until news is explained, one to three sessions, prolonged if need be. `suspension`:
 * until something is done, such as a capital reduction, after which there is a new reference price.
 */
export interface TradingStop {
  readonly kind: 'halt' | 'suspension';
  /** First session without trading. */
  readonly from: string;
  /** First session with trading again; `undefined` while nobody knows. */
  readonly resumes: string | undefined;
  readonly reason: string;
}

/** What a security may be on a date. */
export type TradingStatus = 'trading' | 'halted' | 'suspended' | 'not-listed' | 'delisted' | 'market-closed';

/** A security's life. Dates are sessions. */
export interface TradingLife {
  readonly listedOn?: string | undefined;
  /** Last session. */
  readonly delistedAfter?: string | undefined;
  readonly stops: readonly TradingStop[];
}

/**
 * Whether a security trades on a date. Holes in a price series are honest where this says so, and errors where it does not.
 * @throws InputError outside the calendar
 */
export function tradingStatus(
  { listedOn, delistedAfter, stops }: TradingLife,
  date: string,
  calendar: TradingCalendar = tradingCalendar(),
): TradingStatus {
  if (!calendar.isOpen(date)) return 'market-closed';
  if (listedOn !== undefined && date < listedOn) return 'not-listed';
  if (delistedAfter !== undefined && date > delistedAfter) return 'delisted';
  const stop = stops.find(({ from, resumes }) => from <= date && (resumes === undefined || date < resumes));
  if (!stop) return 'trading';
  return stop.kind === 'halt' ? 'halted' : 'suspended';
}

/**
 * A halt of one company pending news, from a session on.
 * @param sessions 1 to 3, as the exchange decides; `prolongedBy` for its extensions
 * @throws InputError for another length, a day without a session, or before the measure began
 * Source: TWSE Procedures on Material Information Art. 13-1, 13-2; in force since January 2016 (the day unverified)
 */
export function newsHalt(
  {
    from,
    sessions = 1,
    prolongedBy = 0,
    reason,
  }: { readonly from: string; readonly sessions?: 1 | 2 | 3; readonly prolongedBy?: number; readonly reason: string },
  calendar: TradingCalendar = tradingCalendar(),
): TradingStop {
  if (from < '2016-01-15')
    throw new InputError(`newsHalt: the measure is in force since January 2016, not on ${from}.`);
  if (!calendar.isOpen(from)) throw new InputError(`newsHalt: there is no session on ${from}.`);
  if (![1, 2, 3].includes(sessions) || !Number.isInteger(prolongedBy) || prolongedBy < 0)
    throw new InputError(
      `newsHalt: expected 1 to 3 sessions and a whole prolongation, got ${sessions} and ${prolongedBy}.`,
    );
  let resumes = from;
  for (let left = sessions + prolongedBy; left > 0; left--) resumes = calendar.nextSession(resumes);
  return { kind: 'halt', from, resumes, reason };
}

/**
 * What the exchange owes when its own systems fail, in minutes. On the switch to the backup the first match is a call
 * auction, and orders lost from memory are void: firms reconcile and enter them again.
 * Source: TWSE Measures for Handling Malfunctions, 2020-02-26
 */
export const malfunctionMinutes: {
  readonly announceConfirmed: 20;
  readonly findOut: 40;
  readonly announceSuspension: 20;
} = { announceConfirmed: 20, findOut: 40, announceSuspension: 20 };
