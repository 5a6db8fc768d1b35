import { defineConfig } from 'vitest/config';

/** The unit tests of one package, from its sources: what is run for every mutant. */
export default defineConfig({
  root: process.cwd(),
  ssr: { resolve: { conditions: ['@preopen/source', 'module', 'node', 'development|production'] } },
  test: {
    include: [`packages/${process.env.MUTATED_PACKAGE}/test/**/*.test.ts`],
    testTimeout: 120_000,
    exclude: ['**/*.e2e.test.ts', '**/*.fuzz.test.ts'],
  },
});
