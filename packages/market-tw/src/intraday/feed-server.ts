import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { InputError } from '@preopen/core';
import type { WebSocket } from 'ws';
import { type IntradayBatch, intradayEventKinds } from './event-batch.ts';
import type { IntradayDay } from './intraday-events.ts';
import { type ReplayOptions, replay } from './replay.ts';

/** How a day is served. */
export interface FeedOptions extends ReplayOptions {
  /** 0 (the default) takes a free port. The server listens on the loopback interface alone. */
  readonly port?: number;
  /** The replay begins when so many clients are there; 1 if not given. */
  readonly clients?: number;
  /** Bytes that may wait for a client before it counts as slow. */
  readonly mostBufferedBytes?: number;
}

/** What was served. */
export interface FeedResult {
  readonly events: number;
  readonly clients: number;
  /** Clients that were cut off since they did not keep up. */
  readonly tooSlow: number;
}

/** A server that replays one day. */
export interface FeedServer {
  readonly url: string;
  /** Ends when the day is over or the signal is aborted (then it rejects). */
  readonly done: Promise<FeedResult>;
  /** Ends the feed and all its connections. */
  close(): Promise<void>;
}

/** Without limit of speed, a client may hold the replay up for so long before it counts as gone. */
const patienceMs = 30_000;

/** Who does not answer a close within so long is cut off. */
const graceMs = 1000;

/** Close codes of RFC 6455: all is said; try again later. */
const closeCodes = { normal: 1000, tryAgainLater: 1013 } as const;

/**
 * Replays a day over a WebSocket on 127.0.0.1. A client gets, as JSON: `{"type":"day", date, stocks, kinds}`; then
 * `{"type":"events", timeMs, stock, kind, priceCents, volume}` with columns of equal length (stock and kind are indexes into
 * those lists); at the end `{"type":"end","events":n}`. Who comes late joins where the day stands.
 *
 * Clients that do not keep up: with a speed, one with more than `mostBufferedBytes` waiting is closed with code 1013, so that
 * the others' time goes on; without (`Infinity`), the replay waits for the slowest, up to 30 s. Nothing is dropped silently.
 * @throws InputError if the package `ws` is not installed, or the port is taken
 */
export async function serveFeed(day: IntradayDay, options: FeedOptions = {}): Promise<FeedServer> {
  const { port = 0, clients: wanted = 1, mostBufferedBytes = 8 << 20, signal } = options;
  const { WebSocketServer } = await importWs();
  const server = new WebSocketServer({ host: '127.0.0.1', port, maxPayload: 1 << 16 });
  const opened = once(server, 'listening');
  await opened.catch((cause: Error) => {
    throw new InputError(`the feed cannot listen on 127.0.0.1:${port}: ${cause.message}.`, { code: 'E401', cause });
  });
  const clients = new Set<WebSocket>();
  const ended = new AbortController();
  const stop = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
  let joined = 0;
  let tooSlow = 0;
  let start: () => void = () => undefined;
  const enough = new Promise<void>((resolve, reject) => {
    start = resolve;
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
  });
  const hello = JSON.stringify({ type: 'day', date: day.date, stocks: day.stocks, kinds: intradayEventKinds });
  server.on('connection', (client) => {
    client.on('close', () => clients.delete(client));
    // A client that breaks off is gone; its `close` follows.
    client.on('error', () => client.terminate());
    client.send(hello);
    clients.add(client);
    if (++joined >= wanted) start();
  });

  const cutOff = (client: WebSocket): void => {
    tooSlow++;
    clients.delete(client);
    client.close(closeCodes.tryAgainLater, 'too slow');
    // One that does not read does not answer the close either.
    setTimeout(() => client.terminate(), graceMs).unref();
  };
  const send = async (text: string): Promise<void> => {
    const slow: WebSocket[] = [];
    for (const client of clients) {
      client.send(text);
      if (client.bufferedAmount > mostBufferedBytes) slow.push(client);
    }
    if (slow.length === 0) return;
    if (options.speed !== undefined && options.speed !== Number.POSITIVE_INFINITY) slow.forEach(cutOff);
    else await Promise.all(slow.map((client) => drained(client, mostBufferedBytes, stop).catch(() => cutOff(client))));
  };
  const run = async (): Promise<FeedResult> => {
    let events = 0;
    try {
      await enough;
      for await (const batch of replay(day.batches(), { ...options, signal: stop })) {
        await send(messageOf(batch));
        events += batch.count;
      }
      await send(JSON.stringify({ type: 'end', events }));
      return { events, clients: joined, tooSlow };
    } finally {
      await closeAll();
    }
  };
  const closeAll = async (): Promise<void> => {
    for (const client of clients) client.close(closeCodes.normal);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, graceMs).unref();
    });
  };
  const done = run();
  // A caller who only closes the feed need not look at it.
  done.catch(() => undefined);
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    async close() {
      ended.abort(new Error('the feed was closed'));
      await done.catch(() => undefined);
    },
  };
}

async function importWs(): Promise<typeof import('ws')> {
  try {
    return await import('ws');
  } catch (cause) {
    throw new InputError('a feed over WebSockets needs the package ws: npm install ws', { code: 'E402', cause });
  }
}

const messageOf = ({ timeMs, stock, kind, priceCents, volume }: IntradayBatch): string =>
  `{"type":"events","timeMs":[${timeMs.join()}],"stock":[${stock.join()}],"kind":[${kind.join()}],"priceCents":[${priceCents.join()}],"volume":[${volume.join()}]}`;

/** Ends when a client has taken most of what waits for it; fails when it is gone or takes too long. */
async function drained(client: WebSocket, mostBufferedBytes: number, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  while (client.bufferedAmount > mostBufferedBytes / 2) {
    patience.throwIfAborted();
    if (client.readyState !== client.OPEN) return;
    // An empty frame's callback comes after all that was sent before it has left.
    await new Promise<void>((resolve, reject) => {
      const give = (): void => reject(patience.reason);
      patience.addEventListener('abort', give, { once: true });
      client.ping(undefined, undefined, (cause) => {
        patience.removeEventListener('abort', give);
        if (cause) reject(cause);
        else resolve();
      });
    });
  }
}
