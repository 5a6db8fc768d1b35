import type { Clock, EncodedRequest, InferenceCodec, OutcomeKind, Reply } from '@preopen/core';
import { type Dispatcher, Pool } from 'undici';

/** What a sender tells of a request. */
export interface SendSink {
  sent(atMs: number): void;
  firstByte(atMs: number): void;
  done(atMs: number, outcome: OutcomeKind, problem?: string): void;
}

/** Sends requests without ever waiting or throwing, over a bounded number of kept connections. */
export interface Sender {
  send(request: EncodedRequest, sink: SendSink): void;
  /** Cuts off what is under way (`aborted`) and closes all connections. */
  close(): Promise<void>;
}

interface UnderWay {
  readonly deadlineMs: number;
  controller: Dispatcher.DispatchController | undefined;
  end(outcome: OutcomeKind, problem?: string): void;
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
  codec: InferenceCodec,
  reply: Reply,
  predictions: number,
): { outcome: OutcomeKind; problem?: string } {
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
  return { outcome: 'ok' };
}

/**
 * A sender over undici's dispatcher, the cheapest HTTP client in Node that is not hand-written (15–17 µs a request).
 * Pipelining is off: answers would wait for one another.
 */
export function createSender(
  url: URL,
  codec: InferenceCodec,
  options: { readonly connections: number; readonly timeoutMs: number; readonly clock: Clock },
): Sender {
  const { connections, timeoutMs, clock } = options;
  const pool = new Pool(url.origin, {
    connections,
    pipelining: 1,
    keepAliveTimeout: 1500,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.max(1000, timeoutMs) },
  });
  const underWay = new Set<UnderWay>();
  const base = url.pathname.replace(/\/+$/, '');
  const sweeper = setInterval(() => {
    const nowMs = clock.nowMs();
    for (const request of underWay) {
      if (nowMs < request.deadlineMs) continue;
      request.controller?.abort(new Error('timeout'));
      request.end('timeout', `no whole answer within ${timeoutMs} ms`);
    }
  }, sweepMs);

  return {
    send(request, sink) {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      let reply: { status: number; headers: Reply['headers'] } | undefined;
      const entry: UnderWay = {
        deadlineMs: clock.nowMs() + timeoutMs,
        controller: undefined,
        end(outcome, problem) {
          if (!underWay.delete(entry)) return;
          sink.done(clock.nowMs(), outcome, problem);
        },
      };
      underWay.add(entry);
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart(controller) {
          entry.controller = controller;
          // It ended by the time-out while it waited for a connection.
          if (!underWay.has(entry)) controller.abort(new Error('timeout'));
          else sink.sent(clock.nowMs());
        },
        onResponseStart(_controller, status, headers) {
          reply = { status, headers };
          sink.firstByte(clock.nowMs());
        },
        onResponseData(controller, chunk) {
          bytes += chunk.length;
          if (bytes > maxReplyBytes) controller.abort(new Error(`answer longer than ${maxReplyBytes} bytes`));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (!reply || !underWay.has(entry)) return;
          const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes);
          const { outcome, problem } = judgeReply(codec, { ...reply, body }, request.predictions);
          entry.end(outcome, problem);
        },
        onResponseError(_controller, error) {
          entry.end(outcomeOf(error as Error & { code?: string }), error.message);
        },
      };
      try {
        pool.dispatch(
          {
            path: `${base}${request.path}`,
            method: request.method,
            headers: request.headers as Record<string, string>,
            body:
              request.body === null
                ? null
                : Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength),
          },
          handler,
        );
      } catch (cause) {
        entry.end('connect', (cause as Error).message);
      }
    },
    async close() {
      clearInterval(sweeper);
      for (const request of underWay) request.end('aborted');
      await pool.destroy().catch(() => undefined);
    },
  };
}
