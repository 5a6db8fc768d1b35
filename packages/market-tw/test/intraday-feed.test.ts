import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { IntradayBatch } from '../src/intraday/event-batch.ts';
import { type FeedServer, serveFeed } from '../src/intraday/feed-server.ts';
import { eventsOf, type IntradayDay, intradayDay } from '../src/intraday/intraday-events.ts';
import { replay } from '../src/intraday/replay.ts';
import { threeStocks } from './support/intraday-panel.ts';

const aDay = (): IntradayDay => intradayDay({ panel: threeStocks(), date: '2020-03-23', seed: 1 });
/** A clock that goes on by what is waited, and not otherwise. */
const fakeClock = () => {
  let nowMs = 5000;
  return {
    clock: { nowMs: () => nowMs, wallMs: () => nowMs },
    wait: async (ms: number) => {
      nowMs += ms;
    },
    passMs: (ms: number) => {
      nowMs += ms;
    },
    get nowMs() {
      return nowMs;
    },
  };
};

describe('a replay', () => {
  it('gives every event when it is due, a thousandth of its time at speed 1000, and all of them', async () => {
    const time = fakeClock();
    const day = aDay();
    let count = 0;
    let first: number | undefined;
    for await (const batch of replay(day.batches(), { speed: 1000, clock: time.clock, wait: time.wait })) {
      first ??= batch.timeMs[0]!;
      const marketMs = first + (time.nowMs - 5000) * 1000;
      // Never early; late by no more than what a wait of whole milliseconds rounds up.
      expect(batch.timeMs[batch.count - 1]!).toBeLessThanOrEqual(marketMs);
      expect(marketMs - batch.timeMs[0]!).toBeLessThanOrEqual(1000);
      count += batch.count;
    }
    expect(count).toBe([...day.batches()].reduce((sum, batch) => sum + batch.count, 0));
    expect(time.nowMs - 5000).toBe(5.5 * 3600);
  });
  it('gives one who was late all that has fallen due since, and goes on in time', async () => {
    const time = fakeClock();
    const sizes: number[] = [];
    const batches = [...aDay().batches()].slice(0, 30);
    for await (const batch of replay(batches, { speed: 1, clock: time.clock, wait: time.wait })) {
      if (sizes.push(batch.count) === 3) time.passMs(10 * 60_000);
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(batches.reduce((sum, { count }) => sum + count, 0));
    // In time it takes a slice for nearly every event; after ten minutes of lateness whole batches are due at once.
    expect(sizes.length).toBeLessThanOrEqual(3 + batches.length);
  });
  it('begins where it is told to: what was before is given at once', async () => {
    const time = fakeClock();
    const noon = 12 * 3_600_000;
    let before = 0;
    for await (const batch of replay(aDay().batches(), {
      speed: 60,
      fromMs: noon,
      clock: time.clock,
      wait: time.wait,
    })) {
      if (batch.timeMs[0]! < noon) {
        expect(time.nowMs).toBe(5000);
        before += batch.count;
      }
    }
    expect(before).toBeGreaterThan(1000);
    expect(time.nowMs - 5000).toBe((2.5 * 3_600_000) / 60);
  });
  it('ends when its signal is aborted, and refuses a speed that is none', async () => {
    const stop = new AbortController();
    const seen: IntradayBatch[] = [];
    await expect(async () => {
      for await (const batch of replay(aDay().batches(), { signal: stop.signal })) {
        seen.push(batch);
        if (seen.length === 2) stop.abort(new Error('enough'));
      }
    }).rejects.toThrow('enough');
    expect(seen).toHaveLength(2);
    await expect(replay([], { speed: 0 }).next()).rejects.toThrow('expected a number above 0');
  });
});

describe('a feed over WebSockets', () => {
  let feed: FeedServer | undefined;
  afterEach(() => feed?.close());

  it('gives each client the day’s stocks, every event in order, and how many there were', async () => {
    const day = aDay();
    feed = await serveFeed(day, { clients: 2 });
    expect(feed.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    const [one, two] = await Promise.all([collect(feed.url), collect(feed.url)]);
    const expected = [...day.batches()].flatMap((batch) => [...eventsOf(batch, day.stocks)]);
    expect(one.day).toMatchObject({ date: '2020-03-23', stocks: ['1101', '2330', '3008'] });
    expect(one.events).toEqual(
      expected.map(({ timeMs, stock, kind, priceTwd, volume }) => [
        timeMs,
        stock,
        kind,
        Number.isNaN(priceTwd) ? 0 : Math.round(priceTwd * 100),
        volume,
      ]),
    );
    expect(two.events).toEqual(one.events);
    expect([one.end, one.code]).toEqual([{ type: 'end', events: expected.length }, 1000]);
    expect(await feed.done).toEqual({ events: expected.length, clients: 2, tooSlow: 0 });
  });
  it('cuts off a client that does not read, where time goes on for the others', async () => {
    const time = fakeClock();
    const panel = threeStocks();
    // Some 14 MB as JSON: more than the kernel takes for a client that does not read.
    panel.fields.volume[1] = 900_000_000;
    panel.fields.trades[1] = 450_000;
    feed = await serveFeed(intradayDay({ panel, date: '2020-03-23', seed: 1 }), {
      clients: 2,
      speed: 10_000,
      mostBufferedBytes: 1 << 18,
      clock: time.clock,
      wait: async (ms) => {
        await time.wait(ms);
        // Lets the sockets work.
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    const deaf = await deafClient(feed.url);
    const hearing = await collect(feed.url);
    const result = await feed.done;
    deaf.destroy();
    expect(result).toMatchObject({ clients: 2, tooSlow: 1 });
    expect(hearing.events.length).toBe(result.events);
  }, 30_000);
  it('ends with its signal and frees its port', async () => {
    const stop = new AbortController();
    feed = await serveFeed(aDay(), { signal: stop.signal });
    const { done, url } = feed;
    stop.abort(new Error('stopped'));
    await expect(done).rejects.toThrow('stopped');
    const again = await serveFeed(aDay(), { port: Number(new URL(url).port) });
    await expect(serveFeed(aDay(), { port: Number(new URL(again.url).port) })).rejects.toThrow(
      'cannot listen on 127.0.0.1',
    );
    await again.close();
  });
});

type Collected = { day?: Record<string, unknown>; end?: unknown; code?: number; events: unknown[][] };

async function collect(url: string): Promise<Collected> {
  const client = new WebSocket(url);
  const collected: Collected = { events: [] };
  client.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.type === 'day') collected.day = message;
    else if (message.type === 'end') collected.end = message;
    else {
      const { stocks, kinds } = collected.day as { stocks: string[]; kinds: string[] };
      message.timeMs.forEach((timeMs: number, i: number) => {
        collected.events.push([
          timeMs,
          stocks[message.stock[i]],
          kinds[message.kind[i]],
          message.priceCents[i],
          message.volume[i],
        ]);
      });
    }
  });
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('close', (code) => resolve({ ...collected, code }));
  });
}

/** Opens a WebSocket by hand and never reads again. */
async function deafClient(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${Buffer.from('0123456789abcdef').toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.once('data', () => resolve());
  });
  socket.removeAllListeners('error');
  socket.on('error', () => undefined);
  socket.pause();
  return socket;
}
