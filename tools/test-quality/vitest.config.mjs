import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { QuickestFirst } from './quickest-first.mjs';

/** The tests that judge what is mutated, against the sources: what is run for every mutant. */
export default defineConfig({
  root: process.cwd(),
  ssr: { resolve: { conditions: ['@preopen/source', 'module', 'node', 'development|production'] } },
  test: {
    include: process.env.JUDGING_TESTS?.split(','),
    testTimeout: 120_000,
    exclude: ['**/*.e2e.test.ts', '**/*.fuzz.test.ts'],
    // One thread a mutant, which loads the sources once for all the test files and ends with the mutant.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    setupFiles: [fileURLToPath(new URL('first-counterexample.mjs', import.meta.url))],
  },
});
