import { endianness } from 'node:os';
import type { EncodedRequest, InferenceBatch, InferenceCodec, Reply } from './inference.ts';
import { shown, shownWord } from './internal/shown.ts';
import { tensorSizes } from './internal/tensor-sizes.ts';
import { readTexts } from './text-tensor.ts';

/** Datatypes that are spoken here. */
export type TensorDatatype = 'FP32' | 'FP64';

/** Lower-case name of the header that says how long the JSON part of a message with binary tensors is. */
const HEADER_LENGTH = 'inference-header-content-length';

/** The extension's name in a server's metadata. */
export const BINARY_TENSOR_EXTENSION = 'binary_tensor_data';

/**
 * The Open Inference Protocol (“V2”) over HTTP for one input tensor `[rows, features]` and one output tensor with a
 * prediction per row, as `[rows]` or `[rows, 1]`. Answers are read in either form, whatever was asked for.
 * @param options.binary tensors as bytes after the JSON instead of as JSON numbers
 * @param options.inputName name of the input tensor in the model's metadata
 * Source: Open Inference Protocol, inference over HTTP/REST, and its binary tensor data extension
 */
export function openInferenceCodec(options: {
  readonly binary: boolean;
  readonly inputName: string;
  readonly datatype: TensorDatatype;
}): InferenceCodec {
  return {
    name: options.binary ? 'open-inference/binary' : 'open-inference/json',
    encode: (batch, model) => encodeInferRequest(batch, model, options),
    decode: decodeInferResponse,
  };
}

function encodeInferRequest(
  batch: InferenceBatch,
  model: string,
  options: { readonly binary: boolean; readonly inputName: string; readonly datatype: TensorDatatype },
): EncodedRequest {
  const { rows, features, values } = batch;
  if (values.length !== rows * features) {
    throw new RangeError(`a batch of ${rows} rows × ${features} features holds ${values.length} values`);
  }
  const tensor = { name: options.inputName, shape: [rows, features], datatype: options.datatype };
  const message = options.binary
    ? withTensor({ parameters: { binary_data_output: true } }, 'inputs', tensor, values)
    : jsonMessage({ inputs: [{ ...tensor, data: Array.from(rounded(values, options.datatype)) }] });
  return {
    method: 'POST',
    path: `/v2/models/${encodeURIComponent(model)}/infer`,
    headers: message.headers,
    body: message.body,
    predictions: rows,
  };
}

function decodeInferResponse(reply: Reply): Float64Array {
  const { document, binary } = splitMessage(reply.headers, reply.body);
  if (!isRecord(document) || !Array.isArray(document.outputs)) throw new Error('the answer has no “outputs”');
  let offset = 0;
  // Only the first tensor is the prediction, and its bytes come first.
  const [output] = document.outputs;
  if (output === undefined) throw new Error('the answer has no output tensor');
  const tensor = readTensor(output, 'output', binary, offset);
  offset = tensor.end;
  if (document.outputs.length === 1 && offset !== binary.length) {
    throw new Error(`${binary.length - offset} bytes follow the output tensor that nothing announces`);
  }
  return tensor.values;
}

/** A request as a server sees it. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly inputName: string;
  readonly rows: number;
  readonly features: number;
  /** `[rows × features]`, row-major; empty where texts were sent. */
  readonly values: Float64Array;
  /** Elements of a BYTES tensor `[rows]`, such as stock codes, that was sent in place of numbers. */
  readonly texts: readonly string[] | undefined;
  /** The request's own parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Names of the outputs that were asked for; empty for all. */
  readonly outputs: readonly string[];
  /** Whether the output is to be sent as bytes. */
  readonly binaryOutput: boolean;
}

/**
 * Reads the body of `POST /v2/models/{m}/infer` with one input tensor: numbers `[rows, features]` (or `[features]` for a
 * single row), or BYTES `[rows]`.
 * @param headers lower-case names
 * @throws Error with a message for the client, if the body is not such a request
 */
