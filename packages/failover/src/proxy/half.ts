import type { Socket } from 'node:net';
import type { Random } from '@preopen/core';
import type { AlarmClock, Sleeper } from './alarm-clock.ts';
import { ToxicChain } from './chain.ts';
import type { Piece } from './stage.ts';
import type { Toxic } from './toxic.ts';

/** What the relay does when a direction says that the connection is over. */
export interface HalfEvents {
  /** Both sides are to be closed in good order, or broken. */
  readonly over: (how: 'close' | 'reset') => void;
  /** Bytes that were handed to the receiving side. */
  readonly delivered: (bytes: Uint8Array) => void;
}

/** What a half needs beside its sockets. */
export interface HalfSettings {
  readonly nowMs: () => number;
  readonly alarm: AlarmClock;
  /** A stream of its own for each toxic. */
  readonly random: (purpose: string) => Random;
  /** So many bytes may be held before the sender is held back. */
  readonly bufferBytes: number;
}

/**
 * Bytes read at a time from a socket that reads into memory of ours. Four times what Node reads by itself: half of a
 * connection's cost is in the number of its system calls.
 */
export const readBytes: number = 256 << 10;

/** A copy in memory of its own. Not `slice()`: that of a `Buffer`, which is what sockets give, copies nothing. */
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

/**
 * One direction of a connection: reads from one socket, lets the toxics have it, and writes to the other. The sender is
 * held back when the receiver does not take more, or the toxics hold as much as they may.
 */
export class Half implements Sleeper {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #chain: ToxicChain;
  readonly #settings: HalfSettings;
  readonly #events: HalfEvents;
  #isBlocked = false;
  #isOver = false;
  readonly #put = (piece: Piece): void => this.#deliver(piece);

  constructor(from: Socket, to: Socket, settings: HalfSettings, events: HalfEvents) {
    this.#from = from;
    this.#to = to;
    this.#settings = settings;
    this.#events = events;
    this.#chain = new ToxicChain(settings.random);
    from.on('data', (bytes: Buffer) => this.take(bytes));
    from.on('end', () => this.#arrive({ kind: 'end', atMs: settings.nowMs() }));
    // A side that breaks off breaks off the other, after whatever is on its way; where nothing is taken any more, at once.
    from.on('error', () => {
      if (this.#isBlocked) this.#deliver({ kind: 'reset', atMs: settings.nowMs() });
      else this.#arrive({ kind: 'reset', atMs: settings.nowMs() });
    });
    to.on('drain', () => {
      this.#isBlocked = false;
      this.wake(settings.nowMs());
    });
  }

  /**
   * Takes bytes that have come. They are the half's own; with `isLent` they lie in memory that is read into again.
   * @returns whether that memory may be read into again; if not, the half has kept it
   */
  take(bytes: Uint8Array, isLent = false): boolean {
    if (this.#isOver) return true;
    if (this.#chain.isEmpty) {
      // The way of all bytes without a toxic: straight on, without a clock or a piece made of them.
      const isQueued = this.#to.writableLength > 0;
      this.#pass(isLent && isQueued ? copyOf(bytes) : bytes);
      if (this.#isBlocked) this.#from.pause();
      return isQueued || this.#to.writableLength === 0;
    }
    this.#arrive({ kind: 'data', atMs: this.#settings.nowMs(), bytes: isLent ? copyOf(bytes) : bytes });
    return true;
  }

  /** While the receiver takes nothing there is no moment to wait for. */
  get dueMs(): number {
    return this.#isBlocked ? Number.POSITIVE_INFINITY : this.#chain.dueMs;
  }

  wake(nowMs: number): void {
    if (this.#isOver) return;
    if (!this.#isBlocked) this.#chain.advance(nowMs, this.#put);
    this.#pace();
  }

  add(toxic: Toxic): void {
    this.#chain.add(toxic, this.#settings.nowMs());
    this.wake(this.#settings.nowMs());
  }

  update(toxic: Toxic): void {
    this.#chain.update(toxic, this.#settings.nowMs());
    this.wake(this.#settings.nowMs());
  }

  remove(name: string): void {
    this.#chain.remove(name, this.#settings.nowMs(), this.#put);
    this.wake(this.#settings.nowMs());
  }

  /** Nothing is written any more. */
  end(): void {
    this.#isOver = true;
    this.#settings.alarm.forget(this);
  }

  #arrive(piece: Piece): void {
    if (this.#isOver) return;
    this.#chain.take(piece, this.#put);
    if (this.#chain.isEmpty) {
      if (this.#isBlocked) this.#from.pause();
    } else this.wake(piece.atMs);
  }

  #deliver(piece: Piece): void {
    if (this.#isOver) return;
    switch (piece.kind) {
      case 'data':
        this.#pass(piece.bytes);
        return;
      case 'end':
        this.#to.end();
        return;
      default:
        this.#events.over(piece.kind);
    }
  }

  #pass(bytes: Uint8Array): void {
    this.#events.delivered(bytes);
    if (!this.#to.write(bytes)) this.#isBlocked = true;
  }

  /** Holds the sender back or lets it go on, and has itself woken when something is due. */
  #pace(): void {
    if (this.#isOver) return;
    const { alarm, bufferBytes } = this.#settings;
    if (this.#isBlocked || this.#chain.heldBytes >= bufferBytes) this.#from.pause();
    else if (this.#from.isPaused()) this.#from.resume();
    if (this.dueMs < Number.POSITIVE_INFINITY) alarm.watch(this);
    else alarm.forget(this);
  }
}
