import { createServer, type Server } from 'node:net';
import type { Clock, InferenceCodec } from '@preopen/core';
import type { Ledger } from '@preopen/latency';
import { startOpenLane } from './open-load.ts';

/** So many requests make the compilers take up all that a request passes through. */
const warmTraffic = {
  arrivals: { kind: 'constant', ratePerSecond: 10_000 },
  durationMs: 250,
  timeoutMs: 1000,
} as const;

const body = JSON.stringify({
  model_name: 'warm-up',
  outputs: [{ name: 'predictions', datatype: 'FP64', shape: [1], data: [0] }],
});
const answer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nKeep-Alive: timeout=5\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A server in this very thread that has one answer for all. */
function echo(): Promise<{ server: Server; url: URL } | undefined> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined).on('data', () => socket.write(answer));
  });
  return new Promise((resolve) => {
    // Where no port may be listened to, the first requests of a load are as cold as they are.
    server.once('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      resolve({ server, url: new URL(`http://127.0.0.1:${port}`) });
    });
  });
}

/**
 * Sends requests from this thread to itself, so that it is compiled and warm before the first one that counts: a cold thread
 * sends a tenth of what a warm one does, and what it sends too late in its first tenths of a second would be the run's lag.
 * @returns the books of it; `undefined` where no server could be had
 */
export async function warmUp(codec: Pick<InferenceCodec, 'decode'>, clock: Clock): Promise<Ledger | undefined> {
  const echoing = await echo();
  if (!echoing) return undefined;
  const { server, url } = echoing;
  const request = { method: 'POST' as const, path: '/', headers: {}, body: new Uint8Array(64), predictions: 1 };
  const { signal } = new AbortController();
  const load = startOpenLane(
    { url, codec },
    { requests: [request], next: () => 0 },
    { ...warmTraffic, connections: 16, pacer: 'spin', seed: 1, lane: 0, lanes: 1 },
    { clock, signal },
  );
  const ledger = await load.done;
  await new Promise((resolve) => server.close(resolve));
  return ledger;
}
