// Prints, as Markdown, each statistic of simulated periods beside the range that the real market showed; after a build.
// Usage: node scripts/calibration-table.mjs [SEED,SEED…] [--check]
// Shown are the first draw and, of several, their mean in brackets; what lies outside what was seen is bold. On stderr
// stands what lies outside what was seen, and outside what other companies might have shown, of the means and of each draw.
// --check: exits with 1 if the first draw lies outside what was seen, or a mean, or more than one in twenty statistics of all
// draws, outside what other companies might have shown.
import {
  observedRanges,
  redrawnRanges,
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
const medians = ({ panel }, span) =>
  Object.fromEntries(
    Object.entries(windowRanges(panel, { ...span, step: 4 })).map(([name, [, median]]) => [name, median]),
  );
const draws = seeds.map((seed) => ({
  'calm-2019': medians(
    simulateMarket({ stocks, days: 127, seed, lastDate: '2019-12-31', capitalisationTwd: 36e12 }),
    spans['calm-2019'],
  ),
  'covid-2020': medians(simulatePeriod({ period: 'covid-2020', stocks, seed }), spans['covid-2020']),
  'tariffs-2025': medians(simulatePeriod({ period: 'tariffs-2025', stocks, seed }), spans['tariffs-2025']),
}));
const [first] = draws;
const means = Object.fromEntries(
  Object.entries(observedRanges).map(([id, ranges]) => [
    id,
    Object.fromEntries(
      Object.keys(ranges).map((name) => [name, draws.reduce((sum, draw) => sum + draw[id][name], 0) / draws.length]),
    ),
  ]),
);
const isInside = ([low, high], value) => value >= low && value <= high;
const outside = (draw, rangesOf) =>
  Object.entries(rangesOf).flatMap(([id, ranges]) =>
    Object.entries(ranges).flatMap(([name, range]) =>
      isInside(range, draw[id][name]) ? [] : [`${id} ${name} ${draw[id][name].toPrecision(3)}`],
    ),
  );

const cell = (id, name) => {
  const range = observedRanges[id][name];
  if (!range) return '– |';
  const shown = (value) => (isInside(range, value) ? statisticText(name, value) : `**${statisticText(name, value)}**`);
  const mean = draws.length > 1 ? ` (${shown(means[id][name])})` : '';
  return `${statisticText(name, range[0])} to ${statisticText(name, range[1])} | ${shown(first[id][name])}${mean}`;
};
const names = Object.keys(statisticLabels).filter((name) => observedRanges['calm-2019'][name]);
const ids = Object.keys(spans);
const rows = [
  '| 20 sessions running | second half of 2019 | simulated | with 2020-03-19 | simulated | with 2025-04-07 | simulated |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...names.map((name) => `| ${statisticLabels[name].label} | ${ids.map((id) => cell(id, name)).join(' | ')} |`),
];
process.stdout.write(`${rows.join('\n')}\n`);

const count = Object.values(observedRanges).reduce((sum, ranges) => sum + Object.keys(ranges).length, 0);
const report = (what, draw) => {
  const [seen, redrawn] = [outside(draw, observedRanges), outside(draw, redrawnRanges)];
  process.stderr.write(
    `${what}: of ${count} outside what was seen ${seen.length}, outside redrawn companies ${redrawn.length}: ${[...new Set([...redrawn, ...seen])].join('; ') || '–'}\n`,
  );
  return { seen: seen.length, redrawn: redrawn.length };
};
const ofMeans = report('means', means);
const ofDraws = draws.map((draw, k) => report(`seed ${seeds[k]}`, draw));
const redrawn = ofDraws.reduce((sum, one) => sum + one.redrawn, 0);
process.stderr.write(`all draws: ${redrawn} of ${count * draws.length} outside redrawn companies\n`);
if (
  process.argv.includes('--check') &&
  (ofDraws[0].seen > 0 || ofMeans.redrawn > 0 || redrawn > 0.05 * count * draws.length)
)
  process.exitCode = 1;
