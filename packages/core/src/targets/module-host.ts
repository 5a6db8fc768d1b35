import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { InputError } from '../input-error.ts';
import { type InferenceAnswer, inferenceServer } from './inference-server.ts';
import { readRequestBody } from './request-body.ts';
import type { ServedModel } from './served-model.ts';

/** How a model is served. */
export interface ServeOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Longest request body that is read. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Requests in work at a time; those beyond get 503 and `Retry-After`. Default 256. */
  readonly maxInFlight?: number;
}

/** Longer than any client's pause, so that a kept connection is not closed just as a request is under way. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Serves a model by the Open Inference Protocol (JSON and binary tensors) over HTTP/1.1.
 * `Server-Timing` of each inference names `decode`, `predict` and `encode`, and the model's own stages.
 * @returns its address, and `close`, which lets requests in work end
 * @throws InputError if the model is not one, or the address cannot be listened on
 */
export async function serveModel(
  model: ServedModel,
  options: ServeOptions = {},
): Promise<{
  readonly url: string;
  /** Takes no further requests, and resolves once those in work have ended. */
  close(): Promise<void>;
}> {
  const { host = '127.0.0.1', port = 0, maxBodyBytes = 64 * 1024 * 1024, ...limits } = options;
  const inference = inferenceServer(model, limits);
  let isClosing = false;
  const server = createServer((request, response) => {
    inference
      .answer({
        // Node's server gives both.
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        readBody: () => readRequestBody(request, maxBodyBytes),
      })
      .then((answer) => send(request, response, answer, isClosing))
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, host, port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        inference.beginClosing();
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function send(request: IncomingMessage, response: ServerResponse, answer: InferenceAnswer, isClosing: boolean): void {
  // What is left of a refused body is read and dropped; a reset in place of the answer would hide the reason.
  if (!request.complete) request.resume();
  const closing = isClosing ? { connection: 'close' } : {};
  response.writeHead(answer.status, {
    ...answer.headers,
    ...closing,
    'content-length': Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new InputError(`cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
