// Compares the trading calendar, day by day, with XTAI of the Python package exchange_calendars.
// Usage: node scripts/compare-exchange-calendars.mjs [--json]      (after npm run build)
//        PYTHON=path/to/python chooses the interpreter; it needs exchange_calendars.
import { execFileSync } from 'node:child_process';

/** XTAI from 1999, before which it has no holidays worth comparing, as far as it goes. */
const program = `
import json, exchange_calendars as ec
first, last = "1999-01-01", "2026-12-31"
def of(end):
    return ec.get_calendar("XTAI", start=first, end=end)
try:
    calendar = of(last)
except Exception:
    calendar = of(None)
print(json.dumps({"version": ec.__version__, "sessions": [d.strftime("%Y-%m-%d") for d in calendar.sessions]}))`;

/** Errors of the library that index and stock prices show. */
const knownErrors = [
  ...['1999-01-04', '1999-02-11', '1999-02-19', '1999-07-01', '1999-09-21', '1999-09-22', '1999-09-23', '1999-11-12'],
  ...['1999-12-29', '1999-12-30', '1999-12-31', '2000-01-03', '2000-02-02', '2000-04-03', '2000-08-23', '2000-12-25'],
  ...['2001-01-19', '2001-07-30', '2001-09-12', '2001-09-17', '2001-09-18', '2005-05-02', '2011-05-02', '2022-02-04'],
  ...['2023-01-18', '2024-10-31', '2026-07-10'],
];

/** Why a day that the library has closed was open in fact, or open there and closed in fact. */
function explanationOf(date, openThere, calendar) {
  const isSaturday = new Date(date).getUTCDay() === 6;
  if (!openThere && isSaturday) return date < '2001-01-01' ? 'Saturday session of the old week' : 'make-up Saturday';
  if (!openThere && date === '2000-02-09') return 'a session: the index has a value, stocks traded';
  if (openThere && knownErrors.includes(date)) return calendar.day(date).reason;
  if (date > calendar.lastObservedDate) return 'to come: announced by TWSE, not yet in the library';
  return undefined;
}

const print = (line) => process.stdout.write(`${line}\n`);
const json = process.argv.includes('--json');
const python = process.env.PYTHON ?? 'python3';
const { tradingCalendar } = await import(new URL('../dist/index.js', import.meta.url).href);
const calendar = tradingCalendar();
let theirs;
try {
  theirs = JSON.parse(execFileSync(python, ['-W', 'ignore', '-c', program], { encoding: 'utf8' }));
} catch (error) {
  process.stderr.write(
    `${python} could not give XTAI of exchange_calendars: ${String(error.message).split('\n')[0]}\n`,
  );
  process.exit(2);
}
const [first, last] = [theirs.sessions[0], theirs.sessions.at(-1)];
const openThere = new Set(theirs.sessions);
const openHere = new Set(calendar.sessionsBetween(first, last));
const differences = [...new Set([...openThere, ...openHere])]
  .filter((date) => openThere.has(date) !== openHere.has(date))
  .sort()
  .map((date) => ({
    date,
    there: openThere.has(date) ? 'open' : 'closed',
    explanation: explanationOf(date, openThere.has(date), calendar) ?? null,
  }));
const result = {
  version: theirs.version,
  from: first,
  to: last,
  sessions: openHere.size,
  same: [...openHere].filter((date) => openThere.has(date)).length,
  differences,
  unexplained: differences.filter(({ explanation }) => explanation === null).length,
};
if (json) {
  print(JSON.stringify(result));
} else {
  print(`exchange_calendars ${result.version}, XTAI, ${first} to ${last}`);
  print(`sessions here: ${result.sessions}, there: ${openThere.size}, the same: ${result.same}`);
  const groups = new Map();
  for (const { there, explanation, date } of differences) {
    const key = `${there} there: ${explanation ?? 'UNEXPLAINED'}`;
    groups.set(key, [...(groups.get(key) ?? []), date]);
  }
  for (const [key, dates] of groups)
    print(
      `${String(dates.length).padStart(4)}  ${key}  (${dates.length > 4 ? `${dates[0]} … ${dates.at(-1)}` : dates.join(', ')})`,
    );
}
process.exitCode = result.unexplained > 0 ? 1 : 0;
