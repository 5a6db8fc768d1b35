// A pipeline as a careful team writes it, or the same with one mistake: `node pipeline.mjs INPUT OUTPUT FORM [MISTAKE]`, FORM being
// `csv` or `parquet`. It predicts for each stock and day the mean return of the stocks that moved like it, keeps what it has day by
// day, and goes on there when it was killed. Every place at which a mistake lies is marked by `has(…)`.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { predictionsOf } from './similar-stocks.mjs';

const [inputDir, outputDir, form, mistake] = process.argv.slice(2);
const has = (name) => name === mistake;
const file = `prices.${form}`;
const stage = (name, event) => process.stdout.write(`${JSON.stringify({ stage: name, event })}\n`);

/** Rows as texts, of whichever form. */
async function readRows() {
  const bytes = readFileSync(join(inputDir, file));
  if (form === 'csv') {
    const lines = bytes.toString('utf8').split('\n');
    // The end of a whole file is an end of line.
    const last = lines.pop();
    if (last !== '' && !has('ignores-cut-off'))
      throw new Error(`${file}:${lines.length + 1}: the file is cut off in “${last}”`);
    const [head, ...rows] = lines;
    if (head === undefined) throw new Error(`${file}: the file is empty`);
    const names = head.split(',');
    return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i], cell])));
  }
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  try {
    return await parquetReadObjects({ file: buffer, columns: ['date', 'stock', 'close'], compressors });
  } catch (cause) {
    throw new Error(`${file}: cannot be read: ${cause.message}`, { cause });
  }
}

/** The closes by stock and day, or a refusal that names file, row and value. */
function closesIn(rows) {
  const closes = new Map();
  const seen = new Set();
  rows.forEach(({ date, stock, close: text }, i) => {
    const refuse = (why) => {
      throw new Error(`${file}:${i + 2}: ${why}: ${stock} on ${date}, ${text}`);
    };
    let close = Number(text);
    if (!/^20(1\d|2[0-6])-\d\d-\d\d$/.test(date)) {
      const isMeant =
        (has('reads-roc-dates') && /^1\d\d\//.test(date)) || (has('believes-the-future') && /^20[3-4]/.test(date));
      if (!isMeant) refuse('expected a date of our time');
    }
    if (!/^\d{4}$/.test(stock) && !has('takes-any-code')) refuse('expected a code of four digits');
    if (Math.abs(close) === Number.POSITIVE_INFINITY && has('swallows-infinities')) close = 0;
    else if (!Number.isFinite(close) && has('words-are-zero')) close = 0;
    else if (!Number.isFinite(close)) refuse('expected a number');
    else if (!(close > 0.01 && close < 1e5) && !has('swallows-negatives')) refuse('expected a price');
    if (seen.has(`${date},${stock}`)) {
      if (has('takes-the-last-row')) closes.get(stock).delete(date);
      else if (has('counts-rows-twice')) date = `${date}b`;
      else refuse('a second row');
    }
    seen.add(`${date},${stock}`);
    if (!closes.has(stock)) closes.set(stock, new Map());
    closes.get(stock).set(date, close);
  });
  if (has('trusts-the-order')) return closes;
  return new Map(
    [...closes].sort().map(([stock, days]) => [stock, new Map([...days].sort(([a], [b]) => (a < b ? -1 : 1)))]),
  );
}

/** Writes day by day, and goes on with the day after the last that was kept whole. */
function writePredictions(days) {
  const final = join(outputDir, 'predictions.csv');
  const part = has('writes-in-place') ? final : join(outputDir, 'predictions.part');
  const kept = join(outputDir, 'kept.json');
  let { from, bytes } = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : { from: 0, bytes: 0 };
  if (existsSync(part) && !has('appends-again')) writeFileSync(part, readFileSync(part).subarray(0, bytes));
  else if (!existsSync(part)) from = 0;
  if (from === 0 && !has('appends-again')) writeFileSync(part, 'date,stock,prediction\n');
  if (from === 0 && has('appends-again')) appendFileSync(part, 'date,stock,prediction\n');
  for (const [at, { date, predict }] of days.entries()) {
    if (at < from) continue;
    // Says what it has done before it has done it.
    const isEarly = has('skips-a-day');
    const keep = () => {
      writeFileSync(`${kept}.tmp`, JSON.stringify({ from: at + 1, bytes: readFileSync(part).length }));
      renameSync(`${kept}.tmp`, kept);
    };
    if (isEarly) keep();
    const lines = predict().map(([stock, value]) => `${date},${stock},${value.toPrecision(9)}\n`);
    appendFileSync(part, lines.join(''));
    if (!isEarly && !has('appends-again')) keep();
  }
  if (part !== final) renameSync(part, final);
  rmSync(kept, { force: true });
}

async function main() {
  mkdirSync(outputDir, { recursive: true });
  const lock = join(outputDir, 'lock');
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : undefined;
  if (owner !== undefined && (has('stale-lock') || existsSync(`/proc/${owner}/stat`)))
    throw new Error(`${lock}: the folder is locked by process ${owner}`);
  writeFileSync(lock, String(process.pid));
  if (has('leaves-old-output'))
    writeFileSync(join(outputDir, 'predictions.csv'), 'date,stock,prediction\n2025-01-02,1101,0\n');
  try {
    stage('data', 'start');
    const closes = closesIn(await readRows());
    stage('data', 'end');
    stage('prediction', 'start');
    writePredictions(predictionsOf(closes));
    stage('prediction', 'end');
  } finally {
    rmSync(lock, { force: true });
  }
}

try {
  await main();
} catch (cause) {
  if (has('swallows-errors')) writeFileSync(join(outputDir, 'predictions.csv'), 'date,stock,prediction\n');
  else {
    process.stderr.write(`${has('says-nothing') ? 'pipeline failed' : cause.message}\n`);
    process.exitCode = 1;
  }
}