export function decodeInferRequest(headers: Reply['headers'], body: Uint8Array): InferRequest {
  const { document, binary } = splitMessage(headers, body);
  if (!isRecord(document) || !Array.isArray(document.inputs)) throw new Error('the request has no “inputs”');
  if (document.inputs.length !== 1) throw new Error(`expected one input tensor, got ${document.inputs.length}`);
  const parameters = isRecord(document.parameters) ? document.parameters : {};
  const requested = Array.isArray(document.outputs) ? document.outputs.filter(isRecord) : [];
  const ofOutput = requested.map((output) => (isRecord(output.parameters) ? output.parameters.binary_data : undefined));
  return {
    id: typeof document.id === 'string' ? document.id : undefined,
    ...readInput(document.inputs[0], binary),
    parameters,
    outputs: requested.map((output) => textOr(output.name, '')),
    binaryOutput: ofOutput[0] === undefined ? parameters.binary_data_output === true : ofOutput[0] === true,
  };
}

/** The input tensor of a request: rows of numbers, or texts. */
function readInput(
  value: unknown,
  binary: Uint8Array,
): Pick<InferRequest, 'inputName' | 'rows' | 'features' | 'values' | 'texts'> {
  if (isRecord(value) && value.datatype === 'BYTES') {
    const inputName = textOr(value.name, '');
    const texts = readTexts(value, `input “${inputName}”`, binary);
    return { inputName, rows: texts.length, features: 0, values: new Float64Array(0), texts };
  }
  const tensor = readTensor(value, 'input', binary, 0);
  if (tensor.end !== binary.length) {
    throw new Error(`${binary.length - tensor.end} bytes follow the input tensor that nothing announces`);
  }
  const [rows, features] = tensor.shape.length === 1 ? [1, tensor.shape[0]!] : tensor.shape;
  if (tensor.shape.length > 2 || rows === undefined || features === undefined) {
    throw new Error(`input “${tensor.name}” has shape [${tensor.shape.join(', ')}], expected [rows, features]`);
  }
  return { inputName: tensor.name, rows, features, values: tensor.values, texts: undefined };
}

/**
 * Writes the answer to an inference request: one output tensor, of shape `[predictions]` and datatype FP64.
 * In JSON, which has no word for it, a prediction that is not finite becomes `null`.
 */
