import { InputError } from '@preopen/core';

const msPerDay = 86_400_000;

/** Days since 1970-01-01 of an ISO date; `NaN` for what is none. */
function parsedDay(date: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const ms = match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : Number.NaN;
  // Date.UTC carries 02-30 over into March: such a date does not come back as it was given.
  return Number.isNaN(ms) || isoDate(ms / msPerDay) !== date ? Number.NaN : ms / msPerDay;
}

/** Whether a text is a day of the calendar in ISO form. */
export function isDate(date: string): boolean {
  return !Number.isNaN(parsedDay(date));
}

/** Days since 1970-01-01 of an ISO date; the calendar's arithmetic is done in whole days, without time zones. */
export function dayNumber(date: string): number {
  const day = parsedDay(date);
  if (Number.isNaN(day)) throw new InputError(`“${date}” is no date. Give it as YYYY-MM-DD, such as 2020-03-19.`);
  return day;
}

/** ISO date of a day number. */
export function isoDate(day: number): string {
  return new Date(day * msPerDay).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}
