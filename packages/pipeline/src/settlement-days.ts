import { settlementCalendar } from '@preopen/market-tw';

/** First trade date that settles two days later, as the calendar of settlement knows it. */
const firstTradeDate = '2009-02-02';

/**
 * The settlement day of each session: the second day after it on which trades are settled. Those are the sessions that truly were,
 * and the two days before Lunar New Year that have none; a day that a typhoon closed is no such day.
 * @param sessions ISO dates on which something traded, ascending
 * @returns `[tradeDate, settlesOn]`, without the last sessions, whose days are not known yet
 */
export function settlementDays(sessions: readonly string[]): (readonly [string, string])[] {
  const years = new Set(sessions.map((date) => Number(date.slice(0, 4))));
  const { settlementOnlyDays } = settlementCalendar();
  const [first, last] = [sessions[0] ?? '', sessions.at(-1) ?? ''];
  const only = [...years].flatMap((year) => settlementOnlyDays(year).map(({ date }) => date));
  const days = [...new Set([...sessions, ...only.filter((date) => date > first && date < last)])].sort();
  return sessions.flatMap((date) => {
    const settlesOn = days[days.indexOf(date) + 2];
    return date < firstTradeDate || settlesOn === undefined ? [] : [[date, settlesOn] as const];
  });
}
