import { openInferenceCodec, systemClock } from '@preopen/core';
import { expect, it } from 'vitest';
import { warmUp } from '../src/warm-up.ts';

it('a thread that warms up has its own requests answered and read', async () => {
  const codec = openInferenceCodec({ binary: true, inputName: 'input', datatype: 'FP64' });
  const ledger = await warmUp(codec, systemClock);
  expect(ledger).toMatchObject({ scheduled: 2500, 'wrong-shape': 0, protocol: 0, status: 0, connect: 0 });
  expect(ledger!.ok).toBeGreaterThan(0);
});
