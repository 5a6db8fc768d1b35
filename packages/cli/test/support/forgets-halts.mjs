// A pipeline that mishandles halts: its five-day momentum needs a close on each of the last six sessions of the calendar, so
// that a stock that comes back from a halt has no prediction for five sessions. Usage: forgets-halts.mjs INPUT OUTPUT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [input, output] = process.argv.slice(2);
const [header, ...lines] = readFileSync(join(input, 'prices.csv'), 'utf8').trim().split('\n');
const at = Object.fromEntries(header.split(',').map((name, index) => [name, index]));
const closes = new Map();
const dates = new Set();
for (const line of lines) {
  const cells = line.split(',');
  const [date, stock] = [cells[at.date], cells[at.stock]];
  dates.add(date);
  if (!closes.has(stock)) closes.set(stock, new Map());
  if (cells[at.close] !== '') closes.get(stock).set(date, Number(cells[at.close]));
}
const sessions = [...dates].sort();
const rows = ['date,stock,prediction'];
for (let t = 30; t < sessions.length; t++) {
  const window = sessions.slice(t - 5, t + 1);
  for (const [stock, close] of closes) {
    if (window.every((date) => close.has(date)))
      rows.push(`${sessions[t]},${stock},${close.get(window[0]) / close.get(window[5]) - 1}`);
  }
}
mkdirSync(output, { recursive: true });
writeFileSync(join(output, 'predictions.csv'), `${rows.join('\n')}\n`);
