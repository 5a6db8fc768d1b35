import { Worker } from 'node:worker_threads';
import { InputError } from '@preopen/core';
import { distEntry } from '../dist-entry.ts';
import type { ProxyOptions } from './open-proxy.ts';
import type { NumberedOrder, ProxyMessage, ProxyOrder } from './proxy-messages.ts';
import { type ProxyStats, readStats, sharedStats } from './proxy-stats.ts';
import { parseToxic, type Toxic, type ToxicInput } from './toxic.ts';

/** A TCP proxy that does to connections what it is told. */
export interface FaultProxy {
  /** Always 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  /**
   * Adds a toxic, or changes the one of that name; connections that are open are affected at once. Resolves once it is in
   * effect.
   * @returns takes the toxic away again
   * @throws InputError for a toxic that is not one
   */
  add(toxic: ToxicInput): Promise<() => Promise<void>>;
  /** Takes a toxic away; nothing if it is not there. */
  remove(name: string): Promise<void>;
  /** The toxics that are in it now, in the order in which they were added. */
  toxics(): Promise<readonly Toxic[]>;
  /** What it has seen so far; asked without waiting for anything. */
  stats(): ProxyStats;
  /** Breaks what is open and listens no more. */
  close(): Promise<void>;
}

/** Where a proxy listens and whom it asks: `listen` and `upstream` as `host:port`, or a URL. */
export interface FaultProxyOptions extends Omit<ProxyOptions, 'upstream' | 'port' | 'counts'> {
  /** `127.0.0.1:PORT`. Default: any free port. */
  readonly listen?: string;
  readonly upstream: string | URL;
  /** Set to pass on to another machine; without it only this one's addresses are allowed. */
  readonly allowRemote?: boolean;
}

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'redis:': 6379,
  'postgres:': 5432,
  'postgresql:': 5432,
};

/** Host and port of an address. */
export function endpointOf(address: string | URL, at: string): { host: string; port: number } {
  const text = String(address);
  const whole = text.includes('://') ? text : `tcp://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const port = url?.port ? Number(url.port) : defaultPorts[url?.protocol ?? ''];
  if (!url?.hostname || port === undefined)
    throw new InputError(`${at}: expected host:port or a URL with a port, got “${text}”.`, { at });
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/** Whether an address can only be this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function portToListenAt(listen: string): number {
  const { host, port } = endpointOf(listen, 'listen');
  if (isLoopback(host)) return port;
  throw new InputError(`listen: a fault proxy listens on the loopback address alone, got “${listen}”.`, {
    at: 'listen',
  });
}

/**
 * Starts a TCP proxy on the loopback address, in a thread of its own. It ends with `close`, and with this process, however
 * that ends.
 * @throws InputError for addresses that cannot be used; Error where the port is taken
 */
export async function faultProxy({
  listen,
  upstream,
  allowRemote = false,
  ...rest
}: FaultProxyOptions): Promise<FaultProxy> {
  const to = endpointOf(upstream, 'upstream');
  if (!allowRemote && !isLoopback(to.host)) {
    throw new InputError(
      `upstream: ${to.host} is another machine. Faults stay on this one unless \`allowRemote\` is set.`,
      { at: 'upstream' },
    );
  }
  const counts = sharedStats();
  const options: ProxyOptions = {
    ...rest,
    counts,
    upstream: to,
    ...(listen === undefined ? {} : { port: portToListenAt(listen) }),
  };
  const thread = new Worker(distEntry('proxy-thread'), { workerData: options, execArgv: [] });
  const waiting = new Map<number, { resolve: (toxics: readonly Toxic[]) => void; reject: (cause: Error) => void }>();
  let lastId = 0;
  let ended: Error | undefined;
  const fail = (cause: Error): void => {
    ended ??= cause;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const order = (asked: ProxyOrder): Promise<readonly Toxic[]> => {
    if (ended) return Promise.reject(ended);
    const id = ++lastId;
    return new Promise<readonly Toxic[]>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // Only an order that is under way keeps this process alive.
      thread.ref();
      thread.postMessage({ id, order: asked } satisfies NumberedOrder);
    }).finally(() => {
      if (waiting.size === 0) thread.unref();
    });
  };
  const place = await new Promise<{ host: string; port: number }>((resolve, reject) => {
    thread.on('message', (message: ProxyMessage) => {
      if (message.type === 'listening') return resolve(message);
      if (message.id === undefined)
        return reject(new Error(`the fault proxy could not be started: ${(message as { message: string }).message}`));
      const one = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === 'done') one?.resolve(message.toxics);
      else one?.reject(new Error(message.message));
    });
    thread.once('error', (cause: Error) => {
      reject(cause);
      fail(cause);
    });
    thread.once('exit', () => fail(new Error('the fault proxy has ended')));
  }).catch(async (cause: unknown) => {
    await thread.terminate();
    throw cause;
  });
  thread.unref();
  const remove = async (name: string): Promise<void> => void (await order({ what: 'remove', name }));
  let closing: Promise<void> | undefined;
  return {
    host: place.host,
    port: place.port,
    async add(input) {
      const toxic = parseToxic(input);
      await order({ what: 'set', toxic });
      return () => (ended ? Promise.resolve() : remove(toxic.name));
    },
    remove,
    toxics: () => order({ what: 'toxics' }),
    stats: () => readStats(counts),
    close() {
      closing ??= (ended ? Promise.resolve() : order({ what: 'close' }).then(() => undefined)).finally(async () => {
        ended ??= new Error('the fault proxy is closed');
        await thread.terminate();
      });
      return closing;
    },
  };
}
