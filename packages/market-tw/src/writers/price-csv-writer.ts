import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Panel } from '../panel.ts';
import { writeNumber } from './number-text.ts';
import { cellsWithRows, presentFields } from './price-rows.ts';

const blockBytes = 1 << 20;
const encoder = new TextEncoder();

/**
 * Writes a panel as CSV: `date,stock,…`, one row per stock and day with any value, empty cells for none. What was written
 * reads back as the same numbers.
 * @param digest is given every block of bytes
 */
export async function writePriceCsv(
  panel: Panel,
  path: string,
  digest: (bytes: Uint8Array) => void = () => undefined,
): Promise<void> {
  const file = createWriteStream(path);
  // A failure while nobody waits (between two blocks) must not end the process; `finished` below tells it.
  const ended = finished(file);
  ended.catch(() => undefined);
  try {
    for (const block of csvBlocks(panel)) {
      digest(block);
      if (!file.write(block)) await Promise.race([once(file, 'drain'), ended]);
    }
  } finally {
    file.end();
  }
  await ended;
}

function* csvBlocks(panel: Panel): Generator<Uint8Array> {
  const fields = presentFields(panel);
  const columns = fields.map((field) => panel.fields[field]);
  const n = panel.stocks.length;
  const codes = panel.stocks.map(({ code }) => encoder.encode(code));
  // A number takes at most 24 bytes as text.
  const mostRowBytes = 16 + Math.max(0, ...codes.map(({ length }) => length)) + 25 * columns.length;
  let bytes = Buffer.allocUnsafe(blockBytes);
  let at = encoder.encodeInto(`date,stock${fields.map((field) => `,${field}`).join('')}\n`, bytes).written;
  let day = -1;
  let date = encoder.encode('');
  for (const cell of cellsWithRows(panel, fields)) {
    if (at + mostRowBytes > blockBytes) {
      yield bytes.subarray(0, at);
      // The block before may still wait to be written.
      bytes = Buffer.allocUnsafe(blockBytes);
      at = 0;
    }
    const t = Math.floor(cell / n);
    if (t !== day) {
      day = t;
      date = encoder.encode(`${panel.dates[t]},`);
    }
    for (let i = 0; i < date.length; i++) bytes[at++] = date[i]!;
    const code = codes[cell - t * n]!;
    for (let i = 0; i < code.length; i++) bytes[at++] = code[i]!;
    for (let c = 0; c < columns.length; c++) {
      bytes[at++] = 0x2c;
      at = writeNumber(columns[c]![cell]!, bytes, at);
    }
    bytes[at++] = 0x0a;
  }
  yield bytes.subarray(0, at);
}
