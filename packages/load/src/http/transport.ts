import type { EncodedRequest, OutcomeKind, Reply } from '@preopen/core';

/** What a transport tells of one request; each call with the time at which it happened. */
export interface Receiver {
  /** Whether it has ended, as by its time-out: it is then told nothing more, and not sent if it still waits. */
  readonly isOver: boolean;
  /** It has a connection and goes out now. */
  onSent(carrier: Carrier, nowMs: number): void;
  /** @param contentLength `undefined` where the answer does not say how long it is */
  onHead(status: number, headers: Reply['headers'], contentLength: number | undefined, nowMs: number): void;
  /** A part of the body: the bytes between two places, lent for the call. */
  onData(bytes: Buffer, from: number, to: number): void;
  onEnd(nowMs: number): void;
  onError(outcome: OutcomeKind, problem: string): void;
}

/** What carries a request that was sent, so that it can be cut off. */
export interface Carrier {
  abort(): void;
}

/** Sends a prepared request; never waits and never throws. */
export type Dispatch = (receiver: Receiver, nowMs: number) => void;

/** A bounded number of kept connections to one service. */
export interface Transport {
  /**
   * Does all that can be done before the request is due.
   * @throws InputError if it cannot be sent as HTTP
   */
  prepare(request: EncodedRequest): Dispatch;
  /** Looks after what is kept and what has hung; to be called every few milliseconds. */
  sweep(nowMs: number): void;
  close(): Promise<void>;
}

/** Where requests go. */
export interface TransportOptions {
  readonly url: URL;
  /** Connections at most; with HTTP/2, requests under way at a time. */
  readonly connections: number;
  readonly timeoutMs: number;
}

/**
 * A kept connection is not used again after so long, where the server does not say how long it keeps its own: a request sent as
 * that closes would be lost.
 */
export const keepAliveMs = 1500;

/** The path of a request below that of the service. */
export const pathBelow = (url: URL, { path }: Pick<EncodedRequest, 'path'>): string =>
  `${url.pathname.replace(/\/+$/, '')}${path}`;
