import { tradingCalendar } from '../calendar.ts';
import type { ExaminedPanel } from './examined-panel.ts';
import { countFindings, type Finding, notTested } from './findings.ts';

/** Days against the calendar: prices when the exchange was closed, sessions without any, holes of single stocks. */
export function calendarFindings(
  { panel, hasRow, firstDay, lastDay, data }: ExaminedPanel,
  mostExamples: number,
): Finding[] {
  const { dates, stocks, fields } = panel;
  const n = stocks.length;
  const calendar = tradingCalendar();
  const known = dates.filter((date) => date >= calendar.firstDate);
  if (known.length === 0) {
    const reason = `the calendar begins on ${calendar.firstDate}, after the last date`;
    return [notTested('closed-day', reason), notTested('missing-session', reason), stockGaps()];
  }
  const closedDay = countFindings('closed-day', mostExamples);
  dates.forEach((date, t) => {
    if (date < calendar.firstDate) return;
    const { isOpen, reason } = calendar.day(date);
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      if (!hasRow(at)) continue;
      closedDay.tested++;
      if (!isOpen) {
        const place = data.placeOf(at);
        closedDay.add(() => ({
          stock: stocks[i]!.code,
          date,
          value: `close ${fields.close[at]}, volume ${fields.volume[at]}: ${reason ?? 'closed'}`,
          ...(place ? { file: place.path, line: place.line } : {}),
        }));
      }
    }
  });
  const given = new Set(dates);
  const missing = countFindings('missing-session', mostExamples);
  const sessions = calendar.sessionsBetween(known[0]!, known.at(-1)!);
  missing.tested = sessions.length;
  for (const date of sessions) {
    if (given.has(date)) continue;
    const isSure = !calendar.day(date).estimated;
    missing.add(() => ({
      stock: '',
      date,
      value: isSure ? 'a session, no row of any stock' : 'perhaps a session (estimated)',
    }));
  }
  return [closedDay.finish(), missing.finish(), stockGaps()];

  function stockGaps(): Finding {
    const gaps = countFindings('stock-gap', mostExamples);
    for (let i = 0; i < n; i++) {
      for (let t = firstDay[i]!; t >= 0 && t <= lastDay[i]!; t++) {
        gaps.tested++;
        if (!hasRow(t * n + i)) {
          const from = t;
          gaps.add(() => {
            let until = from;
            while (!hasRow((until + 1) * n + i)) until++;
            return { stock: stocks[i]!.code, date: dates[from]!, value: `no row up to ${dates[until]}` };
          });
        }
      }
    }
    return gaps.finish();
  }
}
