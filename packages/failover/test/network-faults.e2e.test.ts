import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startService, systemClock } from '@preopen/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, Preparation } from '../src/fault.ts';
import { nameFailure, networkFault } from '../src/network-faults.ts';
import type { LiveSite } from '../src/site.ts';
import { liveSite } from './support/live-site.ts';

const folder = mkdtempSync(join(tmpdir(), 'failover-net-'));
const { signal } = new AbortController();
let store: Server;
let storeUrl: string;
let asked = 0;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  // Asks its feature store for each request, twice before it gives up.
  writeFileSync(
    join(folder, 'model.mjs'),
    `async function ask(tries) {
       try {
         return Number(await (await fetch(process.env.FEATURE_STORE_URL + '/bias', { signal: AbortSignal.timeout(500) })).text());
       } catch (cause) {
         if (tries > 1) return ask(tries - 1);
         throw new Error('feature store: ' + (cause.cause?.code ?? cause.name), { cause });
       }
     }
     export default { features: 2, async predict(values, rows) {
       const bias = await ask(2);
       return Float64Array.from({ length: rows }, (_, row) => values[row * 2] + bias);
     } };`,
  );
  store = createServer((_request, response) => {
    asked++;
    response.end('0.5');
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  storeUrl = `http://127.0.0.1:${(store.address() as { port: number }).port}`;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

async function aService(): Promise<RunningService> {
  const service = await startService(
    {
      kind: 'module',
      name: 'asking',
      module: './model.mjs',
      model: 'asking',
      upstreams: { features: { env: 'FEATURE_STORE_URL', url: storeUrl } },
    },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
  closing.push(() => service.stop());
  return service;
}

const siteOf = (service: RunningService): Promise<LiveSite> => liveSite(service, { folder, closing });

async function prepared(fault: Fault, site: LiveSite): Promise<Preparation> {
  expect(await fault.probe(site)).toEqual({ isAvailable: true });
  const preparation = await fault.prepare!(site);
  closing.push(() => preparation.release());
  return preparation;
}

/** One request for one row by way of the address that the load would use. */
async function answerOf({ url }: RunningService): Promise<{ status: number; text: string; elapsedMs: number }> {
  const startMs = performance.now();
  const response = await fetch(new URL('/v2/models/asking/infer', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: [{ name: 'input', datatype: 'FP64', shape: [1, 2], data: [1, 2] }] }),
  });
  return { status: response.status, text: await response.text(), elapsedMs: performance.now() - startMs };
}

describe('a network fault', () => {
  it('between load and service delays answers while it lasts, and counts the requests that reach the service', async () => {
    const fault = networkFault({ type: 'latency', latencyMs: 200 }, { durationMs: 1000 });
    expect(fault).toMatchObject({
      id: 'latency',
      touches: 'address',
      title: 'between load and service: answers 200 ms later, for 1000 ms',
    });
    const site = await siteOf(await aService());
    const { service, upstreamRequests } = await prepared(fault, site);
    expect((await answerOf(service)).status).toBe(200);
    const undo = await fault.inject(site);
    const slow = await answerOf(service);
    expect(slow.status).toBe(200);
    expect(slow.elapsedMs).toBeGreaterThan(199);
    await undo();
    await undo();
    expect((await answerOf(service)).status).toBe(200);
    expect(upstreamRequests!()).toBe(3);
  });

  it('between a service and its upstream leaves the way to the service alone, and shows its retries', async () => {
    const fault = networkFault({ type: 'timeout', timeoutMs: 100 }, { durationMs: 1000, upstream: 'features' });
    expect(fault).toMatchObject({ id: 'features-timeout', touches: 'processes' });
    const site = await siteOf(await aService());
    const { service, upstreamRequests } = await prepared(fault, site);
    const before = asked;
    expect(JSON.parse((await answerOf(service)).text).outputs[0].data).toEqual([1.5]);
    expect([asked - before, upstreamRequests!()]).toEqual([1, 1]);
    const undo = await fault.inject(site);
    expect((await answerOf(service)).status).toBe(500);
    // Both tries reached the store; their answers did not come back.
    expect(upstreamRequests!()).toBe(3);
    await undo();
    expect((await answerOf(service)).status).toBe(200);
  });

  it.runIf(existsSync('/proc/self/exe'))(
    'a name that cannot be resolved is EAI_AGAIN to a service on Node',
    async () => {
      const fault = nameFailure('features', { durationMs: 1000 });
      const site = await siteOf(await aService());
      const { service } = await prepared(fault, site);
      expect((await answerOf(service)).status).toBe(200);
      const undo = await fault.inject(site);
      expect((await answerOf(service)).status).toBe(500);
      await undo();
      expect((await answerOf(service)).status).toBe(200);
      expect(site.processes().length).toBeGreaterThan(0);
    },
  );

  it('that needs what is not there says so and touches nothing', async () => {
    const site = await siteOf(await aService());
    expect(await networkFault({ type: 'down' }, { durationMs: 1, upstream: 'prices' }).probe(site)).toEqual({
      isAvailable: false,
      needs: 'an upstream “prices” in the service’s config (known are features)',
    });
    const running = { ...site, service: { ...site.service, url: new URL('https://127.0.0.1:1') } };
    expect(await networkFault({ type: 'down' }, { durationMs: 1 }).probe(running)).toMatchObject({
      isAvailable: false,
    });
    expect(await nameFailure('features', { durationMs: 1 }).probe({ ...site, processes: () => [] })).toEqual({
      isAvailable: false,
      needs: 'a service on Node: the resolver of another cannot be replaced',
    });
  });
});
