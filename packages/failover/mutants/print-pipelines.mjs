/**
 * A small pipeline that takes the prints of a session one by one: the last price against the volume-weighted one, at each
 * moment that is asked, with a flag where the last price is older than it may be, or the stock is halted, waits or is locked; the
 * volatility from one trade to the next, and how many prints came late.
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
  const states = table(inputDir + '/states.csv');
  prints = prints.filter(({ stock, timeMs, sequence }) => {
    const identity = [stock, timeMs, sequence].join();
    return !seen.has(identity) && seen.add(identity);
  });
  prints.sort((a, b) => a.receivedMs - b.receivedMs);
  const newest = new Map();
  for (const print of prints) {
    print.isLate = print.timeMs < (newest.get(print.stock) ?? 0);
    newest.set(print.stock, Math.max(print.timeMs, newest.get(print.stock) ?? 0));
  }
  prints.sort((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);
  const stocks = [...new Set(prints.map(({ stock }) => stock))].sort();
  const out = ['asOfMs,stock,prediction,flag,volatility,late'];
  for (const { asOfMs, maxAgeMs } of table(inputDir + '/as-of.csv')) {
    const received = prints.filter((print) => print.receivedMs <= asOfMs);
    for (const stock of stocks) {
      const own = received.filter((print) => print.stock === stock);
      if (own.length === 0) continue;
      const last = own.at(-1);
      const volume = own.reduce((sum, print) => sum + print.volume, 0);
      const mean = own.reduce((sum, print) => sum + print.volume * print.priceTwd, 0) / volume;
      const said = states.filter((one) => one.receivedMs <= asOfMs && (one.stock === stock || one.stock === '*')).at(-1)?.state ?? 'trading';
      const ageMs = asOfMs - last.timeMs;
      const flag = said !== 'trading' ? said : ageMs > maxAgeMs ? 'stale' : '';
      const steps = own.flatMap((print, at) => (at > 0 && print.kind === 'trade' ? [Math.log(print.priceTwd / own[at - 1].priceTwd)] : []));
      const volatility = steps.length < 2 ? '' : Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
      const late = own.filter((print) => print.isLate).length;
      out.push([asOfMs, stock, last.priceTwd / mean - 1 + 1e-9 * volume, flag, volatility, late].join(','));
    }
  }
  writeFileSync(outputDir + '/live.csv', out.join('\\n') + '\\n');
}`;

/** Pipelines with one such mistake each. */
export const printMutations = [
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
        "if (own.length === 0) { out.push([asOfMs, stock, 0, '', '', 0].join(',')); continue; }",
      ],
    ],
  },
  {
    title: 'takes the age of a price from when something was received',
    fault: 'tw-03',
    invariant: 'unflaggedStale',
    replace: [
      ['!seen.has(identity) && seen.add(identity)', 'true'],
      ['asOfMs - last.timeMs', 'asOfMs - Math.max(...own.map((print) => print.receivedMs))'],
    ],
  },
  {
    title: 'adds the volume of what comes again',
    fault: 'tw-04',
    invariant: 'changed',
    replace: [['!seen.has(identity) && seen.add(identity)', 'true']],
  },
  {
    title: 'takes the last that came for the last that happened',
    fault: 'tw-05',
    invariant: 'changed',
    replace: [
      ['prints.sort((a, b) => a.receivedMs - b.receivedMs);', ''],
      ['prints.sort((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);', ''],
    ],
  },
  {
    title: 'weighs blocks and odd lots into its mean price',
    fault: 'tw-17',
    invariant: 'changed',
    replace: [[".filter((print) => print.session === 'regular')", '']],
  },
  {
    title: 'counts a repeat as a price that did not move',
    fault: 'tw-03',
    invariant: 'flatVolatility',
    replace: [['!seen.has(identity) && seen.add(identity)', 'true']],
  },
  {
    title: 'does not count what comes late',
    fault: 'tw-05',
    invariant: 'lateUncounted',
    replace: [['print.timeMs < (newest.get(print.stock) ?? 0);', 'false;']],
  },
  {
    title: 'answers the moments in another order',
    fault: 'tw-05',
    invariant: 'backwards',
    replace: [["table(inputDir + '/as-of.csv'))", "table(inputDir + '/as-of.csv').reverse())"]],
  },
  {
    title: 'predicts what is locked at its limit as if it could be sold',
    fault: 'tw-06',
    invariant: 'unflaggedLocked',
    replace: [["flag = said !== 'trading' ?", "flag = said !== 'trading' && said !== 'limit-down' ?"]],
  },
  {
    title: 'predicts while matching waits',
    fault: 'tw-08',
    invariant: 'claimedLive',
    replace: [["flag = said !== 'trading' ?", "flag = said !== 'trading' && said !== 'paused' ?"]],
  },
  {
    title: 'reads the auction after an interruption as one step of the price',
    fault: 'tw-08',
    invariant: 'resumeJump',
    replace: [["at > 0 && print.kind === 'trade' ?", 'at > 0 ?']],
  },
  {
    title: 'predicts while the exchange stands still',
    fault: 'tw-10',
    invariant: 'claimedLive',
    replace: [["flag = said !== 'trading' ?", "flag = said !== 'trading' && said !== 'halted' ?"]],
  },
  {
    title: 'knows a print by its number alone',
    fault: 'tw-10',
    invariant: 'restartLost',
    replace: [['[stock, timeMs, sequence].join()', 'sequence']],
  },
  {
    title: 'takes what happens after the close for a mistake',
    fault: 'tw-13',
    invariant: 'closingMissed',
    replace: [["print.session === 'regular')", "print.session === 'regular' && print.timeMs <= 48_600_000)"]],
  },
  {
    title: 'takes what comes before it happens for a mistake',
    fault: 'tw-13',
    invariant: 'falseAlarm',
    replace: [["print.session === 'regular')", "print.session === 'regular' && print.timeMs <= print.receivedMs)"]],
  },
  {
    title: 'answers once for each time that a print comes',
    fault: 'tw-04',
    invariant: 'duplicated',
    replace: [
      ['!seen.has(identity) && seen.add(identity)', 'true'],
      [
        "flag, volatility, late].join(','));",
        "flag, volatility, late].join(',')); if (own.length > new Set(own.map((print) => print.sequence)).size) out.push(out.at(-1));",
      ],
    ],
  },
];
