// A million rows of daily prices as CSV: ours, up to the panel, beside pandas and polars, up to their frame; and what it
// takes us to write them. Peers run if PYTHON (default python3) has them; each is told in a note if it is missing.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertMarketData, readMarketData, simulateMarket, writeDataset } from '@preopen/market-tw';

const repeats = 3;
const folder = mkdtempSync(join(tmpdir(), 'preopen-bench-'));
const say = (text) => process.stderr.write(`${text}\n`);
const seconds = async (work) => {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
};

const rows = [];
try {
  const market = simulateMarket({ stocks: 2000, days: 520, seed: 42 }).panel;
  const dataset = join(folder, 'dataset');
  await writeDataset(market, dataset, { source: 'simulated', origin: 'benchmark' });
  const csv = join(dataset, 'prices.csv');
  let own = { seconds: Number.POSITIVE_INFINITY };
  for (let k = 0; k < repeats; k++) {
    const one = await seconds(() => readMarketData(csv));
    if (one.seconds < own.seconds) own = one;
  }
  const { panel, files } = own.result;
  const million = files[0].rows / 1e6;
  const total = panel.fields.close.reduce((sum, close) => sum + (close || 0), 0);
  const sizeMb = statSync(csv).size / 1e6;
  const ours = own.seconds / million;
  say(`ours: ${files[0].rows} rows, ${sizeMb.toFixed(0)} MB in ${own.seconds.toFixed(2)} s`);
  for (const peer of ['pandas', 'polars']) {
    const row = { name: `read CSV, per million rows, beside ${peer}`, unit: 's', better: 'lower', ours };
    try {
      const script = fileURLToPath(new URL('read_peer.py', import.meta.url));
      const python = process.env.PYTHON ?? 'python3';
      const answer = execFileSync(python, [script, peer, csv, String(repeats)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const theirs = JSON.parse(String(answer));
      if (theirs.rows !== files[0].rows || Math.abs(theirs.sum / total - 1) > 1e-9)
        throw new Error(
          `${peer} read something else: ${theirs.rows} rows, closes sum to ${theirs.sum}, ours to ${total}`,
        );
      const value = theirs.seconds / million;
      rows.push({
        ...row,
        peer: { name: peer, value },
        ratio: ours / value,
        note: 'theirs is a frame, ours a panel with its account of rows',
      });
    } catch (cause) {
      if (/read something else/.test(cause.message)) throw cause;
      rows.push({
        ...row,
        peer: null,
        ratio: null,
        note: `${peer} is not there: pip install ${peer}, and PYTHON=…/bin/python`,
      });
    }
  }
  const written = await seconds(() => convertMarketData({ inputs: [dataset], out: join(folder, 'again') }));
  rows.push({
    name: 'read a dataset and write it as CSV and Parquet, per million rows',
    unit: 's',
    better: 'lower',
    ours: written.seconds / million,
    peer: null,
    ratio: null,
    note: 'no peer does both',
  });
} finally {
  rmSync(folder, { recursive: true });
}
console.log(JSON.stringify({ rows }));
