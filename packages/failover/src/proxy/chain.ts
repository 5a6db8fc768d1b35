import type { Random } from '@preopen/core';
import { type Piece, type Put, type Stage, stageOf } from './stage.ts';
import type { Toxic } from './toxic.ts';

/** A piece on its way out of a stage. */
interface Held {
  readonly arrived: Piece;
  readonly leaving: Piece;
}

interface Link {
  readonly name: string;
  stage: Stage;
  held: Held[];
  /** Place of the first piece in `held` that has not left. */
  head: number;
  /** When the last piece leaves: none may overtake it. */
  lastMs: number;
  hasRung: boolean;
}

/**
 * The toxics of one direction of one connection, one after the other, in a time that is told to it: nothing here waits or
 * reads a clock. Order is kept, and every byte that goes in comes out, but for what a toxic swallows or changes.
 */
export class ToxicChain {
  #links: Link[] = [];
  #heldBytes = 0;
  readonly #random: (purpose: string) => Random;

  /** @param random a stream for each toxic of this connection and direction */
  constructor(random: (purpose: string) => Random) {
    this.#random = random;
  }

  /** Bytes that have come and not left. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether pieces pass at once and unchanged. */
  get isEmpty(): boolean {
    return this.#links.length === 0;
  }

  /** The next moment at which something leaves; infinite if nothing does by itself. */
  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { held, head, stage, hasRung } of this.#links) {
      if (head < held.length) dueMs = Math.min(dueMs, held[head]!.leaving.atMs);
      if (!hasRung && stage.alarmMs !== undefined) dueMs = Math.min(dueMs, stage.alarmMs);
    }
    return dueMs;
  }

  /** Adds a toxic behind those that are there. */
  add(toxic: Toxic, nowMs: number): void {
    this.#links.push({
      name: toxic.name,
      stage: stageOf(toxic, nowMs, this.#random(toxic.name)),
      held: [],
      head: 0,
      lastMs: Number.NEGATIVE_INFINITY,
      hasRung: false,
    });
  }

  /** Changes a toxic; what it holds is planned anew, as if it had arrived under the new sizes. */
  update(toxic: Toxic, nowMs: number): void {
    const link = this.#links.find(({ name }) => name === toxic.name);
    if (!link) return;
    const waiting = link.held.slice(link.head);
    for (const { leaving } of waiting) this.#heldBytes -= lengthOf(leaving);
    link.stage = stageOf(toxic, nowMs, this.#random(toxic.name));
    link.held = [];
    link.head = 0;
    link.lastMs = Number.NEGATIVE_INFINITY;
    link.hasRung = false;
    for (const { leaving, arrived } of waiting) this.#into(link, { ...leaving, atMs: arrived.atMs });
  }

  /** Takes a toxic away; what it holds leaves at once. */
  remove(name: string, nowMs: number, out: Put): void {
    const index = this.#links.findIndex((link) => link.name === name);
    if (index < 0) return;
    const [link] = this.#links.splice(index, 1) as [Link];
    for (const { leaving } of link.held.slice(link.head)) {
      this.#heldBytes -= lengthOf(leaving);
      this.#onwards(index, { ...leaving, atMs: nowMs }, out);
    }
    link.stage.leave?.(nowMs, (piece) => this.#onwards(index, piece, out));
  }

  /** Takes a piece in at its moment. */
  take(piece: Piece, out: Put): void {
    this.#onwards(0, piece, out);
  }

  /**
   * Lets out everything that is due. A piece reaches the next toxic at the moment it was due, however late the call is:
   * lateness does not add up.
   */
  advance(nowMs: number, out: Put): void {
    for (let i = 0; i < this.#links.length; i++) {
      const link = this.#links[i]!;
      if (!link.hasRung && link.stage.alarmMs !== undefined && link.stage.alarmMs <= nowMs) {
        link.hasRung = true;
        link.stage.ring?.((piece) => this.#onwards(i + 1, piece, out));
      }
      while (link.head < link.held.length && link.held[link.head]!.leaving.atMs <= nowMs) {
        const { leaving } = link.held[link.head++]!;
        this.#heldBytes -= lengthOf(leaving);
        this.#onwards(i + 1, leaving, out);
      }
      if (link.head === link.held.length) {
        link.held.length = 0;
        link.head = 0;
      } else if (link.head > 1024) {
        link.held.splice(0, link.head);
        link.head = 0;
      }
    }
  }

  #onwards(index: number, piece: Piece, out: Put): void {
    const link = this.#links[index];
    if (link) this.#into(link, piece);
    else out(piece);
  }

  #into(link: Link, arrived: Piece): void {
    link.stage.pass(arrived, (piece) => {
      link.lastMs = Math.max(link.lastMs, piece.atMs);
      this.#heldBytes += lengthOf(piece);
      link.held.push({ arrived, leaving: { ...piece, atMs: link.lastMs } });
    });
  }
}

const lengthOf = (piece: Piece): number => (piece.kind === 'data' ? piece.bytes.length : 0);
