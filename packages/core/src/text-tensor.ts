import { shown } from './internal/shown.ts';
import { tensorSizes } from './internal/tensor-sizes.ts';

/**
 * Elements of a BYTES tensor of the Open Inference Protocol: texts in JSON, or bytes after it, each element with its length
 * in four bytes, little-endian, before it.
 * @param tensor as it stands in the JSON
 * @param binary the bytes after the JSON
 * @throws Error in words for the client, if it is none
 */
export function readTexts(tensor: Readonly<Record<string, unknown>>, what: string, binary: Uint8Array): string[] {
  const shape = tensorSizes(tensor.shape);
  const [count = -1, width = 1] = shape;
  if (shape.length > 2 || width !== 1 || !Number.isSafeInteger(count) || count < 0) {
    throw new Error(`${what} of texts has shape ${shown(tensor.shape)}, expected [rows]`);
  }
  const parameters = tensor.parameters as { readonly binary_data_size?: unknown } | null | undefined;
  const size = parameters?.binary_data_size;
  const texts = size === undefined ? textsOfJson(tensor.data, what) : textsOfBytes(binary, size, what);
  if (texts.length !== count) throw new Error(`${what} has shape [${shape.join(', ')}] and ${texts.length} texts`);
  return texts;
}

function textsOfJson(data: unknown, what: string): string[] {
  const flat: readonly unknown[] = Array.isArray(data) ? data.flat() : [];
  if (!Array.isArray(data)) throw new Error(`${what} has no “data”`);
  return flat.map((value, index) => {
    // A number would have lost the zeros that a code such as 0050 begins with.
    if (typeof value !== 'string') throw new Error(`${what} holds ${shown(value)} at ${index}, expected a text`);
    return value;
  });
}

function textsOfBytes(binary: Uint8Array, size: unknown, what: string): string[] {
  if (size !== binary.length) {
    throw new Error(`${what} has ${shown(size)} bytes, and ${binary.length} stand after the JSON`);
  }
  const view = new DataView(binary.buffer, binary.byteOffset, binary.length);
  const decoder = new TextDecoder();
  const texts: string[] = [];
  for (let at = 0; at < binary.length; ) {
    const length = at + 4 <= binary.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > binary.length) throw new Error(`${what} is cut off within element ${texts.length}`);
    texts.push(decoder.decode(binary.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return texts;
}
