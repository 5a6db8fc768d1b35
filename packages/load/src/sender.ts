import type { Clock, EncodedRequest, InferenceCodec, OutcomeKind, Reply } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { type Dispatcher, H2CClient, Pool } from 'undici';

/** How requests are sent. */
export interface SenderOptions {
  readonly url: URL;
  /** Reads answers; only its `decode` is used. */
  readonly codec: Pick<InferenceCodec, 'decode'>;
  readonly recorder: LatencyRecorder;
  readonly clock: Clock;
  /** Connections at most; with HTTP/2, requests under way at a time. */
  readonly connections: number;
  readonly timeoutMs: number;
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
  readonly options: Dispatcher.DispatchOptions;
  readonly predictions: number;
}

/** Sends requests without ever waiting or throwing, over a bounded number of kept connections. */
export interface Sender {
  prepare(request: EncodedRequest): PreparedRequest;
  send(request: PreparedRequest, slot: number): void;
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

function outcomeOf(error: Error & { code?: string }): OutcomeKind {
  return error.code === 'UND_ERR_HEADERS_TIMEOUT' || error.code === 'UND_ERR_BODY_TIMEOUT'
    ? 'timeout'
    : error.code?.startsWith('HPE_')
      ? 'protocol'
      : 'connect';
}

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

function openDispatcher({ url, connections, timeoutMs, protocol = 'h1' }: SenderOptions): Dispatcher {
  const shared = {
    keepAliveTimeout: 1500,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.max(1000, timeoutMs) },
  };
  if (protocol === 'h1') return new Pool(url.origin, { ...shared, connections, pipelining: 1 });
  return url.protocol === 'https:'
    ? new Pool(url.origin, { ...shared, connections: 1, allowH2: true, maxConcurrentStreams: connections })
    : new H2CClient(url.origin, { ...shared, maxConcurrentStreams: connections, pipelining: connections });
}

/**
 * A sender over undici's dispatcher, the cheapest HTTP client in Node that is not hand-written (15–17 µs a request).
 * Pipelining is off: answers would wait for one another.
 */
export function createSender(settings: SenderOptions): Sender {
  const {
    url,
    codec,
    recorder,
    clock,
    timeoutMs,
    checkEvery = 1,
    maxInFlight = 20_000,
    onEnd,
    onReply,
    onPredictions,
  } = settings;
  const dispatcher = openDispatcher(settings);
  const base = url.pathname.replace(/\/+$/, '');
  const underWay = new Set<Exchange>();
  let areaMs = 0;
  let changedMs = clock.nowMs();
  let answers = 0;
  let closing: Promise<void> | undefined;
  /** Length of a good answer by the number of its predictions; others of that length are taken for good unread. */
  const goodBytes = new Map<number, number>();

  /** Moves the count of requests under way, with the time that it stood. */
  const count = (nowMs: number): void => {
    areaMs += underWay.size * (nowMs - changedMs);
    changedMs = nowMs;
  };

  class Exchange implements Dispatcher.DispatchHandler {
    readonly slot: number;
    readonly predictions: number;
    readonly deadlineMs: number;
    controller: Dispatcher.DispatchController | undefined;
    status = 0;
    headers: Reply['headers'] = {};
    bytes = 0;
    first: Buffer | undefined;
    more: Buffer[] | undefined;

    constructor(slot: number, predictions: number, nowMs: number) {
      this.slot = slot;
      this.predictions = predictions;
      this.deadlineMs = nowMs + timeoutMs;
    }

    end(outcome: OutcomeKind, problem?: string): void {
      const nowMs = clock.nowMs();
      if (!underWay.has(this)) return;
      count(nowMs);
      underWay.delete(this);
      recorder.done(this.slot, nowMs, outcome);
      onEnd(this.slot, outcome, problem);
    }

    onRequestStart(controller: Dispatcher.DispatchController): void {
      this.controller = controller;
      // It ended by the time-out while it waited for a connection.
      if (!underWay.has(this)) controller.abort(new Error('timeout'));
      else recorder.sent(this.slot, clock.nowMs());
    }

    onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Reply['headers']): void {
      if (!underWay.has(this)) return;
      this.status = status;
      this.headers = headers;
      recorder.firstByte(this.slot, clock.nowMs());
    }

    onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
      this.bytes += chunk.length;
      if (this.bytes > maxReplyBytes) controller.abort(new Error(`answer longer than ${maxReplyBytes} bytes`));
      else if (!this.first) this.first = chunk;
      else {
        this.more ??= [this.first];
        this.more.push(chunk);
      }
    }

    onResponseEnd(): void {
      if (!underWay.has(this)) return;
      onReply?.(this.slot, this.headers);
      const isGood = this.status >= 200 && this.status < 300 && this.bytes === goodBytes.get(this.predictions);
      if (isGood && ++answers % checkEvery !== 0) {
        this.end('ok');
        return;
      }
      const body = this.more ? Buffer.concat(this.more, this.bytes) : (this.first ?? Buffer.alloc(0));
      // The answer is here: reading it is our own time and no part of the service's.
      const doneMs = clock.nowMs();
      const { outcome, problem, values } = judgeReply(
        codec,
        { status: this.status, headers: this.headers, body },
        this.predictions,
      );
      if (values) {
        goodBytes.set(this.predictions, this.bytes);
        onPredictions?.(this.slot, values, this.headers);
      }
      count(doneMs);
      underWay.delete(this);
      recorder.done(this.slot, doneMs, outcome);
      onEnd(this.slot, outcome, problem);
    }

    onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
      this.end(outcomeOf(error), error.message);
    }
  }

  const sweeper = setInterval(() => {
    const nowMs = clock.nowMs();
    // In the order of their deadlines, since all have the same time.
    for (const exchange of underWay) {
      if (nowMs < exchange.deadlineMs) break;
      exchange.end('timeout', `no whole answer within ${timeoutMs} ms`);
      exchange.controller?.abort(new Error('timeout'));
    }
  }, sweepMs);

  return {
    prepare(request) {
      const { body } = request;
      return {
        predictions: request.predictions,
        options: {
          path: `${base}${request.path}`,
          method: request.method,
          headers: request.headers as Record<string, string>,
          body: body === null ? null : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
        },
      };
    },
    send(request, slot) {
      const nowMs = clock.nowMs();
      const exchange = new Exchange(slot, request.predictions, nowMs);
      count(nowMs);
      underWay.add(exchange);
      if (underWay.size > maxInFlight) {
        exchange.end('connect', `not sent: ${maxInFlight} requests were under way already`);
        return;
      }
      try {
        dispatcher.dispatch(request.options, exchange);
      } catch (cause) {
        exchange.end('connect', (cause as Error).message);
      }
    },
    get underWay() {
      return underWay.size;
    },
    inFlightMs() {
      count(clock.nowMs());
      return areaMs;
    },
    close() {
      clearInterval(sweeper);
      // In a turn of its own: whoever hears of the ends may close again.
      closing ??= Promise.resolve().then(async () => {
        for (const exchange of underWay) exchange.end('aborted');
        await dispatcher.destroy().catch(() => undefined);
      });
      return closing;
    },
  };
}
