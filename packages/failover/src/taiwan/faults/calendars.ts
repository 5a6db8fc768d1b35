import { rocDate } from '../../data/dataset-faults.ts';
import { type DatasetFiles, readPrices, withPrices } from '../../data/price-table.ts';
import { laterBy, readTable, redated, sessionsOf, withCells, withoutFigures, withTable } from '../dataset-tables.ts';
import { type Judged, judgeEach, noneChanged, noneClaimed, notJudged } from '../invariants.ts';
import { type DatasetTaiwanFault, drawn, grown, type PipelineAnswer, type Trial } from '../taiwan-fault.ts';

const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
/** Over more days lies a Lunar New Year, before which two days without a session settle. */
const mostDaysToSettle = 6;

/**
 * Trades of the two sessions before a closed day settle on the second session after them: the closed day is no settlement day.
 * @param sessions days that truly were sessions, ascending
 */
function judgeSettlement(
  sessions: readonly string[],
  closed: ReadonlySet<string>,
  { settlement }: PipelineAnswer,
): Judged {
  if (!settlement)
    return notJudged(
      'settlement',
      'settlement days in settlement.csv (date, settlesOn); the target does not state them',
    );
  const trades = sessions.flatMap((date, at) => {
    const due = sessions[at + 2];
    const spans = due !== undefined && [...closed].some((day) => day > date && day < due);
    return spans && daysBetween(date, due) <= mostDaysToSettle + closed.size ? [[date, due] as const] : [];
  });
  return judgeEach('settlement', trades, ([date, due]) => {
    const stated = settlement.get(date);
    return stated === due ? undefined : `trades of ${date} settle on ${due}, and ${stated ?? 'no day'} is stated`;
  });
}

/** TW-11 */
export const typhoon: DatasetTaiwanFault = {
  id: 'tw-11',
  title: 'A typhoon closes the market after the calendar was made',
  story:
    'Taipei suspends work the evening before or at 05:00, and the market is closed: 2024-07-24 and 25 (Gaemi), 2024-10-31 (Kong-rey). In a dataset: days that the calendar has as open and on which nothing traded; then a day of which the afternoon alone is off, as `notices.csv` (date, suspended) says: the session is over by then. Source: TWSE rules on natural disasters (FL007347)',
  intensity: 'closed days that the calendar does not know, up to two',
  dataset: {
    judges: ['claimedLive', 'changed', 'settlement', 'closedAfternoon'],
    trials({ files, intensity, random }) {
      const calendar = readTable(files, 'calendar');
      const sessions = sessionsOf(readPrices(files));
      const known = withoutFigures(files);
      if (!calendar) return [];
      const late = sessions.slice(Math.floor(sessions.length * 0.6), -3);
      const closed = new Set(drawn(late, grown(2, intensity), random));
      if (closed.size === 0) return [{ title: 'no day is closed', clean: known, faulty: known, judge: () => [] }];
      // That day nothing trades: neither in the one dataset nor in the other, which only says so as well.
      let without = known;
      for (const name of ['prices', 'halts']) {
        const table = readTable(known, name);
        if (!table) continue;
        const at = table.columns.indexOf('date');
        without = withTable(without, name, { ...table, rows: table.rows.filter((row) => !closed.has(row[at]!)) });
      }
      const [date] = [calendar.columns.indexOf('date')];
      const right = calendar.rows.map((row) =>
        closed.has(row[date]!) ? withCells(calendar, row, { open: '0' }) : row,
      );
      return [
        {
          title: `nothing trades on ${[...closed].sort().join(' and ')}, which the calendar has as open`,
          clean: withTable(without, 'calendar', { ...calendar, rows: right }),
          faulty: without,
          judge: (clean, answer) => [
            noneClaimed(
              answer.predictions,
              [...answer.predictions.keys()].filter((key) => closed.has(key.slice(0, 10))),
            ),
            noneChanged(clean, answer.predictions),
            judgeSettlement(
              sessions.filter((date) => !closed.has(date)),
              closed,
              answer,
            ),
          ],
        },
        {
          title: `the afternoon of ${[...closed].sort().join(' and ')} is off`,
          clean: known,
          faulty: withTable(known, 'notices', {
            columns: ['date', 'suspended'],
            rows: [...closed].sort().map((date) => [date, 'afternoon']),
          }),
          judge: (clean, { predictions }) => [
            noneChanged(
              new Map([...clean].filter(([key]) => closed.has(key.slice(0, 10)))),
              predictions,
              'closedAfternoon',
            ),
          ],
        },
      ];
    },
  },
};

