// The reference pipeline as a command: reference-pipeline.js INPUT OUTPUT [--generate N]
// Reads a dataset folder and the company figures that it may have, computes features, trains and predicts walk-forward,
// writes predictions.csv, of the last model model.txt, importance.csv (gain, splits and SHAP values) and features.csv (what it takes
// of the last session, for a service), folds.csv and settlement.csv (the day on which trades of each session settle). Where the folder
// has the prints of a session, it writes what it says during that session to live.csv.
// With --generate it adds, for each fold, the N best features that it generates from the fold's training days.
// Ended in between and started again with the same folders, it goes on from the last finished fold.
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { writeFileAtomic } from '@preopen/core';
import {
  daysWithoutTrade,
  type Panel,
  readDatasetData,
  readDatasetFigures,
  readManifest,
  withoutSessions,
} from '@preopen/market-tw';
import { dataWarnings } from './data-warnings.ts';
import { fundamentalsOf } from './factors/fundamentals-of.ts';
import { marketColumns } from './factors/market-columns.ts';
import { foldsCsv, foldsFile } from './fold-file.ts';
import { foldFolder } from './fold-store.ts';
import { generateFeatures } from './generation/generate.ts';
import { cookFeatures } from './generation/recipe.ts';
import { writeLive } from './live/live-file.ts';
import type { Importance } from './model.ts';
import { computeFeaturesInParallel } from './parallel-features.ts';
import { walkForward } from './reference-run.ts';
import { featureTableCsv } from './service/feature-table.ts';
import { lastFeatures } from './service/last-features.ts';
import { settlementDays } from './settlement-days.ts';
import { sinceListing } from './since-listing.ts';

/** Announces a stage the way any pipeline does, in one line of JSON. */
function announce(stage: string, event: 'start' | 'end', rows?: number): void {
  process.stdout.write(`${JSON.stringify({ stage, event, ...(rows === undefined ? {} : { rows }) })}\n`);
}

/** Writes to a temporary name and renames: a file that is cut off is never taken for whole. */
async function writePredictions(path: string, panel: Panel, predictions: Float64Array): Promise<number> {
  const temporary = `${path}.tmp`;
  const file = createWriteStream(temporary);
  const n = panel.stocks.length;
  let rows = 0;
  let block = 'date,stock,prediction\n';
  for (let at = 0; at < predictions.length; at++) {
    if (Number.isNaN(predictions[at]!)) continue;
    block += `${panel.dates[Math.floor(at / n)]},${panel.stocks[at % n]!.code},${predictions[at]}\n`;
    rows++;
    if (block.length > 1 << 20) {
      if (!file.write(block)) await new Promise((resolve) => file.once('drain', () => resolve(undefined)));
      block = '';
    }
  }
  file.end(block);
  await finished(file);
  await rename(temporary, path);
  return rows;
}

function importanceLines(rows: readonly Importance[]): string {
  const lines = rows.map((row) => [row.feature, row.gain, row.splits, row.meanContribution].join(','));
  return `${['feature,gain,splits,mean_contribution', ...lines].join('\n')}\n`;
}

async function main(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { generate: { type: 'string', default: '0' } },
  });
  const [input, output] = positionals;
  if (input === undefined || output === undefined)
    throw new Error('usage: reference-pipeline INPUT OUTPUT [--generate N] (dataset folder, output folder)');
  const keep = Number(values.generate);
  if (!Number.isInteger(keep) || keep < 0) throw new Error(`--generate: expected a count, got “${values.generate}”`);
  await mkdir(output, { recursive: true });
  announce('load', 'start');
  const data = await readDatasetData(input);
  for (const warning of dataWarnings(data)) process.stderr.write(`reference pipeline: ${warning}\n`);
  const closed = daysWithoutTrade(data.panel);
  const { panel, codes: reused } = sinceListing(withoutSessions(data.panel, closed));
  if (reused.length > 0)
    process.stderr.write(
      `reference pipeline: warning: ${reused.join(', ')}: rows before the listing are those of another company; left out\n`,
    );
  if (closed.length > 0) {
    const dates = closed.map((day) => data.panel.dates[day]).join(', ');
    process.stderr.write(
      `reference pipeline: warning: nothing traded on ${dates}; left out, although the calendar has it as open\n`,
    );
  }
  const { horizonDays, digest } = await readManifest(input);
  const figures = await readDatasetFigures(input, panel.stocks);
  announce('load', 'end', panel.dates.length * panel.stocks.length);
  announce('features', 'start');
  const features = await computeFeaturesInParallel(panel, figures && { fundamentals: fundamentalsOf(figures, panel) });
  announce('features', 'end', features.days * features.stocks);
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const store = foldFolder(join(output, 'folds'), { version, digest, horizonDays, features: features.names, keep });
  const groups = marketColumns(panel).sectors;
  const result = await walkForward(panel, features, {
    horizonDays,
    store,
    onStage: announce,
    ...(keep > 0 && {
      generate: async (given, label, { trainFrom, trainTo }) => {
        const onProgress = ({ message, fraction }: { message: string; fraction: number }): void =>
          void process.stderr.write(`reference pipeline: generation ${Math.round(100 * fraction)} %: ${message}\n`);
        const days = { trainFrom, trainTo, horizonDays };
        const found = await generateFeatures(given, label, { ...days, groups, keep, onProgress });
        return cookFeatures(
          given,
          found.map(({ recipe }) => recipe),
          groups,
        );
      },
    }),
  });
  announce('write', 'start');
  const rows = await writePredictions(join(output, 'predictions.csv'), panel, result.predictions);
  await writeFileAtomic(join(output, 'model.txt'), result.modelText);
  await writeFileAtomic(join(output, 'importance.csv'), importanceLines(result.importance));
  const table = lastFeatures(panel, features, result.modelText, groups);
  await writeFileAtomic(join(output, 'features.csv'), featureTableCsv(table));
  await writeFileAtomic(join(output, foldsFile), foldsCsv(result.folds, panel.dates));
  const settlement = settlementDays(panel.dates).map((days) => days.join(','));
  await writeFileAtomic(join(output, 'settlement.csv'), `${['date,settlesOn', ...settlement].join('\n')}\n`);
  await writeLive(input, output);
  await store.remove();
  announce('write', 'end', rows);
}

try {
  await main(process.argv.slice(2));
} catch (cause) {
  process.stderr.write(`reference pipeline: ${(cause as Error).message}\n`);
  process.exitCode = 1;
}
