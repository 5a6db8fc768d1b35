import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readResults } from '@preopen/core';
import { historyPoints, type Language, readHistory, writeReports } from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { resultsPathOf } from '../run-folders.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { verdictTable } from '../terminal/verdict-table.ts';
import { writing } from '../written-file.ts';

/** `preopen report RUN`: draws a run's pages again from its results. */
export async function reportCommand(
  run: string,
  flags: { readonly outputDir?: string; readonly history: string; readonly lang: Language },
  streams: Streams,
): Promise<ExitCode> {
  const path = await resultsPathOf(run);
  const results = await readResults(path);
  const dir = resolve(flags.outputDir ?? dirname(path));
  const { entries, problems } = await readHistory(resolve(flags.history));
  for (const problem of problems) streams.err.write(`${flags.history}: ${problem}\n`);
  const history = historyPoints(results, entries);
  const written = await writing(dir, async () => {
    await mkdir(dir, { recursive: true });
    return writeReports(results, dir, { html: true, language: flags.lang, history });
  });
  streams.out.write(`${verdictTable(results, stylesOf(streams, 'auto').out)}\n\n`);
  for (const name of written) streams.out.write(`  ${name.padEnd(13)} ${join(dir, name)}\n`);
  return exitCodes.ok;
}
