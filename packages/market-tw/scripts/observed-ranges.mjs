// Works out the ranges of `src/statistics/observed-ranges.ts` from panels of the real market; after a build.
// Usage: node scripts/observed-ranges.mjs FOLDER [calm-2019|covid-2020|tariffs-2025 …]; without a period, all three.
// FOLDER holds panels/panel-full-2019h2-2020.csv.gz and panels/panel-ohlcv-2024-12-2026-08.csv.gz, and
// licensed/twse-securities.csv and licensed/tpex-securities.csv (mlouielu/twstock), which tell the sectors.
//
// Of each statistic two ranges are printed. `seen`: lowest and highest over all windows of 20 sessions. `redrawn`: the
// companies of a window are one draw; of each window they are drawn again, with replacement (TSMC once, always), and the
// range is that of the windows' 95 % intervals, joined with what was seen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@preopen/core';
import { createPanel, marketStatistics, panelFields, readMarketData } from '../dist/index.js';

const [folder, ...periods] = process.argv.slice(2);
if (!folder) {
  process.stderr.write('observed-ranges: which folder? Usage: node scripts/observed-ranges.mjs FOLDER\n');
  process.exit(2);
}
const windowSessions = 20;
const draws = 200;
/** Windows overlap: every so manieth is enough to draw companies again. */
const stride = 3;
const raw = 'panels/panel-full-2019h2-2020.csv.gz';
const adjusted = 'panels/panel-ohlcv-2024-12-2026-08.csv.gz';
const spans = {
  'calm-2019': { file: raw, fits: (_first, last) => last <= '2019-12-31', stride: 3 * stride },
  'covid-2020': { file: raw, fits: (first, last) => first <= '2020-03-19' && last >= '2020-03-19', stride },
  'tariffs-2025': { file: adjusted, fits: (first, last) => first <= '2025-04-07' && last >= '2025-04-07', stride },
};
const notRanged = ['stocks', 'days', 'uncompared', 'offTick'];

const sectors = new Map();
for (const market of ['twse', 'tpex']) {
  const lines = readFileSync(join(folder, `licensed/${market}-securities.csv`), 'utf8').split('\n');
  for (const line of lines.slice(1)) {
    const [, code, , , , , group] = line.split(',');
    if (group) sectors.set(code, group === '半導體業' ? '24' : group);
  }
}

/** The window's panel of some of the stocks, a stock as often as it is named. */
function windowOf(panel, from, chosen) {
  const window = createPanel(
    panel.dates.slice(from, from + windowSessions),
    chosen.map((i) => ({ ...panel.stocks[i], sector: sectors.get(panel.stocks[i].code) ?? '' })),
  );
  for (const field of panelFields) {
    const [to, of] = [window.fields[field], panel.fields[field]];
    for (let t = 0; t < windowSessions; t++)
      for (let j = 0; j < chosen.length; j++)
        to[t * chosen.length + j] = of[(from + t) * panel.stocks.length + chosen[j]];
  }
  return window;
}

const widen = (ranges, name, low, high) => {
  if (Number.isNaN(low)) return;
  const [lowest, highest] = ranges[name] ?? [low, high];
  ranges[name] = [Math.min(lowest, low), Math.max(highest, high)];
};
/** Three digits, rounded outwards. */
const outwards = ([low, high]) => {
  const step = (value) => 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 2);
  const round = (value, to) => Number((to(value / step(value)) * step(value)).toPrecision(3));
  return [round(low, Math.floor), round(high, Math.ceil)];
};

const panels = new Map();
for (const [id, span] of Object.entries(spans)) {
  if (periods.length > 0 && !periods.includes(id)) continue;
  if (!panels.has(span.file)) panels.set(span.file, (await readMarketData(join(folder, span.file))).panel);
  const panel = panels.get(span.file);
  const { dates, stocks, fields } = panel;
  const random = createRandom(1, `observed-ranges/${id}`);
  const [seen, redrawn] = [{}, {}];
  let fitting = 0;
  for (let from = 0; from + windowSessions <= dates.length; from++) {
    if (!span.fits(dates[from], dates[from + windowSessions - 1])) continue;
    const isThere = (i) =>
      dates.some((_, t) => t >= from && t < from + windowSessions && fields.volume[t * stocks.length + i] > 0);
    const common = [...stocks.keys()].filter((i) => /^[1-9]\d{3}$/.test(stocks[i].code) && isThere(i));
    const found = marketStatistics(windowOf(panel, from, common));
    const names = Object.keys(found).filter((name) => !notRanged.includes(name));
    for (const name of names) {
      widen(seen, name, found[name], found[name]);
      widen(redrawn, name, found[name], found[name]);
    }
    if (fitting++ % span.stride !== 0) continue;
    const largest = common.filter((i) => stocks[i].code === '2330');
    const others = common.filter((i) => stocks[i].code !== '2330');
    const again = Array.from({ length: draws }, () =>
      marketStatistics(windowOf(panel, from, [...largest, ...others.map(() => others[random.integer(others.length)])])),
    );
    for (const name of names) {
      const values = again.map((one) => one[name]).sort((a, b) => a - b);
      widen(redrawn, name, values[Math.floor(0.025 * draws)], values[Math.ceil(0.975 * draws) - 1]);
    }
  }
  process.stdout.write(`'${id}': ${fitting} windows\n`);
  for (const name of Object.keys(seen))
    process.stdout.write(
      `  ${name}: { seen: [${outwards(seen[name]).join(', ')}], redrawn: [${outwards(redrawn[name]).join(', ')}] },\n`,
    );
}
