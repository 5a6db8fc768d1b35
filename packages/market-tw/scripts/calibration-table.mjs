// Prints, as Markdown, each statistic of simulated periods beside the range that the real market showed; after a build.
// What lies outside is bold, and counted on stderr. Usage: node scripts/calibration-table.mjs [SEED,SEED…]
// Of several seeds the mean is shown, and how many statistics lie outside in each draw is counted.
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
const seeds = (process.argv[2] ?? '1').split(',').map(Number);
const draws = seeds.map((seed) => {
  const simulated = {
    'calm-2019': simulateMarket({ stocks, days: 127, seed, lastDate: '2019-12-31', capitalisationTwd: 36e12 }).panel,
    'covid-2020': simulatePeriod({ period: 'covid-2020', stocks, seed }).panel,
    'tariffs-2025': simulatePeriod({ period: 'tariffs-2025', stocks, seed }).panel,
  };
  return Object.fromEntries(
    Object.entries(spans).map(([id, span]) => [id, windowRanges(simulated[id], { ...span, step: 4 })]),
  );
});
const meanOf = (id, name) => draws.reduce((sum, medians) => sum + medians[id][name][1], 0) / draws.length;
const lies = ([low, high], value) => value >= low && value <= high;
const countOutside = (at) =>
  Object.entries(observedRanges).flatMap(([id, ranges]) =>
    Object.entries(ranges).filter(([name, range]) => !lies(range, at(id, name))),
  ).length;
const cell = (id, name) => {
  const range = observedRanges[id][name];
  const value = meanOf(id, name);
  if (!range) return '– |';
  const isInside = lies(range, value);
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
const each = draws.map((medians) => countOutside((id, name) => medians[id][name][1]));
process.stderr.write(`outside: ${countOutside(meanOf)} of the means; by draw ${each.join(', ')}\n`);
