import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyLookLog, logLook, lookColumns } from '../src/look-log.ts';

it('columns hold what was logged, in its order', () => {
  const row = fc.tuple(fc.double(), fc.double(), fc.double(), fc.double(), fc.double(), fc.double());
  fc.assert(
    // More rows than one piece holds: a few different ones, again and again.
    fc.property(fc.array(row, { minLength: 1, maxLength: 7 }), fc.integer({ min: 0, max: 1500 }), (some, length) => {
      const log = emptyLookLog();
      const rows = Array.from({ length }, (_, k) => some[k % some.length]!);
      for (const [atMs, rss, virtual, swap, threads, processes] of rows)
        logLook(log, atMs, rss, virtual, swap, threads, processes);
      expect(lookColumns(structuredClone(log))).toEqual({
        atMs: rows.map((one) => one[0]),
        rssBytes: rows.map((one) => one[1]),
        virtualBytes: rows.map((one) => one[2]),
        swapBytes: rows.map((one) => one[3]),
        threads: rows.map((one) => one[4]),
        processes: rows.map((one) => one[5]),
      });
    }),
    { numRuns: 30 },
  );
});
