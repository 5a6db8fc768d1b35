import { type AddressInfo, createServer, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type EncodedRequest, systemClock } from '@preopen/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { http1Transport } from '../src/http/http1-transport.ts';
import type { Transport } from '../src/http/transport.ts';

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nkeep-alive: timeout=60\r\n\r\n';

/** What came to a server that answers each request as soon as it has as many bytes as it is told to wait for. */
const wire = { wanted: 0, bytes: 0, isKept: true, kept: [] as Buffer[] };
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => arrive(socket, bytes));
});
function arrive(socket: Socket, bytes: Buffer): void {
  wire.bytes += bytes.length;
  if (wire.isKept) wire.kept.push(Buffer.from(bytes));
  if (wire.bytes >= wire.wanted) socket.write(answer);
}

let transport: Transport;
let url: URL;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  transport = http1Transport({ url, connections: 1, timeoutMs: 5000 }, systemClock);
});
afterAll(async () => {
  await transport.close();
  server.close();
});

/** Sends a request that was prepared and waits for the end of its answer. */
function sent(dispatch: ReturnType<Transport['prepare']>, wantedBytes: number): Promise<void> {
  Object.assign(wire, { wanted: wantedBytes, bytes: 0, kept: [] });
  return new Promise((resolve, reject) => {
    const receiver = {
      isOver: false,
      onSent: () => undefined,
      onHead: () => undefined,
      onData: () => undefined,
      onEnd: () => resolve(),
      onError: (_outcome: string, problem: string) => reject(new Error(problem)),
    };
    dispatch(receiver, systemClock.nowMs());
  });
}

const post = (body: Uint8Array | null, path = '/score'): EncodedRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/octet-stream' },
  body,
  predictions: 1,
});
/** By hand, from RFC 9112, and not by the code that is tested. */
const headOf = (bodyBytes: number, path = '/score'): string =>
  `POST ${path} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\ncontent-type: application/octet-stream\r\ncontent-length: ${bodyBytes}\r\n\r\n`;

describe('a request on the wire', () => {
  it('is its head and its body and nothing else, whatever the body and however often it is sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(1, 7, 1024),
        fc.nat(5),
        async (piece, times, offset) => {
          const whole = new Uint8Array(piece.length * times + offset);
          for (let i = 0; i < times; i++) whole.set(piece, offset + i * piece.length);
          // A part of something larger, as the payloads of a mix are.
          const body = whole.subarray(offset);
          const dispatch = transport.prepare(post(body));
          const expected = Buffer.concat([Buffer.from(headOf(body.length)), body]);
          for (let turn = 0; turn < 2; turn++) {
            await sent(dispatch, expected.length);
            expect(Buffer.concat(wire.kept).equals(expected)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no body where there is none', async () => {
    for (const body of [null, new Uint8Array(0)]) {
      await sent(transport.prepare(post(body)), headOf(0).length);
      expect(Buffer.concat(wire.kept).toString()).toBe(headOf(0));
    }
  });

  it('leaves with one call of the system: a server is not woken for a head alone', async () => {
    const together = vi.spyOn(Socket.prototype as Socket & { _writev: () => void }, '_writev');
    const dispatch = transport.prepare(post(Buffer.from('{"rows":1}')));
    for (let turn = 0; turn < 20; turn++) await sent(dispatch, headOf(10).length + 10);
    expect(together).toHaveBeenCalledTimes(20);
    together.mockRestore();
  });

  it('is not copied: hundreds that share a body and differ in an id keep no more than their heads', async () => {
    const body = Buffer.alloc(1024 * 1024, 1);
    const paths = Array.from({ length: 200 }, (_, i) => `/score?id=${i}`);
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    // What a collection finds free is given back by a thread of V8's in its own time: what is kept is the least that is seen.
    const keptBytes = async (): Promise<number> => {
      let least = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 20; turn++) {
        collect();
        await new Promise((resolve) => setTimeout(resolve, 10));
        least = Math.min(least, process.memoryUsage().arrayBuffers);
      }
      return least;
    };
    wire.isKept = false;
    const beforeBytes = await keptBytes();
    const prepared = paths.map((path) => ({
      dispatch: transport.prepare(post(body, path)),
      bytes: headOf(body.length, path).length + body.length,
    }));
    for (const { dispatch, bytes } of prepared) await sent(dispatch, bytes);
    const afterBytes = await keptBytes();
    wire.isKept = true;
    expect(prepared).toHaveLength(200);
    // A copy for each would be 200 MiB.
    expect(afterBytes - beforeBytes).toBeLessThan(1024 * 1024);
  });
});

describe('connections', () => {
  it('are opened one a turn of the event loop, where several requests want one at once', async () => {
    const opened = vi.spyOn(Socket.prototype, 'connect');
    const many = http1Transport({ url, connections: 5, timeoutMs: 5000 }, systemClock);
    const dispatch = many.prepare(post(null));
    // No request is answered, so that each keeps its connection.
    Object.assign(wire, { wanted: Number.POSITIVE_INFINITY, bytes: 0, kept: [] });
    const receiver = {
      isOver: false,
      onSent: () => undefined,
      onHead: () => undefined,
      onData: () => undefined,
      onEnd: () => undefined,
      onError: () => undefined,
    };
    for (let request = 0; request < 8; request++) dispatch(receiver, systemClock.nowMs());
    const counts = [opened.mock.calls.length];
    while (counts.at(-1)! < 5) {
      await new Promise(setImmediate);
      counts.push(opened.mock.calls.length);
    }
    expect(counts[0]).toBe(1);
    for (const [turn, count] of counts.entries()) expect(count - (counts[turn - 1] ?? 0)).toBeLessThanOrEqual(1);
    // And no more than are allowed.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(opened).toHaveBeenCalledTimes(5);
    opened.mockRestore();
    await many.close();
  });
});
