import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startService, systemClock } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCapacity } from '../src/capacity.ts';
import { runClosedLoad } from '../src/closed-load.ts';
import { startOpenLoad } from '../src/open-load.ts';

/** Computes for a fixed time per request, one at a time: its capacity is known. */
const serviceMs = 4;
const busyModel = `
export default {
  features: 4,
  predict(values, rows) {
    const endMs = performance.now() + ${serviceMs};
    while (performance.now() < endMs);
    return new Float64Array(rows);
  },
};
`;
const folder = mkdtempSync(join(tmpdir(), 'load-'));
const { signal } = new AbortController();
const context = { clock: systemClock, signal, seed: 1, emit: () => undefined };
let service: RunningService;

beforeAll(async () => {
  writeFileSync(join(folder, 'model.mjs'), busyModel);
  service = await startService(
    { kind: 'module', name: 'busy', module: './model.mjs', model: 'busy' },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

describe('open-loop load', () => {
  it('accounts for every request to the last one', async () => {
    const load = startOpenLoad(
      service,
      { arrivals: { kind: 'poisson', ratePerSecond: 80 }, batch: 3, durationMs: 2000, seed: 1 },
      context,
    );
    const ledger = await load.done;
    expect(ledger.ok).toBe(ledger.scheduled);
    expect(Math.abs(ledger.scheduled - 160)).toBeLessThan(52);
    const elapsed = load.recorder.durationsMs('service', { failedMs: 5000 });
    expect(Math.min(...elapsed)).toBeGreaterThanOrEqual(serviceMs);
  });

  it('goes on at its rate when the service is gone, and counts the failures', async () => {
    const gone = { ...service, url: new URL('http://127.0.0.1:9') };
    const load = startOpenLoad(
      gone,
      { arrivals: { kind: 'constant', ratePerSecond: 200 }, batch: 1, durationMs: 500, seed: 1 },
      context,
    );
    const ledger = await load.done;
    expect(ledger).toMatchObject({ scheduled: 100, connect: 100, ok: 0 });
    expect(load.problems()[0]?.[0]).toContain('connect');
  });

  it('cuts off what is under way when it is stopped', async () => {
    const load = startOpenLoad(
      service,
      { arrivals: { kind: 'constant', ratePerSecond: 1000 }, batch: 1, seed: 1 },
      context,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ledger = await load.stop();
    expect(ledger.pending).toBe(0);
    expect(ledger.aborted).toBeGreaterThan(0);
    expect(ledger.ok + ledger.aborted).toBe(ledger.scheduled);
  });
});

describe('closed-loop load', () => {
  it('comes to what one worker can do', async () => {
    const { completedPerSecond } = await runClosedLoad(
      service,
      { users: 4, batch: 1, durationMs: 1500, seed: 1 },
      context,
    );
    expect(completedPerSecond).toBeGreaterThan(1000 / serviceMs / 2.5);
    expect(completedPerSecond).toBeLessThan(1000 / serviceMs + 5);
  });
});

describe('findCapacity', () => {
  it('finds a held and a refuted rate on both sides of what the service can do', async () => {
    // M/D/1 with 4 ms: at 95 % load the mean wait is 38 ms and P95 beyond 100 ms; nobody sustains more than 250 a second.
    const capacity = await findCapacity(service, { rows: 10, p95Ms: 100, probeMs: 1500, concurrency: 4 }, context);
    if (capacity.outcome !== 'found') throw new Error(capacity.reason);
    expect(capacity.heldPerSecond).toBeGreaterThan(80);
    expect(capacity.heldPerSecond).toBeLessThan(252);
    expect(capacity.refutedPerSecond).toBeGreaterThan(capacity.heldPerSecond);
    expect(capacity.refutedPerSecond).toBeLessThan(290);
  });

  it('says so when nothing answers', async () => {
    const gone = { ...service, url: new URL('http://127.0.0.1:9') };
    const capacity = await findCapacity(gone, { rows: 1, p95Ms: 100, probeMs: 500, concurrency: 2 }, context);
    expect(capacity).toMatchObject({
      outcome: 'not-measured',
      reason: expect.stringContaining('failed at saturation'),
    });
  });
});
