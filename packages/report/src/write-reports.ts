import { join } from 'node:path';
import { type Results, writeFileAtomic } from '@preopen/core';
import { renderJUnit } from './junit.ts';
import { renderReport } from './page.ts';
import { renderSummary } from './summary.ts';

/**
 * Writes a run's files beside its `results.json`, each whole or not at all.
 * @param options.html also `report.html` and `summary.md`
 * @returns names of the files written
 */
export async function writeReports(
  results: Results,
  dir: string,
  options: { readonly html: boolean },
): Promise<string[]> {
  const files: [string, string][] = [['junit.xml', renderJUnit(results)]];
  if (options.html) files.unshift(['report.html', renderReport(results)], ['summary.md', renderSummary(results)]);
  for (const [name, content] of files) await writeFileAtomic(join(dir, name), content);
  return files.map(([name]) => name);
}
