import type { Clock, EncodedRequest, InferenceCodec, OutcomeKind, Reply } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { http1Transport } from './http/http1-transport.ts';
import { http2Transport } from './http/http2-transport.ts';
import type { Carrier, Dispatch, Receiver, TransportOptions } from './http/transport.ts';
import { InOrder, UnderWay } from './under-way.ts';

/** How requests are sent. */
export interface SenderOptions extends TransportOptions {
  /** Reads answers; only its `decode` is used. */
  readonly codec: Pick<InferenceCodec, 'decode'>;
  readonly recorder: LatencyRecorder;
  readonly clock: Clock;
  /** Default `h1`. With `h2`, `https:` negotiates and `http:` is taken to speak it. */
  readonly protocol?: 'h1' | 'h2';
  /** One answer in so many is read whole; of the others status and length are looked at. Default 1: all. */
  readonly checkEvery?: number;
  /** Requests under way, waiting ones included, beyond which none is sent. Default 20 000. */
  readonly maxInFlight?: number;
  /** Called once for each request, after the recorder has it. */
  readonly onEnd: (slot: number, outcome: OutcomeKind, problem: string | undefined) => void;
  /** Called for each whole answer before it is judged. */
  readonly onReply?: (slot: number, headers: Reply['headers']) => void;
  /** Called for each good answer that was read whole, before the recorder has its end. */
  readonly onPredictions?: (slot: number, predictions: Float64Array, headers: Reply['headers']) => void;
}

/** A request that needs no more work when it is due. */
export interface PreparedRequest {
  readonly predictions: number;
  readonly dispatch: Dispatch;
}

/** Sends requests without ever waiting or throwing, over a bounded number of kept connections. */
export interface Sender {
  /** @throws InputError if the request cannot be sent as HTTP */
  prepare(request: EncodedRequest): PreparedRequest;
  /** @param nowMs the time now, which whoever calls has just read */
  send(request: PreparedRequest, slot: number, nowMs: number): void;
  /** Requests that have begun and not ended. */
  readonly underWay: number;
  /** Requests under way, added up over time: milliseconds × requests. The other side of Little's law. */
  inFlightMs(): number;
  /** Cuts off what is under way (`aborted`) and closes all connections. */
  close(): Promise<void>;
}

/** How often overdue requests are looked for: the time-out is kept to this. */
const sweepMs = 10;
/** An answer beyond this is no prediction. */
const maxReplyBytes = 256 * 1024 * 1024;
const noBytes = new Uint8Array(0);

/** Whether an answer holds as many finite predictions as were asked for. */
function judgeReply(
  codec: Pick<InferenceCodec, 'decode'>,
  reply: Reply,
  predictions: number,
): { outcome: OutcomeKind; problem?: string; values?: Float64Array } {
  if (reply.status < 200 || reply.status > 299) return { outcome: 'status', problem: `HTTP ${reply.status}` };
  let values: Float64Array;
  try {
    values = codec.decode(reply);
  } catch (cause) {
    return { outcome: 'protocol', problem: (cause as Error).message };
  }
  if (values.length !== predictions)
    return { outcome: 'wrong-shape', problem: `${values.length} predictions for ${predictions} rows` };
  for (const value of values)
    if (!Number.isFinite(value)) return { outcome: 'non-finite', problem: `prediction ${value}` };
  return { outcome: 'ok', values };
}

/**
 * Sends requests over HTTP/1.1 by a client of our own, which costs half of what a general one does, or over HTTP/2 by
 * undici. Pipelining is off: answers would wait for one another.
 */
