import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveModel } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainResults } from '../../packages/report/scripts/plain-results.mjs';
import { openWorkplace, promisedOutput, runnableDocuments, type Workplace } from './support/run-blocks.ts';

const all = runnableDocuments();
let served: Awaited<ReturnType<typeof serveModel>>;
let workplace: Workplace;
beforeAll(async () => {
  served = await serveModel({ name: 'alpha', features: 2, predict: (_, rows) => new Float64Array(rows) });
  workplace = openWorkplace(all, new URL(served.url).host);
  const compiled = workplace.compile();
  expect(compiled.stdout + compiled.stderr, 'what tsc says of the code in the documents').toBe('');
  // What documents that read a finished run find; nothing in it was measured.
  for (const document of all) {
    const run = join(workplace.folderOf(document), 'preopen-results/latest');
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'results.json'), JSON.stringify(plainResults({})));
  }
});
afterAll(async () => {
  await served?.close();
  if (workplace) rmSync(workplace.folder, { recursive: true });
});

describe.each(all.map((document) => [document.path, document] as const))('the code of %s', (_, document) => {
  it.each(document.blocks.map((block) => [block.line, block] as const))(
    'from line %i on runs, and prints what it says',
    async (__, block) => {
      const { code, out, err } = await workplace.run(document, block);
      expect(code, out + err).toBe(0);
      for (const promised of promisedOutput(block)) expect(out).toContain(promised);
    },
  );
});
