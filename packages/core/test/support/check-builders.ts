import type { Check, CheckOutcome } from '../../src/check.ts';

export const anOutcome = (change: Partial<CheckOutcome> = {}): CheckOutcome => ({
  measurements: [],
  series: [],
  evidence: [],
  notes: [],
  ...change,
});

export const aCheck = (change: Partial<Check> = {}): Check => ({
  id: 'test/check',
  title: 'A check',
  metrics: [],
  needs: [],
  exclusive: [],
  expectedMs: () => 10,
  run: async () => anOutcome(),
  ...change,
});
