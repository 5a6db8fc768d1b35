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

/** Where a closure was seen, and how its reason is known, in a few words. */
function sourceOf(text) {
  if (text.startsWith('announced')) return 'announced by TWSE on 2025-10-29';
  const seen = text.includes('panel') ? 'index and stock prices' : 'index';
  const reason = text.includes('reason by holiday rule')
    ? 'by holiday rule'
    : text.includes('TWSE notice')
      ? 'from a notice of TWSE in the press'
      : text.includes('news')
        ? 'from the press'
        : text.includes('typhoon')
          ? 'a typhoon in a public library’s list, its name unverified'
          : text.includes('general knowledge')
            ? 'unverified'
            : 'not found';
  return `observed: ${seen}; reason ${reason}`;
}

const [closuresPath, saturdaysPath] = process.argv.slice(2);
const closures = rows(closuresPath).map(([date, reason, source]) => [date, reason, sourceOf(source)]);
const reasons = [...new Set(closures.map(([, reason]) => reason))];
const sources = [...new Set(closures.map(([, , source]) => source))];
const letter = (index) =>
  index < 26
    ? String.fromCharCode(97 + index)
    : `${String.fromCharCode(65 + Math.floor(index / 26) - 1)}${String.fromCharCode(97 + (index % 26))}`;
const byYear = new Map();
for (const [date, reason, source] of closures) {
  const year = date.slice(0, 4);
  byYear.set(year, [
    ...(byYear.get(year) ?? []),
    `${date.slice(5).replace('-', '')}${letter(reasons.indexOf(reason))}${sources.indexOf(source)}`,
  ]);
}
const saturdays = new Map();
for (const [date] of rows(saturdaysPath)) {
  const year = date.slice(0, 4);
  saturdays.set(year, [...(saturdays.get(year) ?? []), date.slice(5).replace('-', '')]);
}
const table = (map) => [...map].map(([year, days]) => `  ${year}: '${days.join(' ')}',`).join('\n');
const texts = (list) => list.map((text) => `  ${JSON.stringify(text)},`).join('\n');

process.stdout.write(`// Made by scripts/make-calendar-data.mjs. The dates are observed: days on which the TAIEX has a value, checked against
// the daily files of TWSE and TPEx stocks of 1992 to 2026. Reasons are assigned by the holiday rules or from the press.

/** Last day that was observed; later ones in the table were announced by the exchange. */
export const lastObservedDate = '2026-08-21';

/** Why the market was closed; a closure names its reason by letters: a is the first. */
export const closureReasons: readonly string[] = [
${texts(reasons)}
];

/** Where a closure was seen and how its reason is known; a closure names it by number, from 0. */
export const closureSources: readonly string[] = [
${texts(sources)}
];

/** Weekdays without a session by year: month, day, reason, source. */
export const closedWeekdays: Readonly<Record<number, string>> = {
${table(byYear)}
};

/** Saturdays with a session by year: month and day. */
export const saturdaySessions: Readonly<Record<number, string>> = {
${table(saturdays)}
};
`);
