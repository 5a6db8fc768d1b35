import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startService, systemClock, targetAtAddress } from '@preopen/core';
import { runLoad } from '@preopen/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verdictOf } from './matchers.ts';

/** Stands for your application: import yours instead. */
const app = createServer((_request, response) => response.end(JSON.stringify({ prediction: 0.5 })));
beforeAll(() => new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve)));
afterAll(() => void app.close());

/** Wide, since tests run on machines that do other work as well. */
const requirements = ['latency.response.p95 < 2000 ms', 'errors.rate < 2 %'];

test('200 requests a second are answered in time', async ({ signal, skip }) => {
  const here = { clock: systemClock, signal, workDir: '.', configDir: '.', emit: () => undefined };
  const address = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
  const target = await targetAtAddress(address, {}, signal);
  const service = await startService({ ...target.service!, name: 'app' }, here);
  const arrivals = { kind: 'poisson', ratePerSecond: 200 } as const;
  const load = await runLoad(service, { arrivals, durationMs: 4000, limitMs: 2000, seed: 1 }, here);
  await service.stop();

  // Other work on the machine can make a run say nothing of the service. Then this test has not passed: it is skipped.
  skip(load.state !== 'valid', `${load.state}: ${load.reasons.join('; ')}`);
  for (const requirement of requirements) {
    const { verdict, reason } = verdictOf(load.measurements, requirement);
    skip(verdict === 'inconclusive', `undecided: ${reason}`);
    expect(load.measurements).toMeet(requirement);
  }
});
