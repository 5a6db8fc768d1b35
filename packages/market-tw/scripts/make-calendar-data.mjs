// Writes src/data/observed-days.ts from lists of observed closures and Saturday sessions (CSV: date, reason, source).
// Usage: node scripts/make-calendar-data.mjs closures.csv saturday-sessions.csv > src/data/observed-days.ts
import { readFileSync } from 'node:fs';

/** Rows of a CSV whose fields may be quoted. */
function rows(path) {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) => field.replace(/^"|"$/g, '')),
    );
}

const [closuresPath, saturdaysPath] = process.argv.slice(2);
const closures = rows(closuresPath);
const reasons = [...new Set(closures.map(([, reason]) => reason))];
const letter = (index) =>
  index < 26
    ? String.fromCharCode(97 + index)
    : `${String.fromCharCode(65 + Math.floor(index / 26) - 1)}${String.fromCharCode(97 + (index % 26))}`;
const byYear = new Map();
for (const [date, reason, source] of closures) {
  const announced = source.startsWith('announced') ? '!' : '';
  const year = date.slice(0, 4);
  byYear.set(year, [
    ...(byYear.get(year) ?? []),
    `${date.slice(5).replace('-', '')}${announced}${letter(reasons.indexOf(reason))}`,
  ]);
}
const saturdays = new Map();
for (const [date] of rows(saturdaysPath)) {
  const year = date.slice(0, 4);
  saturdays.set(year, [...(saturdays.get(year) ?? []), date.slice(5).replace('-', '')]);
}
const table = (map) => [...map].map(([year, days]) => `  ${year}: '${days.join(' ')}',`).join('\n');

process.stdout.write(`// Made by scripts/make-calendar-data.mjs. The dates are observed: days on which the TAIEX has a value, checked against
// the daily files of TWSE and TPEx stocks of 1992 to 2026. Reasons are assigned by the holiday rules or from the press.

/** Last day that was observed; later ones in the table were announced by the exchange. */
export const lastObservedDate = '2026-08-21';

/** Why the market was closed; a closure names its reason by letters: a is the first. */
export const closureReasons: readonly string[] = [
${reasons.map((reason) => `  ${JSON.stringify(reason)},`).join('\n')}
];

/** Weekdays without a session by year: month, day, \`!\` if only announced, reason. */
export const closedWeekdays: Readonly<Record<number, string>> = {
${table(byYear)}
};

/** Saturdays with a session by year: month and day. */
export const saturdaySessions: Readonly<Record<number, string>> = {
${table(saturdays)}
};
`);
