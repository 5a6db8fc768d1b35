import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, startService, systemClock } from '@preopen/core';
import { expect, it } from 'vitest';
import { measureLatency } from '../src/measure.ts';

/**
 * A model that answers at once, but for one call, during which its process stands still. Requests of the warm-up follow
 * each other without a pause; those of the open loop are 10 ms apart on average, and the hundredth pause is the moment.
 */
const stallingModel = (stallMs: number) => `
let pauses = 0;
let lastMs = Number.POSITIVE_INFINITY;
export default {
  features: 4,
  predict(values, rows) {
    const sinceMs = performance.now() - lastMs;
    if (sinceMs > 8 && ++pauses === 100) {
      const endMs = performance.now() + ${stallMs};
      while (performance.now() < endMs);
    }
    lastMs = performance.now();
    return new Float64Array(rows);
  },
};
`;

it('a stall of the service is charged to every request that was due during it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latency-'));
  const stallMs = 600;
  writeFileSync(join(folder, 'model.mjs'), stallingModel(stallMs));
  const signal = new AbortController().signal;
  const service = await startService(
    { kind: 'module', name: 'stalling', module: './model.mjs', model: 'stalling' },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
  try {
    const result = await measureLatency(
      service,
      { rows: 5, metric: 'latency.inference', maxRatePerSecond: 100, maxLooks: 1 },
      {
        clock: systemClock,
        signal,
        seed: 1,
        random: (purpose) => createRandom(1, purpose),
        emit: () => undefined,
        budgetMs: 60_000,
        undecided: () => false,
      },
    );
    // At 100 a second about 50 requests were due more than 100 ms before the stall of 600 ms ended; a closed loop would
    // have had a single slow one. Four standard deviations of a Poisson count on both sides.
    const response = result.recorder.durationsMs('response', { failedMs: 5000 });
    const slow = response.filter((elapsedMs) => elapsedMs > 100).length;
    expect(Math.max(...response)).toBeGreaterThan(stallMs * 0.9);
    expect(slow).toBeGreaterThan(22);
    expect(slow).toBeLessThan(90);
    const p95 = result.measurements.find(({ metric }) => metric === 'latency.inference.p95');
    expect(p95?.value).toBeGreaterThan(100);
    expect(result.recorder.ledger()).toMatchObject({ pending: 0, ok: result.recorder.count });
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
});
