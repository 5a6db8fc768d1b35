import type { Clock } from '@preopen/core';
import { type ConnectionOwner, Http1Connection } from './http1-connection.ts';
import { type Http1Request, http1Head } from './http1-request.ts';
import type { Receiver, Transport, TransportOptions } from './transport.ts';

/** A request that waits for a connection. */
interface Waiting {
  readonly request: Http1Request;
  readonly receiver: Receiver;
}

/** A queue whose head moves, since `shift` copies. */
class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

/**
 * HTTP/1.1 over sockets, with nothing between them and the record: requests as prepared bytes, one answer at a time
 * on each connection, two readings of the clock a request. Half the CPU time of a general client, which is what the rate of
 * a generator is made of. No redirects, no proxies, no pipelining, no second try: each of them would falsify a latency.
 */
export function http1Transport({ url, connections, timeoutMs }: TransportOptions, clock: Clock): Transport {
  const waiting = new Queue<Waiting>();
  const open = new Set<Http1Connection>();
  const free: Http1Connection[] = [];
  const connectWithinMs = Math.max(1000, timeoutMs);
  let opening = 0;
  let isClosed = false;

  /** The oldest request that still wants to be sent. */
  const nextWaiting = (): Waiting | undefined => {
    let next = waiting.take();
    while (next?.receiver.isOver) next = waiting.take();
    return next;
  };
  let hasOpened = false;
  /**
   * Opens what waiting requests want, one a turn of the event loop: a socket takes Node as long as several requests do. All at
   * once after a standstill, they would hold up what is due meanwhile, and answers that set kept connections free.
   */
  const openMore = (): void => {
    if (isClosed || hasOpened || open.size >= connections || opening >= waiting.size) return;
    opening++;
    open.add(new Http1Connection(url, owner));
    hasOpened = true;
    setImmediate(() => {
      hasOpened = false;
      openMore();
    });
  };
  const forget = (connection: Http1Connection): void => {
    const place = free.lastIndexOf(connection);
    if (place >= 0) free.splice(place, 1);
  };
  const owner: ConnectionOwner = {
    clock,
    space: Buffer.allocUnsafeSlow(65_536),
    onFree(connection, isNew) {
      if (isNew) opening--;
      const next = nextWaiting();
      if (next) connection.carry(next.request, next.receiver, clock.nowMs());
      else free.push(connection);
    },
    onGone(connection, whyNever) {
      open.delete(connection);
      forget(connection);
      if (whyNever !== undefined) {
        opening--;
        // One request for each connection that could not be had: the others may be luckier.
        nextWaiting()?.receiver.onError('connect', whyNever);
      }
      openMore();
    },
  };

  return {
    prepare(request) {
      const { method, body } = request;
      const isEmpty = body === null || body.byteLength === 0;
      const wire = { head: http1Head(url, request), body: isEmpty ? undefined : body, isHead: method === 'HEAD' };
      return (receiver, nowMs) => {
        let connection = free.pop();
        while (connection && connection.freeUntilMs <= nowMs) {
          connection.abort();
          connection = free.pop();
        }
        if (connection) connection.carry(wire, receiver, nowMs);
        else {
          waiting.push({ request: wire, receiver });
          openMore();
        }
      };
    },
    sweep(nowMs) {
      for (const connection of open) {
        if (!connection.isOpen && nowMs - connection.openedMs > connectWithinMs)
          connection.abort(`no connection within ${connectWithinMs} ms`);
      }
      // The oldest stand first, since those that came last are used first.
      while (free[0] && free[0].freeUntilMs <= nowMs) free[0].abort();
    },
    async close() {
      isClosed = true;
      for (const connection of open) connection.abort();
    },
  };
}
