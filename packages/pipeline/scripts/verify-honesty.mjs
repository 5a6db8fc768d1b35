// The honesty checks on the reference pipeline, which is honest, over many simulated markets whose companies report: they must
// stay quiet. (That each catches its planted sin is in test/honesty.test.ts.)
// `node scripts/verify-honesty.mjs [--seeds 20] [--first-seed 1] [--stocks 100] [--days 63] [--resume FILE] [--minutes N]`
// A seed takes about 25 s on two cores. With --resume each result is kept in the file, and a seed that is there is not run again;
// with --minutes no seed is begun after so long, and the exit code is 3 while some are left.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSuite } from '@preopen/core';
import { simulatedDataset } from '@preopen/market-tw';
import { determinism, lookAheadCheck, nullMarket, referenceTarget, survivorship } from '@preopen/pipeline';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    'first-seed': { type: 'string', default: '1' },
    stocks: { type: 'string', default: '100' },
    days: { type: 'string', default: '63' },
    resume: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const scale = { stocks: Number(values.stocks), days: Number(values.days), users: 1 };
/** The null market's IC is beyond 3.89 standard errors once in 10 000 runs of an honest pipeline. */
const limits = { 'pit.differences': 0, 'pit.violations': 0, 'pit.survivorship': 0, 'ic.nullDeviations': 3.89 };

async function judge(seed) {
  const outputDir = mkdtempSync(join(tmpdir(), 'preopen-honesty-'));
  try {
    const run = runSuite({
      suite: {
        name: 'honesty',
        checks: [determinism(), lookAheadCheck(), survivorship(), nullMarket()],
        requirements: [],
        scale,
      },
      target: referenceTarget(),
      configDir: outputDir,
      dataset: { source: simulatedDataset(), simulated: true },
      runId: `honesty-${seed}`,
      seed,
      seedGiven: true,
      outputDir,
      tool: { name: 'verify-honesty', version: '0' },
      signal: new AbortController().signal,
    });
    const { checks } = await run.result;
    const failed = checks.find(({ status }) => status !== 'completed');
    if (failed) throw new Error(`${failed.id}: ${failed.reason}`);
    return Object.fromEntries(
      checks.flatMap(({ measurements }) =>
        measurements.map(({ metric, value, samples }) => [metric, { value, samples }]),
      ),
    );
  } finally {
    rmSync(outputDir, { recursive: true, force: true });
  }
}

const lines = values.resume && existsSync(values.resume) ? readFileSync(values.resume, 'utf8').trim().split('\n') : [];
const known = new Map(lines.filter(Boolean).map((line) => [JSON.parse(line).seed, JSON.parse(line).found]));
const endsMs = performance.now() + Number(values.minutes) * 60_000;
const first = Number(values['first-seed']);
let left = 0;
let wrong = 0;
let largest = 0;
let compared = 0;
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  if (!known.has(seed) && performance.now() > endsMs) {
    left++;
    continue;
  }
  const found = known.get(seed) ?? (await judge(seed));
  if (values.resume && !known.has(seed)) appendFileSync(values.resume, `${JSON.stringify({ seed, found })}\n`);
  const broken = Object.entries(limits).filter(([metric, limit]) => !(found[metric]?.value <= limit));
  wrong += broken.length > 0 ? 1 : 0;
  largest = Math.max(largest, found['ic.nullDeviations']?.value ?? Number.NaN);
  compared += found['pit.violations']?.samples ?? 0;
  const text = Object.keys(limits).map((metric) => `${metric} ${Number(found[metric]?.value.toFixed(2))}`);
  process.stdout.write(`seed ${seed}: ${text.join(', ')}${broken.length > 0 ? '  <- wrong' : ''}\n`);
}
process.stdout.write(
  `${wrong} of ${Number(values.seeds) - left} seeds with a false finding; ${compared} predictions compared with those of a cut panel; null IC within ${largest.toFixed(1)} standard errors\n`,
);
process.exitCode = wrong > 0 ? 1 : left > 0 ? 3 : 0;