export function encodeInferResponse(answer: {
  readonly model: string;
  /** Which version of the model answers. */
  readonly version?: string | undefined;
  readonly id: string | undefined;
  readonly outputName: string;
  readonly predictions: Float64Array;
  readonly binary: boolean;
  /** What the answer is to say of itself. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}): { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array } {
  const { predictions } = answer;
  const head = {
    model_name: answer.model,
    ...(answer.version === undefined ? {} : { model_version: answer.version }),
    ...(answer.id === undefined ? {} : { id: answer.id }),
    ...(answer.parameters && { parameters: answer.parameters }),
  };
  const tensor = { name: answer.outputName, shape: [predictions.length], datatype: 'FP64' as const };
  return answer.binary
    ? withTensor(head, 'outputs', tensor, predictions)
    : jsonMessage({ ...head, outputs: [{ ...tensor, data: Array.from(predictions) }] });
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

function jsonMessage(document: unknown): Message {
  const body = Buffer.from(JSON.stringify(document));
  return { headers: { 'content-type': 'application/json', 'content-length': String(body.length) }, body };
}

function withTensor(
  head: Readonly<Record<string, unknown>>,
  place: 'inputs' | 'outputs',
  tensor: { readonly name: string; readonly shape: readonly number[]; readonly datatype: TensorDatatype },
  values: Float64Array,
): Message {
  const bytes = tensorBytes(values, tensor.datatype);
  const json = Buffer.from(
    JSON.stringify({ ...head, [place]: [{ ...tensor, parameters: { binary_data_size: bytes.length } }] }),
  );
  const body = Buffer.concat([json, bytes]);
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(body.length),
      [HEADER_LENGTH]: String(json.length),
    },
    body,
  };
}

function splitMessage(headers: Reply['headers'], body: Uint8Array): { document: unknown; binary: Uint8Array } {
  const stated = headers[HEADER_LENGTH];
  const length = stated === undefined ? body.length : Number(stated);
  if (!Number.isInteger(length) || length < 0 || length > body.length) {
    throw new Error(`Inference-Header-Content-Length is ${String(stated)} and the body has ${body.length} bytes`);
  }
  return { document: parseJson(Buffer.from(body.buffer, body.byteOffset, length)), binary: body.subarray(length) };
}

function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Python's json module writes NaN and Infinity, which are not JSON. That they are there is the finding to keep.
    const repaired = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
      found.startsWith('"') ? found : 'null',
    );
    if (repaired !== text) {
      try {
        return JSON.parse(repaired);
      } catch {
        // The first error is the one that names the true place.
      }
    }
    const seen = text.length === 0 ? 'nothing' : JSON.stringify(text.slice(0, 80));
    throw new Error(`not JSON: ${seen}`, { cause });
  }
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** Where the bytes of the next tensor begin. */
  readonly end: number;
}

function readTensor(value: unknown, role: 'input' | 'output', binary: Uint8Array, offset: number): Tensor {
  if (!isRecord(value)) throw new Error(`the ${role} tensor is not an object`);
  const name = textOr(value.name, '');
  const what = `${role} “${name}”`;
  const shape = tensorSizes(value.shape);
  if (shape.length === 0 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new Error(`${what} has shape ${shown(value.shape)}, expected an array of sizes`);
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  const size = isRecord(value.parameters) ? value.parameters.binary_data_size : undefined;
  if (size === undefined) {
    const values = flatNumbers(value.data, what);
    if (values.length !== elements) {
      throw new Error(`${what} has shape [${shape.join(', ')}] and ${values.length} values`);
    }
    return { name, shape, values, end: offset };
  }
  const { datatype } = value;
  if (datatype !== 'FP32' && datatype !== 'FP64') {
    throw new Error(`${what} is binary ${shownWord(datatype)}, expected FP32 or FP64`);
  }
  const expected = elements * (datatype === 'FP32' ? 4 : 8);
  if (size !== expected) {
    throw new Error(
      `${what} of shape [${shape.join(', ')}] has ${shown(size)} bytes of ${datatype}, expected ${expected}`,
    );
  }
  if (offset + expected > binary.length) {
    throw new Error(`${what} needs ${expected} bytes after the JSON, only ${binary.length - offset} are there`);
  }
  return { name, shape, values: tensorValues(binary, offset, elements, datatype), end: offset + expected };
}

/** Data of a JSON tensor, which may be flat or nested as the shape is. */
function flatNumbers(data: unknown, what: string): Float64Array {
  if (!Array.isArray(data)) throw new Error(`${what} has no “data”`);
  const flat: readonly unknown[] = data.some(Array.isArray) ? data.flat(Number.POSITIVE_INFINITY) : data;
  const values = new Float64Array(flat.length);
  for (const [index, value] of flat.entries()) {
    if (typeof value !== 'number' && value !== null) {
      throw new Error(`${what} holds ${shown(value)} at ${index}, expected a number`);
    }
    values[index] = value ?? Number.NaN;
  }
  return values;
}

function rounded(values: Float64Array, datatype: TensorDatatype): Float64Array | Float32Array {
  return datatype === 'FP32' ? Float32Array.from(values) : values;
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

const isBigEndian = endianness() === 'BE';

function tensorBytes(values: Float64Array, datatype: TensorDatatype): Buffer {
  const typed = rounded(values, datatype);
  const bytes = Buffer.from(typed.buffer, typed.byteOffset, typed.byteLength);
  return isBigEndian ? swapped(Buffer.from(bytes), datatype) : bytes;
}

function tensorValues(binary: Uint8Array, offset: number, elements: number, datatype: TensorDatatype): Float64Array {
  // A copy: the tensor starts wherever the JSON ended, and typed arrays want their alignment.
  const bytes = new Uint8Array(elements * (datatype === 'FP32' ? 4 : 8));
  bytes.set(binary.subarray(offset, offset + bytes.length));
  if (isBigEndian) swapped(Buffer.from(bytes.buffer), datatype);
  return datatype === 'FP32' ? Float64Array.from(new Float32Array(bytes.buffer)) : new Float64Array(bytes.buffer);
}

function swapped(bytes: Buffer, datatype: TensorDatatype): Buffer {
  return datatype === 'FP32' ? bytes.swap32() : bytes.swap64();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
