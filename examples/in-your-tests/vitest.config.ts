import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    // The leak check collects garbage at will, which needs a process of its own, and no other test in it meanwhile.
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    setupFiles: ['./matchers.ts'],
  },
});
