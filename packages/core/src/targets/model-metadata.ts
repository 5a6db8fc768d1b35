import type { ModelMetadata } from '../inference.ts';
import { shownWord } from '../internal/shown.ts';
import { tensorSizes } from '../internal/tensor-sizes.ts';
import { BINARY_TENSOR_EXTENSION } from '../open-inference-protocol.ts';
import type { Answer } from './http-get.ts';

/** What a service says about its model, or why it could not be learnt. */
export type MetadataAnswer =
  | { readonly kind: 'known'; readonly metadata: ModelMetadata }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Reads the answer to `GET /v2/models/{m}`.
 * The features are the last size of the input's shape `[-1, F]`; a size of -1 leaves them open.
 * Source: Open Inference Protocol, model metadata
 */
export function readModelMetadata(answer: Answer, model: string): MetadataAnswer {
  const unknown = (reason: string): MetadataAnswer => ({ kind: 'unknown', reason });
  if (answer.kind !== 'answer') return unknown(answer.problem);
  if (answer.status !== 200) return unknown(`HTTP ${answer.status}`);
  const document = parsed(answer.text);
  const inputs = document?.inputs;
  if (!Array.isArray(inputs)) return unknown('the answer has no “inputs”');
  const [input] = inputs;
  if (inputs.length !== 1 || typeof input !== 'object' || input === null) {
    return unknown(`the model has ${inputs.length} input tensors, expected one of shape [-1, features]`);
  }
  const { name, datatype, shape } = input as Record<string, unknown>;
  if (datatype !== 'FP32' && datatype !== 'FP64') {
    return unknown(`its input “${shownWord(name)}” is ${shownWord(datatype)}, expected FP32 or FP64`);
  }
  const sizes = tensorSizes(shape);
  const last = sizes.length === 2 ? sizes[1]! : Number.NaN;
  return {
    kind: 'known',
    metadata: {
      name: typeof document?.name === 'string' ? document.name : model,
      features: Number.isSafeInteger(last) && last > 0 ? last : undefined,
      inputName: typeof name === 'string' ? name : 'input',
      datatype,
    },
  };
}

/**
 * Whether binary tensors may be sent: only to a server that lists the extension (`GET /v2`). Who takes the protocol without
 * it may fail on bytes after the JSON in any way.
 * Source: Open Inference Protocol, server metadata, `extensions`.
 */
export function speaksBinaryTensors(answer: Answer): boolean {
  if (answer.kind !== 'answer' || answer.status !== 200) return false;
  const extensions = parsed(answer.text)?.extensions;
  return Array.isArray(extensions) && extensions.includes(BINARY_TENSOR_EXTENSION);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
