import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Workspace packages resolve to their TypeScript sources, so unit tests need no build.
  ssr: { resolve: { conditions: ['@preopen/source', 'module', 'node', 'development|production'] } },
  test: {
    reporters: ['default', './scripts/count-reporter.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{packages/*,docs}/test/**/*.test.ts'], exclude: ['**/*.e2e.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['{packages/*,docs,examples}/test/**/*.e2e.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // These start processes and measure them: two at a time on two cores would disturb each other.
          fileParallelism: false,
        },
      },
    ],
  },
});
