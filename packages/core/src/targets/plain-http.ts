import type { EncodedRequest, InferenceCodec } from '../inference.ts';
import type { ServiceConfig } from '../target.ts';

/** One HTTP request that stands for a service which is no model: always the same, its answers are not read. */
export interface PlainHttpRequest {
  readonly url: URL;
  readonly method: EncodedRequest['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** Name of the codec whose answers count by their status alone. */
export const plainHttpName = 'http/plain';

/** Takes any 2xx answer for a right one and finds no predictions in it. */
export const plainHttpCodec: Pick<InferenceCodec, 'name' | 'decode'> = {
  name: plainHttpName,
  decode: () => new Float64Array(0),
};

/** A service that is asked one plain HTTP request, whatever the batch: any endpoint can be measured by it. */
export function plainHttpService({ url, method, headers, body }: PlainHttpRequest): ServiceConfig {
  const request: EncodedRequest = { method, path: `${url.pathname}${url.search}`, headers, body, predictions: 0 };
  return {
    kind: 'url',
    url: url.origin,
    model: `${method} ${url.pathname}`,
    // Nothing is made of rows here; one feature is what the contract asks for.
    features: 1,
    readyTimeoutMs: 5000,
    codec: { ...plainHttpCodec, encode: () => request },
  };
}
