import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createRandom } from '@preopen/core';
import { afterEach, describe, expect, it } from 'vitest';
import { faultProxy } from '../../src/proxy/fault-proxy.ts';
import { type OpenProxy, openProxy } from '../../src/proxy/open-proxy.ts';
import type { ToxicInput } from '../../src/proxy/toxic.ts';
import { aServer, talk } from '../support/tcp.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server and a proxy before it, both gone after the test. */
async function proxied(onConnection: (socket: Socket) => void, bufferBytes?: number): Promise<OpenProxy> {
  const server = await aServer(onConnection);
  closing.push(server.close);
  const proxy = await openProxy({
    upstream: { host: '127.0.0.1', port: server.port },
    seed: 1,
    ...(bufferBytes === undefined ? {} : { bufferBytes }),
  });
  closing.push(() => proxy.close());
  return proxy;
}

const echo = (socket: Socket): void => void socket.pipe(socket);
const says =
  (text: string | Buffer) =>
  (socket: Socket): void =>
    void socket.once('data', () => socket.end(text));
const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 300 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
};

describe('a proxy without toxics', () => {
  it('keeps a half-close: a client that has said all still gets its answer', async () => {
    const proxy = await proxied((socket) => {
      let heard = '';
      socket.on('data', (part) => {
        heard += part;
      });
      socket.on('end', () => socket.end(`heard ${heard}`));
    });
    expect(await talk(proxy.port, { send: 'all of it', halfClose: true })).toMatchObject({
      how: 'end',
      bytes: Buffer.from('heard all of it'),
    });
    await until(() => proxy.stats().open === 0);
    expect(proxy.stats()).toMatchObject({ connections: 1, upstreamBytes: 9, downstreamBytes: 15 });
  });

  it('changes none of 64 MB each way', async () => {
    const block = Buffer.alloc(1 << 20);
    const random = createRandom(1, 'bytes');
    for (let i = 0; i < block.length; i += 4) block.writeUInt32LE(random.integer(2 ** 32), i);
    const proxy = await proxied(echo);
    const sent = createHash('sha256');
    const got = createHash('sha256');
    const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
    const received = new Promise<number>((resolve) => {
      let bytes = 0;
      socket.on('data', (part) => {
        bytes += part.length;
        got.update(part);
      });
      socket.on('end', () => resolve(bytes));
    });
    for (let i = 0; i < 64; i++) {
      const piece = block.subarray(i);
      sent.update(piece);
      if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve));
    }
    socket.end();
    expect(await received).toBe(64 * (1 << 20) - (63 * 64) / 2);
    expect(got.digest('hex')).toBe(sent.digest('hex'));
  });

  it('changes none while toxics come, change and go, and a reader dawdles', async () => {
    const block = Buffer.alloc(1 << 20);
    const random = createRandom(2, 'bytes');
    for (let i = 0; i < block.length; i += 4) block.writeUInt32LE(random.integer(2 ** 32), i);
    const sent = createHash('sha256');
    const blocks = 24;
    const proxy = await proxied((socket) => {
      let left = blocks;
      const more = (): void => {
        while (left > 0) {
          left--;
          // Each block is another one, so that no two pieces of the stream are alike.
          const piece = block.subarray(left * 101);
          sent.update(piece);
          if (!socket.write(piece)) return void socket.once('drain', more);
        }
        socket.end();
      };
      more();
    });
    const got = createHash('sha256');
    let bytes = 0;
    const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
    const ended = new Promise<void>((resolve, reject) => {
      socket.on('data', (part) => {
        bytes += part.length;
        got.update(part);
        if (bytes % 7 !== 0) return;
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
      socket.on('end', resolve);
      socket.on('error', reject);
    });
    let isOver = false;
    const toxics: readonly ToxicInput[] = [
      { type: 'latency', latencyMs: 3, jitterMs: 3 },
      { type: 'slicer', averageBytes: 5000 },
      { type: 'bandwidth', bytesPerSecond: 50e6 },
    ];
    const changing = (async () => {
      for (let i = 0; !isOver; i++) {
        const { name } = await proxy.set(toxics[i % toxics.length]!);
        await new Promise((resolve) => setTimeout(resolve, 5));
        await proxy.remove(name);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    await ended;
    isOver = true;
    await changing;
    expect(bytes).toBe(blocks * (1 << 20) - ((blocks * (blocks - 1)) / 2) * 101);
    expect(got.digest('hex')).toBe(sent.digest('hex'));
  });

  it('passes a reset on as a reset, and an upstream that is not there as one', async () => {
    const proxy = await proxied((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect((await talk(proxy.port, { send: 'x' })).how).toBe('ECONNRESET');
    const gone = await aServer(echo);
    await gone.close();
    const nowhere = await openProxy({ upstream: { host: '127.0.0.1', port: gone.port }, seed: 1 });
    closing.push(() => nowhere.close());
    expect((await talk(nowhere.port, { send: 'x' })).how).toBe('ECONNRESET');
    expect(nowhere.stats().upstreamFailures).toBe(1);
  });
});

describe('a proxy with a toxic', () => {
  it('limit_data: exactly so many bytes, then the end', async () => {
    const proxy = await proxied(says(Buffer.alloc(100_000)));
    await proxy.set({ type: 'limit_data', bytes: 12_345 });
    const seen = await talk(proxy.port, { send: 'x' });
    expect([seen.bytes.length, seen.how]).toEqual([12_345, 'end']);
  });

  it('down: refused, open connections reset; afterwards all is well at the same port', async () => {
    const proxy = await proxied(echo);
    const open = talk(proxy.port, { send: 'x' });
    await until(() => proxy.stats().downstreamBytes === 1);
    await proxy.set({ type: 'down' });
    expect((await open).how).toBe('ECONNRESET');
    expect((await talk(proxy.port, { send: 'x' })).how).toBe('ECONNREFUSED');
    await proxy.remove('down_downstream');
    expect((await talk(proxy.port, { send: 'back', halfClose: true })).bytes.toString()).toBe('back');
  });

  it('timeout: nothing comes, and the connection is closed in time, or not at all', async () => {
    const proxy = await proxied(says('hello'));
    await proxy.set({ type: 'timeout', timeoutMs: 150 });
    const seen = await talk(proxy.port, { send: 'x' });
    expect([seen.bytes.length, seen.how]).toEqual([0, 'end']);
    expect(seen.elapsedMs).toBeGreaterThan(145);
    await proxy.remove('timeout_downstream');
    await proxy.set({ type: 'timeout', timeoutMs: 0 });
    expect(await talk(proxy.port, { send: 'x', patienceMs: 300 })).toMatchObject({ how: 'open' });
  });

  it('reset_peer strikes a connection that lives already', async () => {
    const proxy = await proxied(echo);
    const open = talk(proxy.port, { send: 'x' });
    await until(() => proxy.stats().downstreamBytes === 1);
    await proxy.set({ type: 'reset_peer', timeoutMs: 0 });
    expect(await open).toMatchObject({ how: 'ECONNRESET', bytes: Buffer.from('x') });
  });

  it('half_open: the service sees the end, the client sees nothing until the other side is back', async () => {
    let ended = 0;
    const proxy = await proxied((socket) => {
      echo(socket);
      socket.on('close', () => ended++);
    });
    const open = talk(proxy.port, { send: 'x' });
    await until(() => proxy.stats().downstreamBytes === 1);
    await proxy.set({ type: 'half_open' });
    await until(() => ended === 1);
    expect((await talk(proxy.port, { send: 'y', patienceMs: 200 })).how).toBe('open');
    await proxy.remove('half_open_downstream');
    expect((await open).how).toBe('ECONNRESET');
    await until(() => proxy.stats().open === 0);
  });

  it('latency and slow_close move the bytes and the end', async () => {
    const proxy = await proxied(says('hello'));
    await proxy.set({ type: 'latency', latencyMs: 100 });
    await proxy.set({ type: 'latency', latencyMs: 50, stream: 'upstream' });
    await proxy.set({ type: 'slow_close', delayMs: 150 });
    const seen = await talk(proxy.port, { send: 'x' });
    expect(seen.bytes.toString()).toBe('hello');
    expect(seen.elapsedMs).toBeGreaterThan(299);
  });

  it('strikes the share of connections that is asked for, the same ones with the same seed', async () => {
    const struck = async (): Promise<string> => {
      const proxy = await proxied(says('hello'));
      await proxy.set({ type: 'limit_data', bytes: 1, toxicity: 0.5 });
      let text = '';
      for (let i = 0; i < 40; i++) text += (await talk(proxy.port, { send: 'x' })).bytes.length === 1 ? 'x' : '-';
      return text;
    };
    const first = await struck();
    expect(first).toBe(await struck());
    expect(first.split('x').length - 1).toBeGreaterThan(8);
    expect(first.split('-').length - 1).toBeGreaterThan(8);
  });

  it('holds no more than its buffer for a client that does not read', async () => {
    let accepted = 0;
    const block = Buffer.alloc(1 << 16);
    const proxy = await proxied((socket) => {
      const more = (): void => {
        while (socket.writable && socket.write(block)) accepted += block.length;
        socket.once('drain', more);
      };
      more();
    }, 1 << 20);
    await proxy.set({ type: 'latency', latencyMs: 1 });
    const client = connect({ host: '127.0.0.1', port: proxy.port });
    client.on('error', () => undefined);
    client.pause();
    closing.push(async () => void client.destroy());
    let before = -1;
    await until(() => {
      const isStill = before === accepted && accepted > 0;
      before = accepted;
      return isStill;
    });
    // The proxy’s buffer and what four socket buffers of the kernel take; the server would send without end.
    expect(accepted).toBeLessThan(40 << 20);
  });
});

describe('faultProxy', () => {
  it('does the same from a thread of its own, and breaks what is open when it is closed', async () => {
    const server = await aServer(echo);
    closing.push(server.close);
    const proxy = await faultProxy({ upstream: `127.0.0.1:${server.port}`, seed: 1 });
    const undo = await proxy.add({ type: 'latency', latencyMs: 80 });
    expect((await proxy.toxics()).map(({ name }) => name)).toEqual(['latency_downstream']);
    const seen = await talk(proxy.port, { send: 'hello', halfClose: true });
    expect(seen.bytes.toString()).toBe('hello');
    expect(seen.elapsedMs).toBeGreaterThan(79);
    await undo();
    await undo();
    expect(await proxy.toxics()).toEqual([]);
    expect(proxy.stats()).toMatchObject({ connections: 1, upstreamBytes: 5, downstreamBytes: 5 });
    const open = talk(proxy.port, { send: 'x' });
    await until(() => proxy.stats().downstreamBytes === 6);
    await proxy.close();
    expect((await open).how).toBe('ECONNRESET');
    await proxy.close();
    await expect(proxy.add({ type: 'down' })).rejects.toThrow('the fault proxy is closed');
  });

  it('lets its thread end also after resets in the middle of everything', async () => {
    const server = await aServer((socket) => socket.on('data', () => socket.write(Buffer.alloc(20_000))));
    closing.push(server.close);
    for (let round = 0; round < 4; round++) {
      const proxy = await faultProxy({ upstream: `127.0.0.1:${server.port}`, seed: round });
      await proxy.add({ type: 'reset_peer', timeoutMs: 3, stream: 'upstream' });
      const send = Buffer.alloc(2000);
      const talks = Array.from({ length: 150 }, () => talk(proxy.port, { send, patienceMs: 40 }));
      await Promise.all(talks);
      await proxy.close();
      expect(proxy.stats().connections).toBeGreaterThan(0);
    }
  });
});
