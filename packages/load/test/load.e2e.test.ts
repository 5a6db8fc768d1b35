import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startNoiseProbe, startService, systemClock } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Capacity, findCapacity } from '../src/capacity.ts';
import { tryRate } from '../src/capacity-probe.ts';
import { runClosedLoad } from '../src/closed-load.ts';
import { startOpenLoad } from '../src/open-load.ts';
import { runLoad } from '../src/run-load.ts';

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

describe('load from threads', () => {
  it('sends the same schedule as one thread, and adds up', async () => {
    const scenario = {
      arrivals: { kind: 'poisson', ratePerSecond: 100 },
      batch: 2,
      durationMs: 1500,
      seed: 3,
    } as const;
    const alone = await runLoad(service, { ...scenario, lanes: 0 }, context);
    const together = await runLoad(service, { ...scenario, lanes: 2 }, context);
    const sinceStart = ({ recorder }: typeof alone) => [...recorder.dueMs].map((ms) => ms - recorder.dueMs[0]!);
    expect(sinceStart(together)).toHaveLength(alone.ledger.scheduled);
    sinceStart(together).forEach((ms, i) => {
      expect(ms).toBeCloseTo(sinceStart(alone)[i]!, 6);
    });
    expect(together.ledger.ok).toBe(together.ledger.scheduled);
    expect(together.littleResidual).toBeLessThan(0.02);
    expect(together.generator.lanes).toBe(2);
  });

  it('loses no request of a run that is too long to keep them all, from threads and from this one', async () => {
    const scenario = {
      arrivals: { kind: 'poisson', ratePerSecond: 100 },
      batch: 2,
      durationMs: 1500,
      seed: 3,
    } as const;
    for (const lanes of [0, 2]) {
      const { ledger, recorder, littleResidual, predictionsPerSecond, requestsPerSecond } = await runLoad(
        service,
        { ...scenario, lanes, maxExact: 20 },
        context,
      );
      expect(recorder.count).toBe(20 * Math.max(1, lanes));
      expect(recorder.count + recorder.beyond!.scheduled).toBe(ledger.scheduled);
      expect(ledger.ok).toBe(ledger.scheduled);
      expect(littleResidual).toBeLessThan(0.02);
      expect(predictionsPerSecond / requestsPerSecond).toBeCloseTo(2, 6);
    }
  });

  it('ends at once when the run is aborted', async () => {
    const ending = new AbortController();
    const running = runLoad(
      service,
      { arrivals: { kind: 'constant', ratePerSecond: 20 }, batch: 1, durationMs: 60_000, seed: 1, lanes: 1 },
      { ...context, signal: ending.signal },
    );
    setTimeout(() => ending.abort(new Error('told to end')), 500);
    await expect(running).rejects.toThrow('told to end');
  });

  it('gives a hopeless run up', async () => {
    const result = await runLoad(
      service,
      {
        arrivals: { kind: 'constant', ratePerSecond: 600 },
        batch: 1,
        durationMs: 30_000,
        seed: 1,
        abortWhen: [{ metric: 'p95Ms', above: 50, forMs: 1000 }],
      },
      context,
    );
    expect(result.reasons.join()).toContain('p95Ms stayed above 50');
    expect(result.ledger.scheduled).toBeLessThan(600 * 20);
  });
});

describe('HTTP/2', () => {
  it('sends requests over one connection at a time, side by side', async () => {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => setTimeout(() => response.end('[]'), 20));
    });
    let sessions = 0;
    server.on('session', () => sessions++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const load = startOpenLoad(
      {
        ...service,
        url: new URL(`http://127.0.0.1:${port}`),
        codec: { ...service.codec, decode: () => new Float64Array(1) },
      },
      { arrivals: { kind: 'constant', ratePerSecond: 200 }, batch: 1, durationMs: 500, protocol: 'h2', seed: 1 },
      context,
    );
    const ledger = await load.done;
    server.close();
    expect(ledger).toMatchObject({ scheduled: 100, ok: 100 });
    expect(sessions).toBe(1);
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
  it('finds a rate below what one worker can do, with an interval; on a busy machine a bound on the right side', async () => {
    // M/D/1 with 4 ms: beyond 95 % load P95 passes 60 ms; nobody sustains more than 250 a second.
    const request = { rows: 10, p95Ms: 60, probeMs: 800, concurrency: 4, budgetMs: 20_000 };
    const attempts: string[] = [];
    let found: Extract<Capacity, { outcome: 'found' }> | undefined;
    while (!found && attempts.length < 3) {
      const probe = startNoiseProbe({
        clock: systemClock,
        ownPids: () => [process.pid, ...(service.process?.pids() ?? [])],
      });
      const capacity = await findCapacity(service, request, context);
      const noise = await probe.stop();
      if (capacity.outcome === 'found') found = capacity;
      else attempts.push(`${noise.contaminated ? 'busy' : 'quiet'}: ${capacity.outcome}`);
      if (capacity.outcome === 'at-least') expect(capacity.heldPerSecond).toBeLessThan(252);
      if (capacity.outcome === 'at-most') expect(capacity.refutedPerSecond).toBeGreaterThan(50);
      if (capacity.outcome === 'not-measured') expect(capacity.reason).toContain('generator-limited');
    }
    // A machine that is busy with other things makes the generator late; a quiet one has no excuse.
    if (!found)
      expect(
        attempts.every((attempt) => attempt.startsWith('busy')),
        attempts.join(', '),
      ).toBe(true);
    else {
      const { perSecond, low, high } = found.estimate;
      expect(low).toBeLessThanOrEqual(perSecond);
      expect(perSecond).toBeLessThanOrEqual(high);
      expect(perSecond).toBeLessThan(252);
    }
  });

  it('gives a rate up that is far beyond it, and calls it refuted by what waits', async () => {
    const startMs = performance.now();
    const reading = await tryRate(service, 1500, 20_000, { rows: 1, p95Ms: 50 }, { ...context, threads: undefined });
    // 4 × 50 ms of requests wait after less than a second; the whole probe would have lasted twenty.
    expect(performance.now() - startMs).toBeLessThan(15_000);
    expect(reading!.requests).toBeLessThan(1500 * 15);
    expect(reading!.overloaded ?? reading!.spoiled).toMatch(/were waiting|generator-limited/);
  });

  it('says so when nothing answers', async () => {
    const gone = { ...service, url: new URL('http://127.0.0.1:9') };
    const capacity = await findCapacity(gone, { rows: 1, p95Ms: 100, probeMs: 500, concurrency: 2 }, context);
    expect(capacity).toMatchObject({
      outcome: 'not-measured',
      reason: expect.stringMatching(/failed at saturation \(\d+ × connect: /),
    });
  });
});
