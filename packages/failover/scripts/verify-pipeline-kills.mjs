// Kills pipelines at many random moments (SIGKILL) and runs each again: no torn output may be taken for whole, and the result must be
// that of an uninterrupted run, byte for byte.
// Usage: node scripts/verify-pipeline-kills.mjs [KILLS] [--json]; 40 kills of two pipelines take about three minutes on a quiet machine.
// The careful pipeline of mutants/ and the reference pipeline must come out clean; ends with 1 otherwise.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, openPipeline, systemClock } from '@preopen/core';
import { pipelineKill } from '@preopen/failover';
// Not among this package's dependencies, but in this repository: the reference pipeline, and data as it reads them.
import { simulateMarket, writeDataset } from '../../market-tw/dist/index.js';
import { referenceTarget } from '../../pipeline/dist/index.js';
import { writePrices } from '../mutants/dataset.mjs';

const kills = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 40);
const asJson = process.argv.includes('--json');
const folder = mkdtempSync(join(tmpdir(), 'failover-kills-'));
const { signal } = new AbortController();
const seed = 42;

const careful = fileURLToPath(new URL('../mutants/pipeline.mjs', import.meta.url));
const pipelines = [
  {
    name: 'careful',
    config: { kind: 'command', command: [process.execPath, careful, '{input}', '{output}', 'csv'] },
    write: async (dir) => writePrices(dir, { stocks: 150, days: 60 }),
  },
  {
    name: 'reference',
    config: referenceTarget().pipeline,
    write: (dir) =>
      writeDataset(simulateMarket({ stocks: 60, days: 63, seed }).panel, dir, { source: 'simulated', origin: 'kills' }),
  },
];

const textOf = ({ name, kills: done, tornOutputs, failedResumes, differentResults, resumeTime, notes }) =>
  `${name}: ${done} kills, ${tornOutputs} torn outputs, ${failedResumes} failed resumes, ${differentResults} different results, a resume takes ${resumeTime?.toFixed(2)} of a whole run\n  ${notes.join('\n  ')}\n`;

const rows = [];
try {
  for (const { name, config, write } of pipelines) {
    const dir = join(folder, `${name}-data`);
    const workDir = join(folder, name);
    mkdirSync(workDir);
    await write(dir);
    const outcome = await pipelineKill({ kills }).run({
      signal,
      clock: systemClock,
      seed,
      random: (purpose) => createRandom(seed, purpose),
      workDir,
      emit: ({ message }) => process.stderr.write(`${name}: ${message}\n`),
      pipeline: openPipeline(config, { name, clock: systemClock, workDir, configDir: folder }),
      dataset: { dir },
    });
    const figures = Object.fromEntries(outcome.measurements.map(({ metric, value }) => [metric.split('.')[2], value]));
    const row = { name, kills: outcome.measurements[0]?.samples ?? 0, ...figures, notes: outcome.notes };
    rows.push(row);
    if (!asJson) process.stdout.write(textOf(row));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const isClean = rows.every(
  ({ kills: done, tornOutputs, failedResumes, differentResults }) =>
    done > 0 && tornOutputs === 0 && failedResumes === 0 && differentResults === 0,
);
if (asJson) process.stdout.write(`${JSON.stringify({ rows, isClean }, null, 2)}\n`);
else {
  process.stdout.write(`${isClean ? 'PASSED' : 'FAILED'}\n`);
}
process.exitCode = isClean ? 0 : 1;