export function createSender(settings: SenderOptions): Sender {
  const { codec, recorder, clock, timeoutMs, checkEvery = 1, maxInFlight = 20_000, protocol = 'h1' } = settings;
  const { onEnd, onReply, onPredictions } = settings;
  const transport = protocol === 'h1' ? http1Transport(settings, clock) : http2Transport(settings, () => clock.nowMs());
  const underWay = new UnderWay(clock.nowMs());
  let answers = 0;
  let closing: Promise<void> | undefined;
  /** Length of a good answer by the number of its predictions; others of that length are taken for good unread. */
  const goodBytes = new Map<number, number>();

  /** One request and its answer. */
  class Exchange extends InOrder implements Receiver {
    readonly slot: number;
    readonly predictions: number;
    readonly deadlineMs: number;
    isOver = false;
    carrier: Carrier | undefined;
    status = 0;
    headers: Reply['headers'] = {};
    /** Whether its length was known from its head. */
    isSized = false;
    /** Bytes of the body so far. */
    bytes = 0;
    /** The body so far; `undefined` where it need not be read. */
    body: Uint8Array | undefined = noBytes;

    constructor(slot: number, predictions: number, nowMs: number) {
      super();
      this.slot = slot;
      this.predictions = predictions;
      this.deadlineMs = nowMs + timeoutMs;
    }

    end(nowMs: number, outcome: OutcomeKind, problem?: string): void {
      if (this.isOver) return;
      this.isOver = true;
      underWay.remove(this, nowMs);
      recorder.done(this.slot, nowMs, outcome);
      onEnd(this.slot, outcome, problem);
    }

    onSent(carrier: Carrier, nowMs: number): void {
      this.carrier = carrier;
      recorder.sent(this.slot, nowMs);
    }

    onHead(status: number, headers: Reply['headers'], contentLength: number | undefined, nowMs: number): void {
      this.status = status;
      this.headers = headers;
      recorder.firstByte(this.slot, nowMs);
      if (contentLength === undefined) return;
      this.isSized = true;
      if (this.mayStayUnread(contentLength)) this.body = undefined;
      else if (contentLength > maxReplyBytes) this.refuse();
      else this.body = Buffer.allocUnsafe(contentLength);
    }

    /** Whether an answer of this length is taken for good as it is. */
    mayStayUnread(length: number): boolean {
      const { status, predictions } = this;
      const isGood = status >= 200 && status < 300 && length === goodBytes.get(predictions);
      return isGood && ++answers % checkEvery !== 0;
    }

    onData(bytes: Buffer, from: number, to: number): void {
      if (this.isOver) return;
      const total = this.bytes + to - from;
      if (this.body) {
        if (total > maxReplyBytes) {
          this.refuse();
          return;
        }
        if (total > this.body.length) {
          // Of unknown length: doubled, so that an answer in many pieces is not copied for each.
          const larger = Buffer.allocUnsafe(Math.max(total, 2 * this.body.length));
          larger.set(this.body.subarray(0, this.bytes));
          this.body = larger;
        }
        bytes.copy(this.body, this.bytes, from, to);
      }
      this.bytes = total;
    }

    refuse(): void {
      this.end(clock.nowMs(), 'protocol', `answer longer than ${maxReplyBytes} bytes`);
      this.carrier?.abort();
    }

    onEnd(nowMs: number): void {
      onReply?.(this.slot, this.headers);
      const { body, status, headers } = this;
      if (!body || (!this.isSized && this.mayStayUnread(this.bytes))) {
        this.end(nowMs, 'ok');
        return;
      }
      const reply = { status, headers, body: body.subarray(0, this.bytes) };
      // The answer is here: reading it is our own time and no part of the service's.
      const { outcome, problem, values } = judgeReply(codec, reply, this.predictions);
      if (values) {
        goodBytes.set(this.predictions, this.bytes);
        onPredictions?.(this.slot, values, headers);
      }
      this.end(nowMs, outcome, problem);
    }

    onError(outcome: OutcomeKind, problem: string): void {
      this.end(clock.nowMs(), outcome, problem);
    }
  }

  const sweeper = setInterval(() => {
    const nowMs = clock.nowMs();
    // In the order of their deadlines, since all have the same time.
    for (let first = underWay.first; first && nowMs >= (first as Exchange).deadlineMs; first = underWay.first) {
      const exchange = first as Exchange;
      exchange.end(nowMs, 'timeout', `no whole answer within ${timeoutMs} ms`);
      exchange.carrier?.abort();
    }
    transport.sweep(nowMs);
  }, sweepMs);

  return {
    prepare: (request) => ({ predictions: request.predictions, dispatch: transport.prepare(request) }),
    send({ predictions, dispatch }, slot, nowMs) {
      const exchange = new Exchange(slot, predictions, nowMs);
      underWay.add(exchange, nowMs);
      if (underWay.count > maxInFlight)
        exchange.end(nowMs, 'connect', `not sent: ${maxInFlight} requests were under way already`);
      else dispatch(exchange, nowMs);
    },
    get underWay() {
      return underWay.count;
    },
    inFlightMs: () => underWay.areaMs(clock.nowMs()),
    close() {
      clearInterval(sweeper);
      // In a turn of its own: whoever hears of the ends may close again.
      closing ??= Promise.resolve().then(async () => {
        for (let first = underWay.first; first; first = underWay.first)
          (first as Exchange).end(clock.nowMs(), 'aborted');
        await transport.close();
      });
      return closing;
    },
  };
}
