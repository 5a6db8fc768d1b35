import { describe, expect, it } from 'vitest';
import { layoutTable, paragraph, wrap } from '../src/terminal/table.ts';
import { cutTo, widthOf } from '../src/terminal/width.ts';

const long = 'taiwan.limit-down-cascade.nonFinitePredictions';
const rows = [
  [
    { text: '○' },
    { text: long },
    { text: 'not measured' },
    { text: '< 1' },
    { text: 'the pipeline did not end in time' },
  ],
  [
    { text: '✓' },
    { text: 'errors.rate' },
    { text: '0.10 % (0.05 % to 0.20 %, 95 %)' },
    { text: '< 0.1 %' },
    { text: '' },
  ],
];

describe('a table', () => {
  it.each([40, 60, 80, 100, 120, 200])('never runs over the edge of %i columns, and loses no text', (columns) => {
    const lines = layoutTable(rows, columns);
    // A single word that is wider than the terminal is left to it.
    const least = Math.max(columns, widthOf(`  ○  ${long}`));
    for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(least);
    const words = lines.join(' ').split(/\s+/).filter(Boolean).sort();
    const given = rows.flat().flatMap(({ text }) => text.split(' ').filter(Boolean));
    expect(words).toEqual(given.sort());
  });
  it('keeps what fits in columns, and puts the rest below its row', () => {
    expect(layoutTable(rows, 80)).toEqual([
      `  ○  ${long}`,
      '      not measured  < 1  the pipeline did not end in time',
      '  ✓  errors.rate',
      '      0.10 % (0.05 % to 0.20 %, 95 %)  < 0.1 %',
    ]);
    expect(
      layoutTable(
        [
          [{ text: 'a' }, { text: 'bb' }],
          [{ text: 'ccc' }, { text: 'd' }],
        ],
        80,
      ),
    ).toEqual(['  a    bb', '  ccc  d']);
  });
  it('parts the first two columns only in rows that are too wide for both', () => {
    const metric = 'taiwan.semiconductor-shock-2026.missingPredictions';
    const check = 'taiwan/panel-semiconductor-shock-2026';
    expect(
      layoutTable(
        [
          [{ text: metric }, { text: check }, { text: '≤ 1 % (specification)' }],
          [{ text: 'ic.mean' }, { text: 'signal/ic' }, { text: '> 0.05 (specification)' }],
        ],
        80,
      ),
    ).toEqual([
      `  ${metric}`,
      `      ${check}  ≤ 1 % (specification)`,
      `  ${'ic.mean'.padEnd(metric.length)}  signal/ic`,
      '      > 0.05 (specification)',
    ]);
  });
  it('parts them in each row where the second is set to the right and its column does not fit', () => {
    const name = 'a-name-of-thirty-letters-or-so';
    const right = (text: string) => ({ text, align: 'right' as const });
    expect(
      layoutTable(
        [
          [{ text: name }, right('1,234,567,890'), { text: 'x' }],
          [{ text: 'b' }, right('1'), { text: 'y' }],
        ],
        40,
      ),
    ).toEqual([`  ${name}`, '      1,234,567,890  x', '  b', '      1  y']);
  });
  it('counts letters of East Asia as the two columns that they take', () => {
    expect(widthOf('受測系統 a')).toBe(10);
    expect(
      layoutTable(
        [
          [{ text: '服務' }, { text: 'x' }],
          [{ text: 'ab' }, { text: 'y' }],
        ],
        80,
      ),
    ).toEqual(['  服務  x', '  ab    y']);
  });
  it('puts no colour on an empty cell', () => {
    const paint = (text: string): string => `<${text}>`;
    expect(
      layoutTable(
        [
          [{ text: 'a' }, { text: '', paint }],
          [{ text: 'b' }, { text: 'c', paint }],
        ],
        80,
      ),
    ).toEqual(['  a', '  b  <c>']);
  });
});

describe('a paragraph', () => {
  it('begins behind its head, and goes on below its text', () => {
    expect(
      paragraph('one two three four five six seven eight nine ten', 50, { head: 'WORSE  ', headWidth: 7 }),
    ).toEqual(['  WORSE  one two three four five six seven eight', '         nine ten']);
  });
  it('is wrapped at blanks', () => {
    expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
  });
});

describe('a line that is cut', () => {
  it('takes no more columns than there are, in Chinese too', () => {
    expect(cutTo('受測系統', 8)).toBe('受測系統');
    expect(cutTo('受測系統', 7)).toBe('受測系…');
    expect(cutTo('受測系統', 6)).toBe('受測…');
    expect(cutTo('latency', 5)).toBe('late…');
  });
});
