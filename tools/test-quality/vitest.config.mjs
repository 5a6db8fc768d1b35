import { defineConfig } from 'vitest/config';

/** The tests that judge what is mutated, against the sources: what is run for every mutant. */
export default defineConfig({
  root: process.cwd(),
  ssr: { resolve: { conditions: ['@preopen/source', 'module', 'node', 'development|production'] } },
  test: {
    include: process.env.JUDGING_TESTS?.split(','),
    testTimeout: 120_000,
    exclude: ['**/*.e2e.test.ts', '**/*.fuzz.test.ts'],
  },
});
