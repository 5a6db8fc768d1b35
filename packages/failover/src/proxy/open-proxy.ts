import { createServer, type Server, type Socket } from 'node:net';
import { InputError } from '@preopen/core';
import { AlarmClock } from './alarm-clock.ts';
import { type ProxyStats, readStats, sharedStats, statSlots } from './proxy-stats.ts';
import { Relay, type RelaySettings, writeAheadBytes } from './relay.ts';
import { parseToxic, type Toxic, type ToxicInput } from './toxic.ts';

/** Where a proxy listens and whom it asks. */
export interface ProxyOptions {
  /** Whom connections are passed on to. */
  readonly upstream: { readonly host: string; readonly port: number };
  /** Port on 127.0.0.1. Default 0: any that is free. */
  readonly port?: number;
  /** Same seed, same delays, slices, changed bytes and struck connections, by the number of the connection. */
  readonly seed: number;
  /** Most bytes that are held for each direction of a connection before its sender has to wait. Default 4 MiB. */
  readonly bufferBytes?: number;
  /** Where it counts, if another thread is to read it. */
  readonly counts?: Float64Array;
}

/** A proxy in this thread. */
export interface OpenProxy {
  readonly host: string;
  readonly port: number;
  /** Adds a toxic, or changes the one of that name; connections that are open are affected at once. */
  set(toxic: ToxicInput): Promise<Toxic>;
  /** Takes a toxic away; nothing if it is not there. */
  remove(name: string): Promise<void>;
  toxics(): readonly Toxic[];
  stats(): ProxyStats;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const defaultBufferBytes = 4 << 20;

/** Accepting both ends of a half-open connection is what keeps a half-close a half-close. */
function listen(port: number, onConnection: (client: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(
      { allowHalfOpen: true, pauseOnConnect: true, highWaterMark: writeAheadBytes },
      onConnection,
    );
    server.once('error', reject);
    server.listen(port, loopback, 1024, () => resolve(server));
  });
}

/**
 * Opens a TCP proxy on the loopback address, in this thread: what else the thread does shows in its delays. `faultProxy`
 * gives it one of its own.
 */
export async function openProxy({
  upstream,
  port: wantedPort = 0,
  seed,
  bufferBytes = defaultBufferBytes,
  counts = sharedStats(),
}: ProxyOptions): Promise<OpenProxy> {
  const nowMs = (): number => performance.now();
  const alarm = new AlarmClock(nowMs);
  const settings: RelaySettings = { upstream, seed, nowMs, alarm, bufferBytes, counts };
  const toxics = new Map<string, Toxic>();
  const relays = new Set<Relay>();
  const onConnection = (client: Socket): void => {
    const relay: Relay = new Relay(client, counts[statSlots.connections]!, settings, toxics.values(), () =>
      relays.delete(relay),
    );
    relays.add(relay);
  };
  let server: Server | undefined = await listen(wantedPort, onConnection);
  const { port } = server.address() as { port: number };
  let isClosed = false;

  const isDown = (): boolean => [...toxics.values()].some(({ type }) => type === 'down');
  /** Stops listening and breaks what is open, or listens again. One after the other, so that the last order counts. */
  let moving = Promise.resolve();
  const follow = (): Promise<void> => {
    moving = moving
      .catch(() => undefined)
      .then(async () => {
        const shouldListen = !isDown() && !isClosed;
        if (shouldListen === (server !== undefined)) return;
        if (shouldListen) {
          server = await listen(port, onConnection);
          return;
        }
        const old = server!;
        server = undefined;
        const closed = new Promise((resolve) => old.close(resolve));
        for (const relay of relays) relay.over('reset');
        await closed;
      });
    return moving;
  };

  return {
    host: loopback,
    port,
    async set(input) {
      const toxic = parseToxic(input);
      const before = toxics.get(toxic.name);
      if (
        before &&
        (before.type !== toxic.type || before.stream !== toxic.stream || before.toxicity !== toxic.toxicity)
      )
        throw new InputError(
          `toxic “${toxic.name}” is of another type, stream or toxicity; remove it before, or give the new one another name.`,
          { at: toxic.name },
        );
      toxics.set(toxic.name, toxic);
      if (toxic.type === 'down') await follow();
      else for (const relay of relays) before ? relay.update(toxic) : relay.add(toxic);
      return toxic;
    },
    async remove(name) {
      const toxic = toxics.get(name);
      if (!toxic) return;
      toxics.delete(name);
      if (toxic.type === 'down') await follow();
      else for (const relay of relays) relay.remove(name);
    },
    toxics: () => [...toxics.values()],
    stats: () => readStats(counts),
    async close() {
      isClosed = true;
      await follow();
      alarm.stop();
    },
  };
}
