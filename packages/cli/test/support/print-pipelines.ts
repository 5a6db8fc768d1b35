import type { Mutation } from './taiwan-pipelines.ts';

/**
 * A small pipeline that takes the prints of a session one by one: the last price against the volume-weighted one, at each
 * moment that is asked, with a flag where the last price is older than it may be.
 */
export const rightPrintPipeline = `import { readFileSync, writeFileSync } from 'node:fs';
const table = (path) => {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], isNaN(cell) ? cell : Number(cell)])));
};
export function run({ inputDir, outputDir }) {
  const seen = new Set();
  let prints = table(inputDir + '/prints.csv').filter((print) => print.session === 'regular');
  prints = prints.filter(({ sequence }) => !seen.has(sequence) && seen.add(sequence));
  prints.sort((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);
  const stocks = [...new Set(prints.map(({ stock }) => stock))].sort();
  const out = ['asOfMs,stock,prediction,flag'];
  for (const { asOfMs, maxAgeMs } of table(inputDir + '/as-of.csv')) {
    const received = prints.filter((print) => print.receivedMs <= asOfMs);
    for (const stock of stocks) {
      const own = received.filter((print) => print.stock === stock);
      if (own.length === 0) continue;
      const last = own.at(-1);
      const volume = own.reduce((sum, print) => sum + print.volume, 0);
      const mean = own.reduce((sum, print) => sum + print.volume * print.priceTwd, 0) / volume;
      const ageMs = asOfMs - last.timeMs;
      out.push([asOfMs, stock, last.priceTwd / mean - 1 + 1e-9 * volume, ageMs > maxAgeMs ? 'stale' : ''].join(','));
    }
  }
  writeFileSync(outputDir + '/live.csv', out.join('\\n') + '\\n');
}`;

/** Pipelines with one such mistake each. */
export const printMutations: readonly Mutation[] = [
  {
    title: 'leaves out what was held back over the open',
    fault: 'tw-01',
    invariant: 'falseAlarm',
    replace: [['print.receivedMs <= asOfMs', 'print.receivedMs <= asOfMs && print.receivedMs - print.timeMs < 60_000']],
  },
  {
    title: 'predicts without a price while the feed is silent',
    fault: 'tw-01',
    invariant: 'unflaggedStale',
    replace: [
      [
        'if (own.length === 0) continue;',
        "if (own.length === 0) { out.push([asOfMs, stock, 0, ''].join(',')); continue; }",
      ],
    ],
  },
  {
    title: 'takes the age of a price from when something was received',
    fault: 'tw-03',
    invariant: 'unflaggedStale',
    replace: [
      ['!seen.has(sequence) && seen.add(sequence)', 'true'],
      ['asOfMs - last.timeMs', 'asOfMs - Math.max(...own.map((print) => print.receivedMs))'],
    ],
  },
  {
    title: 'adds the volume of what comes again',
    fault: 'tw-04',
    invariant: 'changed',
    replace: [['!seen.has(sequence) && seen.add(sequence)', 'true']],
  },
  {
    title: 'takes the last that came for the last that happened',
    fault: 'tw-05',
    invariant: 'changed',
    replace: [['prints.sort((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);', '']],
  },
  {
    title: 'weighs blocks and odd lots into its mean price',
    fault: 'tw-17',
    invariant: 'changed',
    replace: [[".filter((print) => print.session === 'regular')", '']],
  },
];
