import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Results, writeFileAtomic } from '@preopen/core';
import { renderJUnit } from './junit.ts';
import type { Language } from './language/catalogue.ts';
import { type ReportOptions, renderReport } from './page.ts';
import { renderSummary } from './summary.ts';

/**
 * Writes a run's files beside its `results.json`, each whole or not at all.
 * @param options.html also `report.html` and `summary.md`, in the language and with the history that are given
 * @returns names of the files written
 */
export async function writeReports(
  results: Results,
  dir: string,
  options: { readonly html: boolean } & ReportOptions,
): Promise<string[]> {
  const files: [string, string][] = [['junit.xml', renderJUnit(results)]];
  if (options.html)
    files.unshift(
      ['report.html', renderReport(results, options)],
      ['summary.md', renderSummary(results, options.language)],
    );
  for (const [name, content] of files) await writeFileAtomic(join(dir, name), content);
  return files.map(([name]) => name);
}

/**
 * Adds the summary to the page that GitHub shows for a step of a workflow.
 * @param path what the environment variable `GITHUB_STEP_SUMMARY` holds; other steps may have written there before
 */
export async function writeStepSummary(path: string, results: Results, language: Language = 'en'): Promise<void> {
  await appendFile(path, `${renderSummary(results, language)}\n`);
}