/** TW-12 */
export const calendarErrors: DatasetTaiwanFault = {
  id: 'tw-12',
  title: 'A long holiday, and a calendar that lacks a day',
  story:
    'Over the Lunar New Year eleven days and more pass between two sessions; lags count sessions. In the first trial whole weeks are put between two sessions, so that weekdays stay as they were; in the second the calendar lacks days on which the market traded; in the third it has Saturdays as open on which Taiwan makes up for a bridge day at work, and the exchanges stay closed, as any calendar of offices has them.',
  intensity:
    'weeks without a session, up to two, days that the calendar lacks, up to three, and Saturdays that it has as open, up to two',
  dataset: {
    judges: ['changed', 'handled'],
    trials({ files, intensity, random }) {
      const known = withoutFigures(files);
      if (intensity === 0) return [{ title: 'the calendar is right', clean: known, faulty: known, judge: () => [] }];
      const sessions = sessionsOf(readPrices(files));
      const weeks = grown(2, intensity);
      // After the last session of a week, as a holiday begins.
      const half = Math.floor(sessions.length * 0.7);
      const at = sessions.findIndex((day, t) => t > half && weekdayOf(day) < weekdayOf(sessions[t - 1]!));
      const from = sessions[at < 0 ? half : at]!;
      const nameOf = (day: string): string => (day >= from ? laterBy(day, weeks * 7) : day);
      const trials: Trial[] = [
        {
          title: `${weeks} weeks without a session before ${nameOf(from)}`,
          clean: known,
          faulty: redated(known, nameOf),
          judge: (clean, { predictions }) => [
            noneChanged(
              new Map([...clean].map(([key, value]) => [`${nameOf(key.slice(0, 10))}${key.slice(10)}`, value])),
              predictions,
            ),
          ],
        },
      ];
      const calendar = readTable(files, 'calendar');
      if (calendar) {
        const date = calendar.columns.indexOf('date');
        const lacking = new Set(drawn(sessions.slice(half, -1), grown(3, intensity), random));
        const prices = readPrices(files);
        const day = prices.columns.indexOf('date');
        const rows = calendar.rows.filter((row) => !lacking.has(row[date]!));
        const faulty = withTable(files, 'calendar', { ...calendar, rows });
        trials.push({
          title: `the calendar lacks ${[...lacking].sort().join(', ')}`,
          clean: files,
          faulty,
          wrongData: {
            where: `the calendar’s days from ${[...lacking].sort()[0]} on`,
            subjects: ['calendar', ...lacking],
            withoutWrongRows: withPrices(faulty, {
              ...prices,
              rows: prices.rows.filter((row) => !lacking.has(row[day]!)),
            }),
          },
          judge: () => [],
        });
        const last = sessions.at(-1)!;
        const saturdays = sessions.slice(Math.floor(sessions.length * 0.4)).flatMap((session) => {
          const next = laterBy(session, 1);
          return weekdayOf(next) === 6 && next < last ? [next] : [];
        });
        const makeUp = new Set(drawn(saturdays, grown(2, intensity), random));
        if (makeUp.size > 0) {
          const days = [...makeUp].sort();
          const open = calendar.columns.indexOf('open');
          const others = calendar.rows.filter((row) => !makeUp.has(row[date]!));
          const withSaturdays = (value: string): DatasetFiles =>
            withTable(files, 'calendar', {
              ...calendar,
              rows: [
                ...others,
                ...days.map((day) => calendar.columns.map((_, at) => (at === date ? day : at === open ? value : ''))),
              ].sort((a, b) => (a[date]! < b[date]! ? -1 : 1)),
            });
          trials.push({
            title: `the calendar has ${days.join(' and ')} as open, at work and not at the exchange`,
            clean: withSaturdays('0'),
            faulty: withSaturdays('1'),
            wrongData: { where: `the calendar’s Saturday ${days[0]}`, subjects: ['calendar', ...days] },
            judge: (_clean, { predictions }) => [
              noneClaimed(
                predictions,
                [...predictions.keys()].filter((key) => makeUp.has(key.slice(0, 10))),
              ),
            ],
          });
        }
      }
      return trials;
    },
  },
};

/** Ways in which the Republic's dates are written, and mistaken. */
const rocForms: readonly { readonly title: string; readonly write: (iso: string) => string }[] = [
  { title: 'as 114/04/07', write: (iso) => rocDate(iso) },
  { title: 'as 1140407', write: (iso) => rocDate(iso, '') },
  { title: 'as 0114-04-07', write: (iso) => `0${rocDate(iso, '-')}` },
  { title: 'as 113/02/29 and 99/12/31', write: (iso) => (iso.endsWith('1') ? '99/12/31' : '113/02/29') },
];

/** TW-14 */
export const rocDates: DatasetTaiwanFault = {
  id: 'tw-14',
  title: 'Years of the Republic among those of our era',
  story:
    'Taiwan’s files count years from 1911: 114/04/07, 1140407, 99/12/31; a leap day falls in another year, and a year of three digits is not one of four. One form at a time, among dates of our era.',
  intensity: 'share of rows whose dates are written so, up to one in five',
  dataset: {
    judges: ['handled'],
    isWrongData: true,
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const date = table.columns.indexOf('date');
      const sessions = new Set(sessionsOf(table));
      const half = Math.floor(table.rows.length / 2);
      const late = [...table.rows.keys()].slice(half);
      const struck = new Set(drawn(late, grown(late.length * 0.2, intensity), random));
      if (struck.size === 0) return [];
      return rocForms.map(({ title, write }): Trial => {
        const rows = table.rows.map((row, i) =>
          struck.has(i) ? withCells(table, row, { date: write(row[date]!) }) : row,
        );
        const wrong = [...new Set(rows.filter((_row, i) => struck.has(i)).map((row) => row[date]!))];
        return {
          title: `${struck.size} of ${table.rows.length} rows have dates ${title}`,
          clean: files,
          faulty: withPrices(files, { ...table, rows }),
          wrongData: {
            where: `dates written ${title}`,
            subjects: ['date', 'prices.csv', 'prices.parquet', ...wrong],
            withoutWrongRows: withPrices(files, { ...table, rows: table.rows.filter((_row, i) => !struck.has(i)) }),
          },
          judge: (_clean, { predictions }) => [
            judgeEach('shiftedDates', predictions.keys(), (key) =>
              sessions.has(key.slice(0, key.indexOf(','))) ? undefined : `${key} is predicted; that is no session`,
            ),
          ],
        };
      });
    },
  },
};
