import { createRequire } from 'node:module';
import type { OutcomeKind, Reply } from '@preopen/core';
import type { Dispatcher } from 'undici';
import { keepAliveMs, pathBelow, type Receiver, type Transport, type TransportOptions } from './transport.ts';

/** Loaded only where HTTP/2 is spoken: that takes as long as two thousand requests, in each thread. */
const loadUndici = (): typeof import('undici') => createRequire(import.meta.url)('undici');

function openDispatcher({ url, connections, timeoutMs }: TransportOptions): Dispatcher {
  const shared = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.max(1000, timeoutMs) },
  };
  const { H2CClient, Pool } = loadUndici();
  return url.protocol === 'https:'
    ? new Pool(url.origin, { ...shared, connections: 1, allowH2: true, maxConcurrentStreams: connections })
    : new H2CClient(url.origin, { ...shared, maxConcurrentStreams: connections, pipelining: connections });
}

function outcomeOf(error: Error & { code?: string }): OutcomeKind {
  return error.code === 'UND_ERR_HEADERS_TIMEOUT' || error.code === 'UND_ERR_BODY_TIMEOUT'
    ? 'timeout'
    : error.code?.startsWith('HPE_') || error.code?.startsWith('ERR_HTTP2_')
      ? 'protocol'
      : 'connect';
}

/** HTTP/2 through undici: negotiated for `https:`, taken for granted for `http:`. */
export function http2Transport(options: TransportOptions, nowMs: () => number): Transport {
  const dispatcher = openDispatcher(options);
  const handlerOf = (receiver: Receiver): Dispatcher.DispatchHandler => ({
    onRequestStart(controller) {
      // It ended by the time-out while it waited for a connection.
      if (receiver.isOver) controller.abort(new Error('timeout'));
      else receiver.onSent({ abort: () => controller.abort(new Error('cut off')) }, nowMs());
    },
    onResponseStart(_controller, status, headers) {
      const length = Number(headers['content-length'] ?? Number.NaN);
      const isKnown = Number.isSafeInteger(length) && length >= 0;
      if (!receiver.isOver) receiver.onHead(status, headers as Reply['headers'], isKnown ? length : undefined, nowMs());
    },
    onResponseData(_controller, chunk) {
      if (!receiver.isOver) receiver.onData(chunk, 0, chunk.length);
    },
    onResponseEnd() {
      if (!receiver.isOver) receiver.onEnd(nowMs());
    },
    onResponseError(_controller, error) {
      if (!receiver.isOver) receiver.onError(outcomeOf(error), error.message);
    },
  });
  return {
    prepare(request) {
      const { body } = request;
      const sent: Dispatcher.DispatchOptions = {
        path: pathBelow(options.url, request),
        method: request.method,
        headers: request.headers as Record<string, string>,
        body: body === null ? null : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      };
      return (receiver) => {
        try {
          dispatcher.dispatch(sent, handlerOf(receiver));
        } catch (cause) {
          receiver.onError('connect', (cause as Error).message);
        }
      };
    },
    sweep: () => undefined,
    close: () => dispatcher.destroy().catch(() => undefined),
  };
}
