import { InputError } from '../input-error.ts';
import {
  BINARY_TENSOR_EXTENSION,
  decodeInferRequest,
  encodeInferResponse,
  type InferRequest,
} from '../open-inference-protocol.ts';
import type { Marks, ServedModel } from './served-model.ts';

/** What an HTTP server has of a request before its body is read. */
export interface InferenceRequest {
  readonly method: string;
  /** Path, with or without a query. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Reads the body; only inference does. @throws Refusal for one that is too long */
  readBody(): Promise<Uint8Array>;
}

/** An answer before it is sent. */
export interface InferenceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** A refusal that the client is to read. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The Open Inference Protocol for one model, whatever HTTP server it is behind. */
export interface InferenceServer {
  /** Never rejects: what fails is an answer, too. */
  answer(request: InferenceRequest): Promise<InferenceAnswer>;
  /** From now on it is not ready; requests that come all the same are answered. */
  beginClosing(): void;
}

const OUTPUT_NAME = 'predictions';
const INPUT_NAME = 'input';
const STOCK_INPUT_NAME = 'stock';

/**
 * Answers for a model by the Open Inference Protocol, JSON and binary tensors.
 * `Server-Timing` of each inference names `decode`, `predict` and `encode`, and the model's own stages.
 * @throws InputError if the model is not one
 */
export function inferenceServer(
  model: ServedModel,
  {
    maxInFlight = 256,
  }: {
    /** Requests in work at a time; those beyond get 503 and `Retry-After`. Default 256. */
    maxInFlight?: number;
  } = {},
): InferenceServer {
  checkModel(model);
  const name = model.name ?? 'model';
  const own = `/v2/models/${encodeURIComponent(name)}`;
  let isClosing = false;
  let inFlight = 0;

  const route = async (request: InferenceRequest): Promise<InferenceAnswer> => {
    const path = request.url.split('?', 1)[0]!;
    if (path === `${own}/infer`) {
      expectMethod(request, 'POST');
      if (inFlight >= maxInFlight) {
        throw new Refusal(503, `${inFlight} requests are in work, the most there may be`, { 'retry-after': '1' });
      }
      inFlight++;
      try {
        return await infer(model, name, request);
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
  return {
    answer: (request) => route(request).catch((error: unknown) => refusalOf(error)),
    beginClosing() {
      isClosing = true;
    },
  };
}

async function infer(model: ServedModel, name: string, request: InferenceRequest): Promise<InferenceAnswer> {
  const body = await request.readBody();
  const startMs = performance.now();
  const input = readInput(model, request, body);
  const decodedMs = performance.now();
  const result =
    input.texts === undefined
      ? model.predict(input.values, input.rows, input.parameters)
      : model.predictStocks!(input.texts, input.parameters);
  const isSync = result instanceof Float64Array;
  const predictions = isSync ? result : await result;
  const predictedMs = performance.now();
  const stages = isSync ? (model.stages?.() ?? {}) : {};
  const marks = isSync ? model.marks?.() : undefined;
  const version = isSync ? model.version?.() : undefined;
  if (!(predictions instanceof Float64Array) || predictions.length !== input.rows) {
    const got = predictions instanceof Float64Array ? `${predictions.length} predictions` : typeof predictions;
    throw new Error(`predict() gave ${got} for ${input.rows} rows, expected a Float64Array with one for each`);
  }
  const answer = encodeInferResponse({
    model: name,
    version,
    id: input.id,
    outputName: OUTPUT_NAME,
    predictions,
    binary: input.binaryOutput,
    ...(marks && { parameters: marks }),
  });
  const timing = serverTiming({
    decode: decodedMs - startMs,
    predict: predictedMs - decodedMs,
    ...stages,
    encode: performance.now() - predictedMs,
  });
  return {
    status: 200,
    headers: { ...answer.headers, 'server-timing': timing, ...markHeaders(marks) },
    body: answer.body,
  };
}

function readInput(model: ServedModel, request: InferenceRequest, body: Uint8Array): InferRequest {
  let input: InferRequest;
  try {
    input = decodeInferRequest(request.headers, body);
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : String(error));
  }
  const unknown = input.outputs.find((output) => output !== OUTPUT_NAME);
  if (unknown !== undefined) throw new Refusal(400, `no output “${unknown}”; the model has “${OUTPUT_NAME}”`);
  if (input.texts !== undefined) {
    if (model.predictStocks) return input;
    throw new Refusal(
      400,
      `input “${input.inputName}” is BYTES; this service holds no features of stocks, so that it wants ${model.features} numbers per row`,
    );
  }
  if (input.features !== model.features) {
    throw new Refusal(
      400,
      `input “${input.inputName}” has ${input.features} features per row, expected ${model.features}`,
    );
  }
  return input;
}

function metadataOf(model: ServedModel, name: string): unknown {
  const facts = {
    ...(model.predictStocks && { stock_input: `${STOCK_INPUT_NAME}: BYTES [rows], in place of ${INPUT_NAME}` }),
    ...model.facts?.(),
  };
  return {
    name,
    versions: ['1'],
    platform: 'preopen',
    inputs: [{ name: INPUT_NAME, datatype: model.datatype ?? 'FP64', shape: [-1, model.features] }],
    outputs: [{ name: OUTPUT_NAME, datatype: 'FP64', shape: [-1] }],
    ...(Object.keys(facts).length > 0 && { parameters: facts }),
  };
}

/** Headers hold printable ASCII alone. */
function markHeaders(marks: Marks = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(marks).map(([mark, value]) => [
      `preopen-${mark.replace(/[^\w]|_/g, '-')}`,
      String(value).replace(/[^\x20-\x7e]/g, '?'),
    ]),
  );
}

/** Source: Server Timing, W3C; durations in milliseconds. */
function serverTiming(stages: Readonly<Record<string, number>>): string {
  return Object.entries(stages)
    .map(([stage, ms]) => `${stage.replace(/[^\w-]+/g, '_')};dur=${ms.toFixed(3)}`)
    .join(', ');
}

function expectMethod(request: InferenceRequest, method: 'GET' | 'POST'): void {
  if (request.method === method) return;
  throw new Refusal(405, `${request.method} is not for this path, ${method} is`, { allow: method });
}

function refusalOf(error: unknown): InferenceAnswer {
  if (error instanceof Refusal) return json(error.status, { error: error.message }, error.headers);
  const status = error instanceof InputError ? 400 : 500;
  return json(status, { error: error instanceof Error ? error.message : String(error) });
}

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): InferenceAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
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
