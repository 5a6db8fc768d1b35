// Prints, as Markdown, each statistic of simulated periods beside the range that the real market showed; after a build.
// What lies outside is bold. Usage: node scripts/calibration-table.mjs
import {
  observedRanges,
  simulateMarket,
  simulatePeriod,
  statisticLabels,
  statisticText,
  windowRanges,
} from '../dist/index.js';

const spans = {
  'calm-2019': { to: '2019-12-31' },
  'covid-2020': { holds: '2020-03-19' },
  'tariffs-2025': { holds: '2025-04-07' },
};
const stocks = 1700;
const simulated = {
  'calm-2019': simulateMarket({ stocks, days: 127, seed: 1, lastDate: '2019-12-31', capitalisationTwd: 36e12 }).panel,
  'covid-2020': simulatePeriod({ period: 'covid-2020', stocks, seed: 1 }).panel,
  'tariffs-2025': simulatePeriod({ period: 'tariffs-2025', stocks, seed: 1 }).panel,
};
const medians = Object.fromEntries(
  Object.entries(spans).map(([id, span]) => [id, windowRanges(simulated[id], { ...span, step: 4 })]),
);
const cell = (id, name) => {
  const range = observedRanges[id][name];
  const value = medians[id][name][1];
  if (!range) return '– |';
  const isInside = value >= range[0] && value <= range[1];
  const shown = statisticText(name, value);
  return `${statisticText(name, range[0])} to ${statisticText(name, range[1])} | ${isInside ? shown : `**${shown}**`}`;
};
const names = Object.keys(statisticLabels).filter((name) => observedRanges['calm-2019'][name]);
const ids = Object.keys(spans);
const rows = [
  '| 20 sessions running | second half of 2019 | simulated | with 2020-03-19 | simulated | with 2025-04-07 | simulated |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...names.map((name) => `| ${statisticLabels[name].label} | ${ids.map((id) => cell(id, name)).join(' | ')} |`),
];
process.stdout.write(`${rows.join('\n')}\n`);
