import { createServer, type Server } from 'node:net';
import type { Clock, InferenceCodec } from '@preopen/core';
import type { Ledger } from '@preopen/latency';
import { startOpenLane } from './open-load.ts';

/**
 * Each is a load of its own: what a first one has made the compilers take for granted, such as whom it calls, is not so in
 * the next, and they begin again. After six they have little left to do.
 */
const passes = 6;
const warmTraffic = {
  arrivals: { kind: 'poisson', ratePerSecond: 15_000 },
  durationMs: 60,
  timeoutMs: 1000,
} as const;

const body = JSON.stringify({
  model_name: 'warm-up',
  outputs: [{ name: 'predictions', datatype: 'FP64', shape: [1], data: [0] }],
});
/** As servers of several makes say it: a thread that has only seen one way compiles anew when it meets another. */
const answers = [
  'Content-Type: application/json\r\nKeep-Alive: timeout=5\r\n',
  'date: Mon, 02 Jun 2025 01:00:00 GMT\r\nserver: warm-up\r\ncontent-type: application/json\r\n',
  'Content-Type: application/json\r\nServer-Timing: model;dur=1.5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n',
].map((headers) => `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`);

/** A server in this very thread that answers whatever it is asked. */
function echo(): Promise<{ server: Server; url: URL } | undefined> {
  const server = createServer({ noDelay: true }, (socket) => {
    let turn = 0;
    socket.on('error', () => undefined).on('data', () => socket.write(answers[turn++ % answers.length]!));
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
 * sends a tenth of what a warm one does, and as long as the compilers run, they and the service want the same cores. What is
 * sent too late meanwhile would be the run's lag.
 * @returns the books of each pass; none where no server could be had
 */
export async function warmUp(codec: Pick<InferenceCodec, 'decode'>, clock: Clock): Promise<readonly Ledger[]> {
  const echoing = await echo();
  if (!echoing) return [];
  const { server, url } = echoing;
  const request = { method: 'POST' as const, path: '/', headers: {}, body: new Uint8Array(64), predictions: 1 };
  const { signal } = new AbortController();
  const ledgers: Ledger[] = [];
  for (let seed = 1; seed <= passes; seed++) {
    const load = startOpenLane(
      { url, codec },
      { requests: [request], next: () => 0 },
      { ...warmTraffic, connections: 16, pacer: 'spin', seed, lane: 0, lanes: 1 },
      { clock, signal },
    );
    ledgers.push(await load.done);
  }
  await new Promise((resolve) => server.close(resolve));
  return ledgers;
}
