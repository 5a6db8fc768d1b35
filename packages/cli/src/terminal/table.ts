/** Cells of a table; a cell's colour is put on after its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
  readonly align?: 'left' | 'right';
}

const plain = (text: string): string => text;

/** Breaks a text into lines of at most `width` letters, at blanks where possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/**
 * Lays out rows in columns as wide as their widest cell, two blanks apart; the last column is wrapped at `columns`.
 * Where that would leave less than 24 letters for it, it moves to a line of its own below its row.
 */
export function layoutTable(rows: readonly (readonly Cell[])[], columns: number, indent = 2): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const last = count - 1;
  const widths = Array.from({ length: last }, (_, c) => Math.max(0, ...rows.map((row) => row[c]?.text.length ?? 0)));
  const left = indent + widths.reduce((sum, width) => sum + width + 2, 0);
  const folded = columns - left < 24;
  const lines: string[] = [];
  for (const row of rows) {
    let line = ' '.repeat(indent);
    for (let c = 0; c < last; c++) {
      const { text, paint = plain, align = 'left' } = row[c] ?? { text: '' };
      const gap = ' '.repeat(widths[c]! - text.length);
      line += `${align === 'left' ? paint(text) + gap : gap + paint(text)}  `;
    }
    const { text, paint = plain } = row[last] ?? { text: '' };
    const at = folded ? indent + 4 : left;
    const parts = text === '' ? [] : wrap(text, Math.max(24, columns - at));
    if (folded) lines.push(line.trimEnd());
    else lines.push((line + paint(parts.shift() ?? '')).trimEnd());
    for (const part of parts) lines.push(' '.repeat(at) + paint(part));
  }
  return lines;
}
