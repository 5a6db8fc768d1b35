import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { InputError } from '../input-error.ts';
import {
  BINARY_TENSOR_EXTENSION,
  decodeInferRequest,
  encodeInferResponse,
  type InferRequest,
} from '../open-inference-protocol.ts';

/** A model that can be served, as a module exports it. */
export interface ServedModel {
  /** Name in the protocol's paths. Default: the name that the config asks for. */
  readonly name?: string;
  /** Features per row. */
  readonly features: number;
  /** What the metadata asks clients to send; both are understood. Default FP64. */
  readonly datatype?: 'FP32' | 'FP64';
  /**
   * One prediction per row.
   * @param values `[rows × features]`, row-major; the model may keep or change it
   */
  predict(values: Float64Array, rows: number): Float64Array | Promise<Float64Array>;
  /**
   * Milliseconds that the parts of the last `predict` took, for the `Server-Timing` header. Asked at once after a
   * `predict` that returns no promise, and only then: between others, calls may overlap.
   */
  stages?(): Readonly<Record<string, number>>;
}

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
const OUTPUT_NAME = 'predictions';
const INPUT_NAME = 'input';

/** An answer before it is sent. */
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** A refusal that the client is to read. */
class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Serves a model by the Open Inference Protocol (JSON and binary tensors) over HTTP/1.1.
 * `Server-Timing` of each inference names `decode`, `predict` and `encode`, and the model's own stages.
 * @returns its address, and `close`, which lets requests in work end
 * @throws InputError if the model is not one, or the address cannot be listened on
 */
export async function serveModel(
  model: ServedModel,
  options: ServeOptions = {},
): Promise<{ readonly url: string; close(): Promise<void> }> {
  checkModel(model);
  const { host = '127.0.0.1', port = 0, maxBodyBytes = 64 * 1024 * 1024, maxInFlight = 256 } = options;
  const name = model.name ?? 'model';
  let isClosing = false;
  let inFlight = 0;

  const route = async (request: IncomingMessage): Promise<Answer> => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const own = `/v2/models/${encodeURIComponent(name)}`;
    if (path === `${own}/infer`) {
      expectMethod(request, 'POST');
      if (inFlight >= maxInFlight) {
        throw new Refusal(503, `${inFlight} requests are in work, the most there may be`, { 'retry-after': '1' });
      }
      inFlight++;
      try {
        return await infer(model, name, request, maxBodyBytes);
      } finally {
        inFlight--;
      }
    }
    expectMethod(request, 'GET');
    if (path === '/v2/health/live') return json(200, { live: true });
    if (path === '/v2/health/ready' || path === `${own}/ready`)
      return json(isClosing ? 503 : 200, { ready: !isClosing });
    if (path === '/v2') return json(200, { name: 'preopen', version: '1', extensions: [BINARY_TENSOR_EXTENSION] });
    if (path === own) return json(200, metadataOf(model, name));
    if (path.startsWith('/v2/models/')) throw new Refusal(404, `no such model: ${path}; this service has “${name}”`);
    throw new Refusal(404, `nothing at ${path}; the Open Inference Protocol is at /v2`);
  };

  const server = createServer((request, response) => {
    route(request)
      .catch((error: unknown) => refusalOf(error))
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
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function infer(
  model: ServedModel,
  name: string,
  request: IncomingMessage,
  maxBodyBytes: number,
): Promise<Answer> {
  const body = await readBody(request, maxBodyBytes);
  const startMs = performance.now();
  const input = readInput(model, request, body);
  const decodedMs = performance.now();
  const result = model.predict(input.values, input.rows);
  const isSync = result instanceof Float64Array;
  const predictions = isSync ? result : await result;
  const predictedMs = performance.now();
  const stages = isSync ? (model.stages?.() ?? {}) : {};
  if (!(predictions instanceof Float64Array) || predictions.length !== input.rows) {
    const got = predictions instanceof Float64Array ? `${predictions.length} predictions` : typeof predictions;
    throw new Error(`predict() gave ${got} for ${input.rows} rows, expected a Float64Array with one for each`);
  }
  const answer = encodeInferResponse({
    model: name,
    id: input.id,
    outputName: OUTPUT_NAME,
    predictions,
    binary: input.binaryOutput,
  });
  const timing = serverTiming({
    decode: decodedMs - startMs,
    predict: predictedMs - decodedMs,
    ...stages,
    encode: performance.now() - predictedMs,
  });
  return { status: 200, headers: { ...answer.headers, 'server-timing': timing }, body: answer.body };
}

function readInput(model: ServedModel, request: IncomingMessage, body: Uint8Array): InferRequest {
  let input: InferRequest;
  try {
    input = decodeInferRequest(request.headers, body);
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : String(error));
  }
  if (input.features !== model.features) {
    throw new Refusal(
      400,
      `input “${input.inputName}” has ${input.features} features per row, expected ${model.features}`,
    );
  }
  const unknown = input.outputs.find((output) => output !== OUTPUT_NAME);
  if (unknown !== undefined) throw new Refusal(400, `no output “${unknown}”; the model has “${OUTPUT_NAME}”`);
  return input;
}

async function readBody(request: IncomingMessage, maxBodyBytes: number): Promise<Buffer> {
  const tooLong = (bytes: number): Refusal =>
    new Refusal(413, `the body has ${bytes} bytes or more, at most ${maxBodyBytes} are read`, { connection: 'close' });
  const stated = Number(request.headers['content-length'] ?? 0);
  if (stated > maxBodyBytes) throw tooLong(stated);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLong(bytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function metadataOf(model: ServedModel, name: string): unknown {
  return {
    name,
    versions: ['1'],
    platform: 'preopen',
    inputs: [{ name: INPUT_NAME, datatype: model.datatype ?? 'FP64', shape: [-1, model.features] }],
    outputs: [{ name: OUTPUT_NAME, datatype: 'FP64', shape: [-1] }],
  };
}

/** Source: Server Timing, W3C; durations in milliseconds. */
function serverTiming(stages: Readonly<Record<string, number>>): string {
  return Object.entries(stages)
    .map(([stage, ms]) => `${stage.replace(/[^\w-]+/g, '_')};dur=${ms.toFixed(3)}`)
    .join(', ');
}

function expectMethod(request: IncomingMessage, method: 'GET' | 'POST'): void {
  if (request.method === method) return;
  throw new Refusal(405, `${request.method} is not for this path, ${method} is`, { allow: method });
}

function refusalOf(error: unknown): Answer {
  if (error instanceof Refusal) return json(error.status, { error: error.message }, error.headers);
  return json(500, { error: error instanceof Error ? error.message : String(error) });
}

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer, isClosing: boolean): void {
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

function checkModel(model: ServedModel): void {
  if (!Number.isSafeInteger(model.features) || model.features < 1) {
    throw new InputError(`model.features: expected a positive whole number, got ${String(model.features)}`);
  }
  if (typeof model.predict !== 'function') {
    throw new InputError(
      `model.predict: expected a function (values, rows) => Float64Array, got ${typeof model.predict}`,
    );
  }
}
