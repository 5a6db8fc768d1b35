import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { createRandom } from '@preopen/core';
import type { AlarmClock } from './alarm-clock.ts';
import { Half, readBytes } from './half.ts';
import { HttpRequestCounter } from './http-request-counter.ts';
import { statSlots } from './proxy-stats.ts';
import type { Toxic, ToxicStream } from './toxic.ts';

/** What all connections of a proxy share. */
export interface RelaySettings {
  readonly upstream: { readonly host: string; readonly port: number };
  readonly seed: number;
  readonly nowMs: () => number;
  readonly alarm: AlarmClock;
  readonly bufferBytes: number;
  /** See `statSlots`. */
  readonly counts: Float64Array;
}

/**
 * Bytes that may wait for a socket to take them before the other one is held back. With Node's own 16 KiB each read of 64 KiB
 * would stop the reading until it is written.
 */
export const writeAheadBytes: number = 512 << 10;

/**
 * Breaks a connection off with a TCP reset, at once. `resetAndDestroy` would first end the stream in good order, so that a
 * peer that does not read is never reset, and a socket that fails meanwhile is never let go of by Node 20: its thread then
 * cannot end. What it does after that is done here without it. One that is just being ended can only be closed.
 */
function reset(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (!socket.connecting && !isEnding) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}

/** One connection through the proxy: two sockets and the toxics of both directions. */
export class Relay {
  readonly #client: Socket;
  readonly #settings: RelaySettings;
  readonly #number: number;
  readonly #counter = new HttpRequestCounter();
  #upstream: Socket | undefined;
  #halves: Readonly<Record<ToxicStream, Half>> | undefined;
  /** Toxics that have struck this connection. */
  readonly #struck = new Map<string, Toxic>();
  #isOver = false;
  #isGone = false;
  readonly #onOver: () => void;

  /**
   * @param client just accepted, allowing half-open, not yet read from
   * @param number of the connection, from which its own random streams come
   */
  constructor(client: Socket, number: number, settings: RelaySettings, toxics: Iterable<Toxic>, onOver: () => void) {
    this.#client = client;
    this.#settings = settings;
    this.#number = number;
    this.#onOver = onOver;
    settings.counts[statSlots.connections]! += 1;
    settings.counts[statSlots.open]! += 1;
    client.setNoDelay(true);
    // Errors of sockets come as events, and end in `over`.
    client.on('error', () => undefined);
    client.on('close', () => this.#closed());
    for (const toxic of toxics) if (this.#isStruckBy(toxic)) this.#struck.set(toxic.name, toxic);
    if (this.#isSevered) client.resume();
    else this.#connect();
  }

  add(toxic: Toxic): void {
    if (!this.#isStruckBy(toxic)) return;
    this.#struck.set(toxic.name, toxic);
    if (toxic.type === 'half_open') this.#sever();
    else this.#halves?.[toxic.stream].add(toxic);
  }

  update(toxic: Toxic): void {
    if (!this.#struck.has(toxic.name)) return;
    this.#struck.set(toxic.name, toxic);
    this.#halves?.[toxic.stream].update(toxic);
  }

  remove(name: string): void {
    const toxic = this.#struck.get(name);
    if (!toxic) return;
    this.#struck.delete(name);
    // The other side is back and does not know this connection: it answers with a reset.
    if (toxic.type === 'half_open') this.over('reset');
    else this.#halves?.[toxic.stream].remove(name);
  }

  /** Ends the connection on both sides. */
  over(how: 'close' | 'reset'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endHalves();
    for (const socket of [this.#client, this.#upstream]) {
      if (!socket || socket.destroyed) continue;
      if (how === 'reset') {
        reset(socket);
      } else {
        // What was delivered goes out first; a peer that does not read is not waited for.
        socket.end(() => socket.destroy());
        socket.resume();
        setTimeout(() => socket.destroy(), 1000).unref();
      }
    }
  }

  get #isSevered(): boolean {
    for (const { type } of this.#struck.values()) if (type === 'half_open') return true;
    return false;
  }

  #isStruckBy({ name, toxicity, type }: Toxic): boolean {
    return type !== 'down' && (toxicity === 1 || this.#random(name, 'toxicity').uniform() < toxicity);
  }

  #random(...purpose: string[]) {
    return createRandom(this.#settings.seed, ['proxy', this.#number, ...purpose].join('/'));
  }

  #connect(): void {
    const { upstream: address, counts } = this.#settings;
    let memory = Buffer.allocUnsafeSlow(readBytes);
    let isFree = true;
    const upstream = connect({
      ...address,
      allowHalfOpen: true,
      noDelay: true,
      highWaterMark: writeAheadBytes,
      // Read into memory of ours, which is used again as soon as the client's side has taken all of it.
      onread: {
        buffer: () => {
          if (!isFree) memory = Buffer.allocUnsafeSlow(readBytes);
          return memory;
        },
        callback: (count: number) => {
          isFree = this.#halves?.downstream.take(memory.subarray(0, count), true) ?? true;
          return true;
        },
      },
    } as TcpNetConnectOpts);
    this.#upstream = upstream;
    upstream.once('connect', () => this.#join(upstream));
    upstream.on('error', () => {
      if (this.#halves || this.#isOver) return;
      counts[statSlots.upstreamFailures]! += 1;
      // Its client is connected already and cannot be refused any more: a reset comes nearest.
      this.over('reset');
    });
    upstream.on('close', () => this.#closed());
  }

  #join(upstream: Socket): void {
    if (this.#isOver) {
      upstream.destroy();
      return;
    }
    const client = this.#client;
    const { counts } = this.#settings;
    const half = (from: Socket, to: Socket, stream: ToxicStream, delivered: (bytes: Uint8Array) => void): Half =>
      new Half(
        from,
        to,
        { ...this.#settings, random: (name) => this.#random(stream, name) },
        { over: (how) => this.over(how), delivered },
      );
    const halves = {
      upstream: half(client, upstream, 'upstream', (bytes) => {
        counts[statSlots.upstreamBytes]! += bytes.length;
        counts[statSlots.httpRequests]! += this.#counter.count(bytes);
      }),
      downstream: half(upstream, client, 'downstream', (bytes) => {
        counts[statSlots.downstreamBytes]! += bytes.length;
      }),
    };
    this.#halves = halves;
    for (const toxic of this.#struck.values()) halves[toxic.stream].add(toxic);
    if (this.#isOver) return;
    client.resume();
  }

  /** The upstream is told that it is over; the client is not. What it still sends goes nowhere. */
  #sever(): void {
    this.#endHalves();
    this.#upstream?.destroy();
    this.#client.resume();
  }

  #endHalves(): void {
    this.#halves?.upstream.end();
    this.#halves?.downstream.end();
  }

  /** The close of one side; the other follows by itself after an orderly end, and by a reset after any other. */
  #closed(): void {
    if (this.#isGone || !this.#client.destroyed || !(this.#upstream?.destroyed ?? true)) return;
    this.#isGone = true;
    this.#isOver = true;
    this.#endHalves();
    this.#settings.counts[statSlots.open]! -= 1;
    this.#onOver();
  }
}
