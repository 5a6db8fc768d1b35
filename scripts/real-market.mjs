// What the reference pipeline finds on real daily bars, as tables in docs/guides/real-market.md.
//   node scripts/real-market.mjs PANEL.csv.gz [PANEL.csv.gz …]     after npm run build
//   node scripts/real-market.mjs results.json [results.json …]     of runs that were made by hand, as below
// Each run is a look at the data and goes into the document's list of looks: figures out of sample are worth what that list is
// short. The settings of the pipeline come from simulated markets; nothing may be changed for what is seen here.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const documentPath = join(root, 'docs/guides/real-market.md');
const panels = process.argv.slice(2);
if (panels.length === 0) {
  console.error('usage: node scripts/real-market.mjs PANEL.csv.gz [PANEL.csv.gz …]');
  process.exit(2);
}

function measure(path) {
  if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'preopen-real-'));
  try {
    // Larger than any panel: all stocks and days.
    const scale = ['--stocks', '5000', '--days', '5000', '--seed', '42'];
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'packages/cli/dist/bin.js'),
        ...['run', '--suite', 'comprehensive', '--only', 'signal/ic', '--data', path, ...scale],
        ...['--output-dir', folder],
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (run.status !== 0) throw new Error(`${path}: the run ended with ${run.status}`);
    return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ic = (value) => value.toFixed(3);
const percent = (value) => `${(100 * value).toFixed(3)} %`;
const withInterval = (show, { value, interval }) =>
  interval ? `${show(value)} (${show(interval.low)} to ${show(interval.high)})` : show(value);

function rowsOf({ dataset, checks }) {
  const check = checks.find(({ id }) => id === 'signal/ic');
  if (check.status !== 'completed') throw new Error(`signal/ic: ${check.reason}`);
  const measured = (metric) => check.measurements.find((one) => one.metric === metric);
  const series = (id) =>
    Object.fromEntries(check.series.find((one) => one.id === id).columns.map(({ name, values }) => [name, values]));
  const daily = series('ic.byDate');
  const predicted = daily.date.flatMap((date, t) =>
    daily.pipeline[t] === null ? [] : [{ date, ic: daily.pipeline[t] }],
  );
  const crash = predicted.filter(({ date }) => date.startsWith('2020-03'));
  const regimes = series('ic.byRegime');
  const decay = series('ic.decay');
  const quantiles = series('ic.quantiles');
  const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const lines = [
    ['days and stocks', `${dataset.days} × ${dataset.stocks}`],
    ['predicted', `${predicted.length} days, ${predicted[0].date} to ${predicted.at(-1).date}`],
    ['mean rank IC, close to close', withInterval(ic, measured('ic.mean'))],
    ['Newey–West t', measured('ic.t').value.toFixed(1)],
    ['IC over its deviation (IR)', measured('ic.ir').value.toFixed(2)],
    [
      'days with an IC above 0',
      `${Math.round((100 * predicted.filter((day) => day.ic > 0).length) / predicted.length)} %`,
    ],
    ...regimes.regime.map((regime, k) => [
      `${regime} days: IC (t)`,
      `${ic(regimes.mean[k])} (${regimes.t[k].toFixed(1)})`,
    ]),
    ...(crash.length > 0 ? [[`March 2020: IC of ${crash.length} days`, ic(meanOf(crash.map((day) => day.ic)))]] : []),
    ...decay['sessions ahead'].map((ahead, k) => [
      `IC, return over ${ahead} ${ahead === '1' ? 'session' : 'sessions'}`,
      ic(decay.mean[k]),
    ]),
    [
      'return of the lowest and the highest tenth, a day',
      `${percent(quantiles.return[0])}, ${percent(quantiles.return.at(-1))}`,
    ],
    ['best fifth less all, a day, before costs', withInterval(percent, measured('portfolio.grossExcess'))],
    ['the same after costs', withInterval(percent, measured('portfolio.netExcess'))],
    ['bought each day', percent(measured('portfolio.turnover').value)],
    ['orders stopped by limits and halts', /(\d+) orders/.exec(measured('portfolio.turnover').how)[1]],
  ];
  return { name: dataset.origin, rows: new Map(lines) };
}

const text = readFileSync(documentPath, 'utf8');
const between = (name, content, whole) => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  if (!whole.includes(start)) throw new Error(`${documentPath} has no ${start}`);
  return whole.replace(new RegExp(`${start}[\\s\\S]*?${end}`), `${start}\n${content}\n${end}`);
};
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const date = new Date().toISOString().slice(0, 10);
const tables = panels.map((path) => rowsOf(measure(path)));
const labels = [...new Set(tables.flatMap(({ rows }) => [...rows.keys()]))];
const table = [
  ['', ...tables.map(({ name }) => `\`${name}\``)],
  ['---', ...tables.map(() => '---:')],
  ...labels.map((label) => [label, ...tables.map(({ rows }) => rows.get(label) ?? '')]),
].map((cells) => `| ${cells.join(' | ')} |`);
const [, looks = ''] = /<!-- looks -->\n([\s\S]*?)\n<!-- \/looks -->/.exec(text) ?? [];
const added = tables.map(
  ({ name, rows }) => `| ${date} | ${commit} | \`${name}\` | ${rows.get('mean rank IC, close to close')} |`,
);
writeFileSync(documentPath, between('looks', [looks, ...added].join('\n'), between('figures', table.join('\n'), text)));
console.log(table.join('\n'));
