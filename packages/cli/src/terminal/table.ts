import { widthOf } from './width.ts';

/** Cells of a table; a cell's colour is put on after its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
  readonly align?: 'left' | 'right';
}

const plain = (text: string): string => text;
const blanks = (count: number): string => ' '.repeat(Math.max(0, count));

/** Breaks a text into lines of at most `width` letters, at blanks where possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/**
 * A text as lines that fit into `columns`.
 * @param head stands before the first line, painted already; further lines begin below the text
 */
export function paragraph(
  text: string,
  columns: number,
  {
    head = '',
    headWidth = 0,
    paint = plain,
  }: { head?: string; headWidth?: number; paint?: (text: string) => string } = {},
): string[] {
  const lines = wrap(text, Math.max(40, columns - 2 - headWidth));
  return lines.map((line, k) => `  ${k === 0 ? head : blanks(headWidth)}${paint(line)}`);
}

/** Narrower than this, the last column would be a ladder of words. */
const leastForLast = 24;
/** What stands below its row is set off from it by this much. */
const belowBy = 4;

/** Cells beneath the beginning of their row, as many on a line as fit. */
function linesBelow(cells: readonly Cell[], at: number, columns: number): string[] {
  const room = Math.max(leastForLast, columns - at);
  const lines: string[] = [];
  let line = '';
  let width = 0;
  const flush = (): void => {
    if (width > 0) lines.push(blanks(at) + line);
    line = '';
    width = 0;
  };
  for (const { text, paint = plain } of cells) {
    if (text === '') continue;
    if (width > 0 && width + 2 + widthOf(text) > room) flush();
    for (const part of wrap(text, room)) {
      if (width > 0 && width + 2 + widthOf(part) > room) flush();
      line += `${width > 0 ? '  ' : ''}${paint(part)}`;
      width += (width > 0 ? 2 : 0) + widthOf(part);
    }
  }
  flush();
  return lines;
}

/**
 * Lays out rows in columns as wide as their widest cell, two blanks apart; the last column is wrapped at `columns`. Columns
 * that do not fit any more, and a last one for which less than 24 letters would be left, stand on lines of their own below
 * their row; so does the second column in rows whose own cell does not fit.
 */
export function layoutTable(rows: readonly (readonly Cell[])[], columns: number, indent = 2): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const last = count - 1;
  const widths = Array.from({ length: last }, (_, c) => Math.max(0, ...rows.map((row) => widthOf(row[c]?.text ?? ''))));
  const endOf = (c: number): number => indent + widths.slice(0, c).reduce((sum, width) => sum + width + 2, 0);
  const left = endOf(last);
  const isFolded = columns - left < leastForLast;
  // The first two say what the row is about, and are parted only in a row that is too wide for both. A mark never stands alone.
  const inLine = isFolded
    ? Math.max(Math.min(2, last), widths.findLastIndex((_, c) => endOf(c + 1) - 2 <= columns) + 1)
    : last;
  const least = (widths[0] ?? 0) > belowBy ? 1 : 2;
  const lines: string[] = [];
  for (const row of rows) {
    const isTooWide = (c: number): boolean => {
      const { text, align = 'left' } = row[c] ?? { text: '' };
      return endOf(c) + (align === 'left' ? widthOf(text) : widths[c]!) > columns;
    };
    let beside = inLine;
    while (isFolded && beside > least && isTooWide(beside - 1)) beside--;
    let line = blanks(indent);
    for (let c = 0; c < beside; c++) {
      const { text, paint = plain, align = 'left' } = row[c] ?? { text: '' };
      const gap = blanks(widths[c]! - widthOf(text));
      line += `${align === 'left' ? paint(text) + gap : gap + paint(text)}  `;
    }
    if (isFolded) {
      lines.push(line.trimEnd(), ...linesBelow(row.slice(beside), indent + belowBy, columns));
      continue;
    }
    const { text, paint = plain } = row[last] ?? { text: '' };
    const parts = text === '' ? [] : wrap(text, Math.max(leastForLast, columns - left));
    const first = parts.shift();
    lines.push(first === undefined ? line.trimEnd() : line + paint(first));
    for (const part of parts) lines.push(blanks(left) + paint(part));
  }
  return lines;
}
