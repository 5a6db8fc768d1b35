import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@preopen/core';
import { Http1Error, type ResponseHead } from './http1-head.ts';
import { Http1Reader, type ReaderSink } from './http1-reader.ts';
import type { Http1Request } from './http1-request.ts';
import { type Carrier, keepAliveMs, type Receiver } from './transport.ts';

/** Whom a connection tells how it stands. */
export interface ConnectionOwner {
  readonly clock: Clock;
  /** Where bytes are put that come; one for all connections, since they are read before others come. */
  readonly space: Buffer;
  /** It can carry a request: it is new, or its answer is whole. */
  onFree(connection: Http1Connection, isNew: boolean): void;
  /** It is gone; with the reason where it never came to be. */
  onGone(connection: Http1Connection, whyNever: string | undefined): void;
}

/** A server's own word on how long it keeps a connection is cut by this, for the way there. */
const marginMs = 1000;
/** Nor for longer than this, whatever the server says. */
const mostKeptMs = 600_000;

/** `AggregateError` of several addresses tried has no message of its own. */
function messageOf(error: Error & { code?: string; errors?: readonly Error[] }): string {
  return error.message || error.errors?.map(({ message }) => message).join('; ') || error.code || error.name;
}

function openSocket(
  url: URL,
  onread: { buffer: Buffer; callback: (bytes: number, buffer: Uint8Array) => boolean },
): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const options = { host, port: Number(url.port) || (isSecure ? 443 : 80), noDelay: true, onread };
  return isSecure
    ? connectTls({ ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) ? {} : { servername: host }) })
    : connectTcp(options);
}

/** One kept connection: carries one request at a time, since pipelined answers would wait for one another. */
export class Http1Connection implements Carrier, ReaderSink {
  readonly openedMs: number;
  /** Whether it can be used, until it is gone. */
  isOpen = false;
  /** When it is too old to be used again, while it is free. */
  freeUntilMs = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new Http1Reader(this);
  #receiver: Receiver | undefined;
  #head: ResponseHead | undefined;
  #readMs = 0;
  #isGone = false;

  constructor(url: URL, owner: ConnectionOwner) {
    this.#owner = owner;
    this.openedMs = owner.clock.nowMs();
    const socket = openSocket(url, {
      buffer: owner.space,
      callback: (bytes, buffer) => {
        this.#onBytes(buffer as Buffer, bytes);
        return true;
      },
    });
    this.#socket = socket;
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      this.isOpen = true;
      this.#free(owner.clock.nowMs() + keepAliveMs, true);
    });
    socket.on('error', (error) => this.#drop(messageOf(error)));
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#drop('the server closed the connection before a whole answer'));
  }

  /** Sends a request, whole. */
  carry({ head, body, isHead }: Http1Request, receiver: Receiver, nowMs: number): void {
    this.#receiver = receiver;
    this.#reader.expect(isHead);
    receiver.onSent(this, nowMs);
    if (!body) {
      this.#socket.write(head);
      return;
    }
    // One call of the system for both, so that they leave together and the body, which others may share, is never copied.
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }

  /** Ends it; the request that it carries is not told. */
  abort(why = 'cut off'): void {
    this.#receiver = undefined;
    this.#drop(why);
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#receiver?.onHead(head.status, head.headers, head.contentLength, this.#readMs);
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    this.#receiver?.onData(bytes, from, to);
  }

  #onBytes(bytes: Buffer, to: number): void {
    const nowMs = this.#owner.clock.nowMs();
    this.#readMs = nowMs;
    // Bytes that nobody asked for, such as an answer 408 to nothing.
    if (!this.#receiver) this.#drop('an answer to no request');
    else this.#read(bytes, to, nowMs);
  }

  #read(bytes: Buffer, to: number, nowMs: number): void {
    let end: number;
    try {
      end = this.#reader.read(bytes, to);
    } catch (cause) {
      if (!(cause instanceof Http1Error)) throw cause;
      const receiver = this.#receiver;
      this.#receiver = undefined;
      this.#drop(cause.message);
      receiver?.onError('protocol', cause.message);
      return;
    }
    if (end >= 0) this.#onAnswer(nowMs, end === to);
  }

  /** @param isClean whether nothing came behind the answer */
  #onAnswer(nowMs: number, isClean: boolean): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    const { keepsAlive = false, keptForMs = keepAliveMs + marginMs } = this.#head ?? {};
    // A request that is still being written when its answer is whole leaves the connection in no known state.
    if (isClean && keepsAlive && this.#socket.writableLength === 0)
      this.#free(nowMs + Math.min(mostKeptMs, keptForMs - marginMs), false);
    else this.#drop('not kept alive');
    receiver?.onEnd(nowMs);
  }

  /** The server has nothing more to say: for some answers that is their end. */
  #onEnd(): void {
    if (this.#receiver && this.#reader.endsWithConnection()) this.#onAnswer(this.#owner.clock.nowMs(), true);
    else this.#drop('the server closed the connection before a whole answer');
  }

  #free(untilMs: number, isNew: boolean): void {
    this.freeUntilMs = untilMs;
    this.#owner.onFree(this, isNew);
  }

  #drop(why: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.#socket.destroy();
    const receiver = this.#receiver;
    this.#receiver = undefined;
    this.#owner.onGone(this, wasOpen ? undefined : why);
    receiver?.onError('connect', why);
  }
}
