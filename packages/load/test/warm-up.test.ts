import { openInferenceCodec, systemClock } from '@preopen/core';
import { expect, it } from 'vitest';
import { warmUp } from '../src/warm-up.ts';

it('a thread that warms up has its own requests answered and read, in several loads of their own', async () => {
  const codec = openInferenceCodec({ binary: true, inputName: 'input', datatype: 'FP64' });
  const ledgers = await warmUp(codec, systemClock);
  expect(ledgers).toHaveLength(6);
  for (const ledger of ledgers) {
    expect(ledger).toMatchObject({ 'wrong-shape': 0, protocol: 0, status: 0, connect: 0 });
    expect(ledger.ok).toBeGreaterThan(0);
  }
  // 15,000 requests a second for 60 ms, six times: a Poisson count within five standard deviations.
  const scheduled = ledgers.reduce((sum, ledger) => sum + ledger.scheduled, 0);
  expect(Math.abs(scheduled - 5400)).toBeLessThan(5 * Math.sqrt(5400));
});
