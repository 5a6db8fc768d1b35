import type { EncodedRequest, InferenceBatch, InferenceCodec, Random } from '@preopen/core';
import { mojibake } from './dataset-faults.ts';

/** What a request is made from. */
export interface RequestParts {
  readonly codec: InferenceCodec;
  readonly model: string;
  readonly batch: InferenceBatch;
}

/** Something wrong with a request, as clients and what lies between send it. */
export interface RequestFault {
  /** As it stands in metric names. */
  readonly id: string;
  readonly title: string;
  /**
   * What is good: only a refusal (4xx) or the answer to the right request; or also any finite predictions, one for each row.
   */
  readonly accepts: 'refusal' | 'finite';
  /** What a good service does. */
  readonly expected: string;
  /** Pure. `undefined` where this codec has no such thing. */
  damage(parts: RequestParts, random: Random): EncodedRequest | undefined;
}

const finite = {
  accepts: 'finite',
  expected: 'refuses the request (4xx) or gives a finite prediction for each row',
} as const;
const refusal = { accepts: 'refusal', expected: 'refuses the request (4xx) and says why' } as const;

/** Changed values in some rows. */
const withValues = (
  { codec, model, batch }: RequestParts,
  random: Random,
  value: (random: Random) => number,
): EncodedRequest => {
  const values = Float64Array.from(batch.values);
  const struck = Math.max(1, Math.round(batch.rows * 0.1));
  for (let i = 0; i < struck; i++) {
    const row = random.integer(batch.rows);
    for (let k = 0; k < Math.max(1, batch.features / 4); k++)
      values[row * batch.features + random.integer(batch.features)] = value(random);
  }
  return codec.encode({ ...batch, values }, model);
};

/** Another body, with a length that is true of it: what is wrong is the content and not the transfer. */
function withBody(request: EncodedRequest, body: Uint8Array): EncodedRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) =>
      name.toLowerCase() === 'content-length' ? [name, String(body.length)] : [name, value],
    ),
  );
  return { ...request, headers, body };
}

const onBody =
  (change: (body: Uint8Array, random: Random) => Uint8Array) =>
  ({ codec, model, batch }: RequestParts, random: Random): EncodedRequest | undefined => {
    const request = codec.encode(batch, model);
    return request.body && request.body.length > 0 ? withBody(request, change(request.body, random)) : undefined;
  };

/** A request of the Open Inference Protocol in JSON, whatever form the codec prefers. */
function openInferenceJson(
  { codec, model, batch }: RequestParts,
  input: (tensor: { name: string; datatype: string; shape: number[]; data: unknown[] }) => unknown,
): EncodedRequest | undefined {
  if (!codec.name.startsWith('open-inference/')) return undefined;
  const tensor = {
    name: 'input',
    datatype: 'FP64',
    shape: [batch.rows, batch.features],
    data: Array.from(batch.values) as unknown[],
  };
  return {
    ...codec.encode(batch, model),
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ inputs: [input(tensor)] })),
  };
}

/** “台積電” in Big5: no UTF-8. */
const big5 = Uint8Array.of(0xa5, 0x78, 0xbf, 0x6e, 0xb9, 0x71);

/** Everything that is done to requests. */
export const requestFaults: readonly RequestFault[] = [
  {
    id: 'missing-features',
    title: 'feature values are missing (NaN)',
    ...finite,
    damage: (parts, random) => withValues(parts, random, () => Number.NaN),
  },
  {
    id: 'infinite-features',
    title: 'feature values are infinite',
    ...finite,
    damage: (parts, random) =>
      withValues(parts, random, ({ uniform }) => (uniform() < 0.5 ? 1 : -1) * Number.POSITIVE_INFINITY),
  },
  {
    id: 'extreme-features',
    title: 'feature values are beyond any scale',
    ...finite,
    damage: (parts, random) => withValues(parts, random, ({ uniform }) => (uniform() < 0.5 ? 1 : -1) * 1e300),
  },
  {
    id: 'duplicated-stocks',
    title: 'rows come twice',
    ...finite,
    damage({ codec, model, batch }) {
      const values = new Float64Array(batch.values.length * 2);
      values.set(batch.values);
      values.set(batch.values, batch.values.length);
      const stocks = batch.stocks && [...batch.stocks, ...batch.stocks];
      return codec.encode({ ...batch, rows: batch.rows * 2, values, ...(stocks ? { stocks } : {}) }, model);
    },
  },
  {
    id: 'missing-column',
    title: 'a feature is missing from every row',
    ...refusal,
    damage({ codec, model, batch }) {
      const features = batch.features - 1;
      if (features < 1) return undefined;
      const values = batch.values.filter((_value, at) => at % batch.features < features);
      return codec.encode({ ...batch, features, values }, model);
    },
  },
  {
    id: 'truncated-payload',
    title: 'the request is cut off',
    ...refusal,
    damage: onBody((body) => body.subarray(0, Math.floor(body.length / 2))),
  },
  { id: 'empty-payload', title: 'the request is empty', ...refusal, damage: onBody(() => new Uint8Array(0)) },
  {
    id: 'corrupted-payload',
    title: 'the beginning of the request is other bytes',
    ...refusal,
    damage: onBody((body, random) => {
      const changed = Uint8Array.from(body);
      // Below the printable: no format of text begins so.
      for (let i = 0; i < Math.min(32, changed.length); i++) changed[i] = 1 + random.integer(8);
      return changed;
    }),
  },
  {
    id: 'words-for-numbers',
    title: 'feature values are words',
    ...refusal,
    damage: (parts) => openInferenceJson(parts, (tensor) => ({ ...tensor, data: tensor.data.map(() => '--') })),
  },
  {
    id: 'missing-rows',
    title: 'there are fewer rows than the shape says',
    ...refusal,
    damage: (parts) =>
      openInferenceJson(parts, (tensor) => ({ ...tensor, shape: [parts.batch.rows + 1, parts.batch.features] })),
  },
  {
    id: 'wrong-encoding',
    title: 'names are in Big5 and garbled',
    ...refusal,
    damage(parts) {
      const request = openInferenceJson(parts, (tensor) => ({ ...tensor, name: `${mojibake('台積電')}@` }));
      if (!request?.body) return undefined;
      const at = Buffer.from(request.body).indexOf('@');
      return { ...request, body: Buffer.concat([request.body.subarray(0, at), big5, request.body.subarray(at + 1)]) };
    },
  },
];
