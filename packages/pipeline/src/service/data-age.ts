import { tradingCalendar } from '@preopen/market-tw';

const taipeiMs = 8 * 3_600_000;
/** End of the regular session in Taipei: from then on, data of the day before are not the last any more. */
const close = '13:30';

/**
 * Sessions that have closed since data were made: 0 as long as they are of the last session that has. Days beyond the
 * calendar count as none.
 * @param dataDate session whose evening the data are of
 * @param nowMs wall clock
 */
export function sessionsBehind(dataDate: string, nowMs: number): number {
  const taipei = new Date(nowMs + taipeiMs).toISOString();
  const [today, time] = [taipei.slice(0, 10), taipei.slice(11, 16)];
  const { firstDate, lastDate, sessionsBetween } = tradingCalendar();
  const from = dataDate < firstDate ? firstDate : dataDate;
  const to = today > lastDate ? lastDate : today;
  return from > to
    ? 0
    : sessionsBetween(from, to).filter((date) => date > dataDate && (date < today || time >= close)).length;
}

/** As `sessionsBehind`, which walks the calendar: asked by each request, it is worked out once a minute. */
export function dataAge(nowMs: () => number): (dataDate: string) => number {
  let known = '';
  let sessions = 0;
  return (dataDate) => {
    const minute = Math.floor(nowMs() / 60_000);
    const key = `${dataDate} ${minute}`;
    if (key !== known) {
      sessions = sessionsBehind(dataDate, minute * 60_000);
      known = key;
    }
    return sessions;
  };
}
