import type { Random } from '@preopen/core';
import { drawDelayMs } from './delay.ts';
import type { ToxicKind } from './toxic.ts';

/** What travels one way through a connection, with the moment of it. */
export type Piece =
  | { readonly kind: 'data'; readonly atMs: number; readonly bytes: Uint8Array }
  /** The sender has no more to say (FIN); the other direction goes on. */
  | { readonly kind: 'end'; readonly atMs: number }
  /** The whole connection is closed in good order. */
  | { readonly kind: 'close'; readonly atMs: number }
  /** The whole connection is broken (RST). */
  | { readonly kind: 'reset'; readonly atMs: number };

/** Takes a piece that leaves a stage at `atMs`, which may lie in the future. */
export type Put = (piece: Piece) => void;

/**
 * What one toxic does to one direction of one connection: a pure function of the pieces that come, their moments and a
 * stream of random numbers. Holding pieces until their moment is the chain's business.
 */
export interface Stage {
  /** Says when and as what a piece leaves; not at all if it is swallowed. */
  pass(piece: Piece, put: Put): void;
  /** A moment at which something leaves without anything having come. */
  readonly alarmMs?: number;
  /** Called at that moment. */
  ring?(put: Put): void;
  /** Called when the toxic is taken away from a connection that lives. */
  leave?(atMs: number, put: Put): void;
}

/** Pieces of a bandwidth limit last this long, so that no reader sees a second of silence and then a burst. */
const bandwidthSliceS = 0.01;

const passes: Stage = { pass: (piece, put) => put(piece) };

function latency(toxic: Extract<ToxicKind, { type: 'latency' }>, random: Random): Stage {
  return { pass: (piece, put) => put({ ...piece, atMs: piece.atMs + drawDelayMs(toxic, random) }) };
}

function bandwidth(bytesPerSecond: number, startMs: number): Stage {
  const sliceBytes = Math.max(1, Math.ceil(bytesPerSecond * bandwidthSliceS));
  let freeMs = startMs;
  return {
    pass(piece, put) {
      freeMs = Math.max(freeMs, piece.atMs);
      if (piece.kind !== 'data') return put({ ...piece, atMs: freeMs });
      for (let from = 0; from < piece.bytes.length; from += sliceBytes) {
        const bytes = piece.bytes.subarray(from, from + sliceBytes);
        // What is on the wire has arrived when its last byte has.
        freeMs += (bytes.length / bytesPerSecond) * 1000;
        put({ kind: 'data', atMs: freeMs, bytes });
      }
    },
  };
}

function slicer(toxic: Extract<ToxicKind, { type: 'slicer' }>, random: Random): Stage {
  const { averageBytes, variationBytes = 0, delayUs = 0 } = toxic;
  let freeMs = 0;
  return {
    pass(piece, put) {
      freeMs = Math.max(freeMs, piece.atMs);
      if (piece.kind !== 'data') return put({ ...piece, atMs: freeMs });
      for (let from = 0; from < piece.bytes.length; ) {
        const drawn = averageBytes + Math.round((2 * random.uniform() - 1) * variationBytes);
        const bytes = piece.bytes.subarray(from, from + Math.max(1, drawn));
        if (from > 0) freeMs += delayUs / 1000;
        put({ kind: 'data', atMs: freeMs, bytes });
        from += bytes.length;
      }
    },
  };
}

function limitData(limitBytes: number): Stage {
  let leftBytes = limitBytes;
  let isClosed = false;
  return {
    pass(piece, put) {
      if (isClosed) return;
      if (piece.kind !== 'data') return put(piece);
      const bytes = piece.bytes.subarray(0, leftBytes);
      leftBytes -= bytes.length;
      if (bytes.length > 0) put({ ...piece, bytes });
      if (leftBytes > 0) return;
      isClosed = true;
      put({ kind: 'close', atMs: piece.atMs });
    },
  };
}

/** Which bytes are changed depends on their place in the stream alone, not on how it was cut into pieces. */
function corrupt(everyBytes: number, random: Random): Stage {
  // Gaps of a geometric distribution: each byte is as likely as any other.
  const gap = (): number =>
    everyBytes === 1 ? 0 : Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / everyBytes));
  let untilNext = gap();
  return {
    pass(piece, put) {
      if (piece.kind !== 'data') return put(piece);
      let { bytes } = piece;
      let at = untilNext;
      for (; at < bytes.length; at += 1 + gap()) {
        if (bytes === piece.bytes) bytes = Uint8Array.from(piece.bytes);
        bytes[at] = bytes[at]! ^ (1 + random.integer(255));
      }
      untilNext = at - bytes.length;
      put({ ...piece, bytes });
    },
  };
}

/** Swallows everything; the connection is closed when it is told to, and when the toxic goes: what was lost is lost. */
function timeout(timeoutMs: number, startMs: number): Stage {
  return {
    pass(piece, put) {
      if (piece.kind === 'reset') put(piece);
    },
    alarmMs: timeoutMs === 0 ? Number.POSITIVE_INFINITY : startMs + timeoutMs,
    ring: (put) => put({ kind: 'close', atMs: startMs + timeoutMs }),
    leave: (atMs, put) => put({ kind: 'close', atMs }),
  };
}

function slowClose(delayMs: number): Stage {
  return {
    pass: (piece, put) => put(piece.kind === 'end' ? { ...piece, atMs: piece.atMs + delayMs } : piece),
  };
}

/**
 * The stage of a toxic for one direction of one connection.
 * @param startMs when the connection began, or the toxic if that was later
 * @param random a stream of its own
 */
export function stageOf(toxic: ToxicKind, startMs: number, random: Random): Stage {
  switch (toxic.type) {
    case 'latency':
      return latency(toxic, random);
    case 'bandwidth':
      return bandwidth(toxic.bytesPerSecond, startMs);
    case 'slicer':
      return slicer(toxic, random);
    case 'limit_data':
      return limitData(toxic.bytes);
    case 'corrupt':
      return corrupt(toxic.everyBytes, random);
    case 'timeout':
      return timeout(toxic.timeoutMs, startMs);
    case 'reset_peer': {
      const atMs = startMs + toxic.timeoutMs;
      return { ...passes, alarmMs: atMs, ring: (put) => put({ kind: 'reset', atMs }) };
    }
    case 'slow_close':
      return slowClose(toxic.delayMs);
    case 'half_open':
    case 'down':
      // These concern whole connections and the listener: see relay.ts and open-proxy.ts.
      return passes;
  }
}
