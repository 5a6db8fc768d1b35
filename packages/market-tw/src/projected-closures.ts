import { lunarDays } from './data/lunar-days.ts';
import { dayNumber, isoDate, weekdayOf } from './date.ts';

/** A weekday that the holiday rules close. */
export interface ProjectedClosure {
  readonly date: string;
  readonly reason: string;
}

/** First and last year for which the lunar holidays are known here. */
export const projectedYears: { readonly first: number; readonly last: number } = {
  first: 2025,
  last: Math.max(...Object.keys(lunarDays).map(Number)),
};

const isWeekend = (day: number): boolean => weekdayOf(day) === 0 || weekdayOf(day) === 6;

/** Tomb Sweeping Day is the solar term Qingming, 4 or 5 April in this century. */
function tombSweepingDay(year: number): number {
  const y = year % 100;
  return dayNumber(`${year}-04-0${Math.floor(y * 0.2422 + 4.81) - Math.floor(y / 4)}`);
}

interface Holiday {
  readonly day: number;
  readonly name: string;
  /** Lunar New Year is compensated after it, whichever weekend day it falls on. */
  readonly isNewYear?: boolean;
}

function holidaysOf(year: number): Holiday[] {
  const [newYear, dragonBoat, midAutumn] = lunarDays[year]!.split(' ').map((text) =>
    dayNumber(`${year}-${text.slice(0, 2)}-${text.slice(2)}`),
  ) as [number, number, number];
  const fixed = (monthDay: string, name: string): Holiday => ({ day: dayNumber(`${year}-${monthDay}`), name });
  const tombSweeping = tombSweepingDay(year);
  const childrens = dayNumber(`${year}-04-04`);
  return [
    fixed('01-01', 'Founding Day'),
    { day: newYear - 2, name: 'day before Lunar New Year’s Eve', isNewYear: true },
    { day: newYear - 1, name: 'Lunar New Year’s Eve', isNewYear: true },
    ...[0, 1, 2].map((n) => ({ day: newYear + n, name: `Lunar New Year, day ${n + 1}`, isNewYear: true })),
    fixed('02-28', 'Peace Memorial Day'),
    { day: childrens, name: 'Children’s Day' },
    // Where both fall on one day, the day before is free as well, or the day after if it is a Thursday.
    {
      day: tombSweeping !== childrens ? tombSweeping : childrens + (weekdayOf(childrens) === 4 ? 1 : -1),
      name: 'Tomb Sweeping Day',
    },
    fixed('05-01', 'Labour Day'),
    { day: dragonBoat, name: 'Dragon Boat Festival' },
    { day: midAutumn, name: 'Mid-Autumn Festival' },
    fixed('09-28', 'Teachers’ Day'),
    fixed('10-10', 'National Day'),
    fixed('10-25', 'Taiwan Restoration Day'),
    fixed('12-25', 'Constitution Day'),
  ];
}

/** Holidays of a year that were moved off weekends, with those of the next year that move into this one. */
function closuresByRule(year: number): Map<number, string> {
  const holidays = holidaysOf(year);
  const closed = new Map(holidays.map(({ day, name }) => [day, name]));
  for (const { day, name, isNewYear } of holidays.filter((holiday) => isWeekend(holiday.day))) {
    const step = weekdayOf(day) === 6 && !isNewYear ? -1 : 1;
    let free = day + step;
    while (isWeekend(free) || closed.has(free)) free += step;
    closed.set(free, `compensates ${name}, ${isoDate(day)}`);
  }
  // Two days before the break nothing is traded, but what was traded is settled.
  const eve = holidays.find(({ isNewYear }) => isNewYear)!.day;
  for (let day = eve - 1, left = 2; left > 0; day--) {
    if (isWeekend(day) || closed.has(day)) continue;
    closed.set(day, 'Lunar New Year: settlement-only day');
    left--;
  }
  const nextFounding = dayNumber(`${year + 1}-01-01`);
  if (weekdayOf(nextFounding) === 6) closed.set(nextFounding - 1, `compensates Founding Day, ${isoDate(nextFounding)}`);
  return closed;
}

/**
 * Weekdays that the rules in force since the holiday act of 2025 close. A projection: the exchange decides each autumn,
 * and typhoons are in no rule.
 * @param year 2025 to 2050
 * Source: Act on Memorial Days and Holidays (2025): a holiday on a Saturday is taken the working day before, on a Sunday
 * the one after; Lunar New Year after. TWSE: two settlement-only days before the Lunar New Year break.
 */
export function projectedClosures(year: number): ProjectedClosure[] {
  return [...closuresByRule(year)]
    .filter(([day]) => !isWeekend(day) && isoDate(day).startsWith(`${year}-`))
    .sort(([a], [b]) => a - b)
    .map(([day, reason]) => ({ date: isoDate(day), reason }));
}
