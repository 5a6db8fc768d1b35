/**
 * A small pipeline that does right what the Taiwan market asks: reversal of the last sessions' returns by the exchange's
 * reference, less the change in volume, ranked within the day.
 */
export const rightPipeline = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const table = (path) => {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\\n');
  const names = head.split(',');
  return lines.map((line, i) => {
    const cells = line.split(',');
    if (cells.length !== names.length) throw new Error(path + ':' + (i + 2) + ': expected ' + names.length + ' cells: ' + line);
    return { line: i + 2, text: line, ...Object.fromEntries(names.map((name, at) => [name, cells[at]])) };
  });
};
export function run({ inputDir, outputDir }) {
  const open = new Set(table(inputDir + '/calendar.csv').filter((day) => day.open === '1').map((day) => day.date));
  const listed = new Map(table(inputDir + '/universe.csv').map((stock) => [stock.stock, stock.listed]));
  const notices = existsSync(inputDir + '/notices.csv') ? table(inputDir + '/notices.csv') : [];
  for (const { date, suspended } of notices) if (suspended !== 'afternoon') open.delete(date);
  const seen = new Set(), last = new Map();
  let rows = [];
  for (const row of table(inputDir + '/prices.csv')) {
    const no = (why) => { throw new Error('prices.csv:' + row.line + ': ' + why + ': ' + row.text.slice(0, 120)); };
    if (!/^\\d{4}-\\d{2}-\\d{2}$/.test(row.date)) no('expected a date');
    if (!open.has(row.date)) no('no open day of calendar.csv');
    if (row.close === '--' || row.close === '') continue;
    if (row.date < (listed.get(row.stock) ?? '')) continue;
    for (const name of ['open', 'high', 'low', 'close', 'volume']) {
      row[name] = Number(row[name]);
      if (!Number.isFinite(row[name]) || row[name] < 0) no(name + ': expected a number');
    }
    for (const name of ['reference', 'turnoverTwd', 'trades']) row[name] = Number(row[name]);
    const cost = row.turnoverTwd / row.volume / row.close;
    if (row.volume > 0 && (cost > 100 || cost < 0.01)) no('volume in another unit');
    if (Math.abs(row.close / row.reference - 1) > 0.12 && row.reference > 0) no('close beyond the limits of its reference');
    if (seen.has(row.date + row.stock)) no('a second row');
    seen.add(row.date + row.stock);
    rows.push(row);
  }
  rows.sort((a, b) => (a.date + a.stock < b.date + b.stock ? -1 : 1));
  for (const row of rows) {
    const before = last.get(row.stock);
    const figures = [row.open, row.high, row.low, row.close, row.volume, row.turnoverTwd].join();
    if (before === figures && row.volume > 0) throw new Error('prices.csv: ' + row.stock + ' on ' + row.date + ' repeats the row before');
    last.set(row.stock, figures);
  }
  const dates = [...new Set(rows.map((row) => row.date))].sort();
  const history = new Map(), out = [];
  for (const date of dates) {
    const day = [];
    for (const row of rows.filter((one) => one.date === date)) {
      const past = history.get(row.stock) ?? [];
      history.set(row.stock, past);
      past.push(row);
      row.at = dates.indexOf(date);
      row.change = row.close / row.reference - 1;
      const recent = past.filter((one) => one.at > row.at - 3);
      row.score = -recent.reduce((sum, one) => sum + one.change, 0) / 3 - 0.001 * row.change;
      if (past.length > 5) day.push(row);
    }
    const scores = day.map((row) => row.score).sort((a, b) => a - b);
    for (const row of day) {
      row.rank = (scores.indexOf(row.score) + scores.lastIndexOf(row.score)) / 2 / scores.length;
      out.push([date, row.stock, row.rank]);
    }
  }
  const settles = [...dates.slice(0, -2)].map((date, at) => date + ',' + dates[at + 2]);
  writeFileSync(outputDir + '/settlement.csv', 'date,settlesOn\\n' + settles.join('\\n') + '\\n');
  writeFileSync(outputDir + '/predictions.csv', 'date,stock,prediction\\n' + out.map((row) => row.join(',')).join('\\n') + '\\n');
}`;

const filled = `for (const [stock, past] of history) {
      const row = past.at(-1);
      if (row.date !== date && past.length > 5) day.push({ ...row, date });
    }
    const scores =`;

/** Pipelines with one such mistake each. */
export const mutations = [
  {
    title: 'predicts the silent exchange from its last prices',
    fault: 'tw-02',
    invariant: 'claimedLive',
    replace: [['const scores =', filled]],
  },
  {
    title: 'takes a feed that repeats itself for a calm market',
    fault: 'tw-03',
    invariant: 'handled',
    replace: [['if (before === figures && row.volume > 0)', 'if (false)']],
  },
  {
    title: 'counts what comes twice twice',
    fault: 'tw-04',
    invariant: 'handled',
    replace: [
      ["if (seen.has(row.date + row.stock)) no('a second row');", ''],
      ['if (before === figures && row.volume > 0)', 'if (false)'],
    ],
  },
  {
    title: 'trusts the order in which rows come',
    fault: 'tw-05',
    invariant: 'handled',
    replace: [
      ['rows.sort((a, b) => (a.date + a.stock < b.date + b.stock ? -1 : 1));', ''],
      ['rows.map((row) => row.date))].sort()', 'rows.map((row) => row.date))]'],
    ],
  },
  {
    title: 'breaks ties by the order of rows',
    fault: 'tw-06',
    invariant: 'tied',
    replace: [
      [
        '(scores.indexOf(row.score) + scores.lastIndexOf(row.score)) / 2',
        'day.filter((one) => one.score < row.score || (one.score === row.score && one.stock < row.stock)).length',
      ],
    ],
  },
  {
    title: 'takes stocks at the limit for outliers',
    fault: 'tw-07',
    invariant: 'missing',
    replace: [['if (past.length > 5) day.push(row);', 'if (past.length > 5 && row.change > -0.095) day.push(row);']],
  },
  {
    title: 'believes a reference that was not rolled',
    fault: 'tw-07',
    invariant: 'handled',
    replace: [['if (Math.abs(row.close / row.reference - 1) > 0.12', 'if (false']],
  },
  {
    title: 'multiplies prices in 32 bits',
    fault: 'tw-08',
    invariant: 'nonFinite',
    replace: [['row.rank = (', 'row.rank = 0 * Math.sqrt((row.close * 10000 * 35) | 0) + (']],
  },
  {
    title: 'predicts a market that stands still',
    fault: 'tw-10',
    invariant: 'claimedLive',
    replace: [
      ['const scores =', filled],
      ['const dates = [...new Set(rows.map((row) => row.date))].sort();', 'const dates = [...open].sort();'],
    ],
  },
  {
    title: 'counts the days of the calendar as sessions',
    fault: 'tw-11',
    invariant: 'changed',
    replace: [['row.at = dates.indexOf(date);', 'row.at = [...open].indexOf(date);']],
  },
  {
    title: 'settles by the calendar that it was given',
    fault: 'tw-11',
    invariant: 'settlement',
    replace: [
      [
        "const settles = [...dates.slice(0, -2)].map((date, at) => date + ',' + dates[at + 2]);",
        "const days = [...new Set(table(inputDir + '/calendar.csv').filter((day) => day.open === '1').map((day) => day.date))]; const settles = dates.slice(0, -2).map((date) => date + ',' + days[days.indexOf(date) + 2]);",
      ],
    ],
  },
  {
    title: 'takes a day of which the afternoon is off for closed',
    fault: 'tw-11',
    invariant: 'closedAfternoon',
    replace: [
      ["if (suspended !== 'afternoon') open.delete(date);", 'open.delete(date);'],
      ["if (!open.has(row.date)) no('no open day of calendar.csv');", 'if (!open.has(row.date)) continue;'],
    ],
  },
  {
    title: 'counts days instead of sessions',
    fault: 'tw-12',
    invariant: 'changed',
    replace: [
      ['row.at = dates.indexOf(date);', 'row.at = Date.parse(date) / 86_400_000;'],
      ['row.at - 3', 'row.at - 5'],
    ],
  },
  {
    title: 'counts a Saturday at which offices work as a session',
    fault: 'tw-12',
    invariant: 'handled',
    replace: [['row.at = dates.indexOf(date);', 'row.at = [...open].sort().indexOf(date);']],
  },
  {
    title: 'puts a date that it cannot read on the day before',
    fault: 'tw-14',
    invariant: 'handled',
    replace: [
      [
        "if (!/^\\d{4}-\\d{2}-\\d{2}$/.test(row.date)) no('expected a date');",
        'if (!/^\\d{4}-\\d{2}-\\d{2}$/.test(row.date)) row.date = rows.at(-1).date;',
      ],
      ["if (seen.has(row.date + row.stock)) no('a second row');", 'if (seen.has(row.date + row.stock)) continue;'],
    ],
  },
  {
    title: 'takes raw prices over a corporate action',
    fault: 'tw-15',
    invariant: 'jumped',
    replace: [['row.close / row.reference - 1;', 'row.close / (past.at(-2)?.close ?? row.close) - 1;']],
  },
  {
    title: 'scales by figures of the whole sample',
    fault: 'tw-15',
    invariant: 'lookAhead',
    replace: [['row.rank = (', 'row.rank = rows.reduce((sum, one) => sum + one.close, 0) * (']],
  },
  {
    title: 'predicts what was delisted from its last prices',
    fault: 'tw-15',
    invariant: 'claimedLive',
    replace: [['const scores =', filled]],
  },
  {
    title: 'takes the history of whoever had the code before',
    fault: 'tw-15',
    invariant: 'codeReused',
    replace: [["if (row.date < (listed.get(row.stock) ?? '')) continue;", '']],
  },
  {
    title: 'takes few matches for an outage',
    fault: 'tw-16',
    invariant: 'missing',
    replace: [['if (past.length > 5) day.push(row);', 'if (past.length > 5 && row.trades > 54) day.push(row);']],
  },
  {
    title: 'takes lots for shares',
    fault: 'tw-18',
    invariant: 'handled',
    replace: [
      ['if (row.volume > 0 && (cost > 100 || cost < 0.01))', 'if (false)'],
      ['- 0.001 * row.change;', '- 0.001 * row.change - 0.01 * Math.log(row.volume + 1);'],
    ],
  },
];

/** The pipeline with the mutation. @throws Error if the sentence to replace is not there */
export function mutant({ replace, title }, pipeline = rightPipeline) {
  return replace.reduce((code, [from, to]) => {
    if (!code.includes(from)) throw new Error(`${title}: “${from}” is not in the pipeline`);
    return code.replace(from, () => to);
  }, pipeline);
}
