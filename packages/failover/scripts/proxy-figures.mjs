// Figures of a TCP proxy on real sockets, whichever it is: its added delay, the truth of its latency and bandwidth, its
// throughput. Used by `verify-proxy.mjs` and by `benchmarks/failover/proxy.bench.mjs`.
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { quantile, startService, systemClock, targetAtAddress } from '@preopen/core';
import { startOpenLoad } from '@preopen/load';

/** Starts the server that answers with as many bytes as its path asks for. */
export function startEcho() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('echo-server.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (line) =>
      resolve({ port: Number(String(line)), pid: child.pid, stop: () => child.stdin.end() }),
    );
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const body = Buffer.alloc(1_000_000, 'y');

/** One exchange over a kept connection; resolves with milliseconds. */
function exchange(port, { path = '/2', upload = false } = {}) {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent, method: upload ? 'POST' : 'GET' }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(performance.now() - startMs));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(upload ? body : undefined);
  });
}

const median = (values) => quantile(Float64Array.from(values).sort(), 0.5);

/** Median time of small exchanges at each port, in turns, so that what disturbs one disturbs all. */
export async function roundTripMs(ports, rounds = 4000) {
  const times = ports.map(() => []);
  for (let i = 0; i < rounds; i++) {
    for (const [which, port] of ports.entries()) {
      const ms = await exchange(port);
      if (i >= rounds / 10) times[which].push(ms);
    }
  }
  return times.map(median);
}

/** Megabytes a second of 1 MB bodies, one after the other, in turns; the median of each. */
export async function throughputMBs(ports, upload, rounds = 150) {
  const times = ports.map(() => []);
  for (let i = 0; i < rounds; i++) {
    for (const [which, port] of ports.entries()) {
      const ms = await exchange(port, upload ? { upload } : { path: '/1000000' });
      if (i >= rounds / 10) times[which].push(ms);
    }
  }
  return times.map((of) => 1000 / median(of));
}

/** Seconds that a download of so many bytes takes. */
export async function downloadS(port, bytes) {
  return (await exchange(port, { path: `/${bytes}` })) / 1000;
}

/** P50 and P95 of response times from the intended start, at 500 requests a second on a constant schedule. */
export async function responseMs(port, durationMs = 3000) {
  const signal = new AbortController().signal;
  const address = `http://127.0.0.1:${port}/2`;
  const target = await targetAtAddress(address, { method: 'GET' }, signal);
  const service = await startService(
    { ...target.service, name: address },
    { clock: systemClock, signal, workDir: '.', configDir: '.' },
  );
  const load = startOpenLoad(
    service,
    { arrivals: { kind: 'constant', ratePerSecond: 500 }, durationMs, seed: 1 },
    { clock: systemClock, signal },
  );
  await load.done;
  const all = load.recorder.durationsMs('response', { failedMs: 5000 });
  await service.stop();
  // The first half second opens connections.
  const sorted = all.slice(250).sort();
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

/** Ends the kept connections. */
export const close = () => agent.destroy();
