import { layoutTable, wrap } from './table.ts';

/** A line of two columns, or the second column alone where the first was too long for its own. */
const rowOf = (line: string): { readonly head: string; readonly comment: string } => {
  const [, head = '', comment = ''] = /^ {2}(\S.*?)(?: {2,}(\S.*))?$/.exec(line) ?? [];
  return head === '' ? { head, comment: line.trim() } : { head, comment };
};

/** Indented lines as two columns; a comment on a line of its own belongs to the line before it. */
function fittedRows(lines: readonly string[], columns: number): string[] {
  const rows: { head: string; comment: string }[] = [];
  for (const line of lines) {
    const row = rowOf(line);
    const before = rows.at(-1);
    if (row.head === '' && before !== undefined) before.comment = `${before.comment} ${row.comment}`.trim();
    else rows.push({ ...row });
  }
  const cells = rows.map(({ head, comment }) => [{ text: head }, { text: comment.replace(/ {2,}/g, ' ') }]);
  return layoutTable(cells, columns);
}

/**
 * A text of help in a terminal's width: paragraphs are wrapped, and indented lines (an example and what it does, a code and what
 * it means) stay as they are written where all of a block fits, and are laid out anew where it does not. Examples are never broken.
 */
export function fittedText(text: string, columns: number): string {
  const fitted: string[] = [];
  let block: string[] = [];
  const endBlock = (): void => {
    const fits = block.every((line) => line.length <= columns);
    fitted.push(...(fits ? block : fittedRows(block, columns)));
    block = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('  ')) {
      block.push(line);
      continue;
    }
    endBlock();
    fitted.push(...wrap(line, columns));
  }
  endBlock();
  return fitted.join('\n');
}
