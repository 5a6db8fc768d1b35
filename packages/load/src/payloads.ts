import { createRandom, type EncodedRequest, InputError, type RunningService } from '@preopen/core';

/** How many of the requests are of a size: shares of a mix need not add up to 1. */
export interface BatchShare {
  readonly rows: number;
  readonly share: number;
}

/** Rows of each request: one number, or a mix. */
export type Batch = number | readonly BatchShare[];

/** Encoded requests and the order in which they are sent. */
export interface Payloads {
  readonly requests: readonly EncodedRequest[];
  /** Number of the next request's payload. */
  next(): number;
}

/** Different payloads of each size, so that no answer can come from a cache of one request. */
const variants = 8;

/**
 * Requests of a mix of batch sizes, encoded before the first one is due.
 * @throws InputError if a size or a share is not above 0
 */
function preparePayloads(
  service: Pick<RunningService, 'codec' | 'batch' | 'model'>,
  batch: Batch,
  seed: number,
): Payloads {
  const mix = typeof batch === 'number' ? [{ rows: batch, share: 1 }] : batch;
  const total = mix.reduce((sum, { share }) => sum + share, 0);
  if (mix.length === 0 || !mix.every(({ rows, share }) => Number.isSafeInteger(rows) && rows > 0 && share > 0)) {
    throw new InputError(`batch: expected whole numbers of rows and shares above 0, got ${JSON.stringify(batch)}.`);
  }
  const requests = mix.flatMap(({ rows }) =>
    Array.from({ length: variants }, (_, i) => service.codec.encode(service.batch(rows, seed + i), service.model)),
  );
  return {
    requests,
    next: orderOf(
      mix.map(({ share }) => share / total),
      seed,
    ),
  };
}

/** Draws the size by its share and takes its variants in turn. */
function orderOf(shares: readonly number[], seed: number): () => number {
  const random = createRandom(seed, 'load/payloads');
  const turns = shares.map(() => 0);
  return () => {
    let size = 0;
    if (shares.length > 1) {
      let draw = random.uniform();
      while (size < shares.length - 1 && draw >= shares[size]!) draw -= shares[size++]!;
    }
    return size * variants + (turns[size]!++ % variants);
  };
}

/** Requests that are given, sent in turn. */
function givenPayloads(requests: readonly EncodedRequest[]): Payloads {
  if (requests.length === 0) throw new InputError('payloads: expected at least one request, got none.');
  let turn = 0;
  return { requests, next: () => turn++ % requests.length };
}

/** The requests of a scenario: its own, or batches of rows. */
export function payloadsOf(
  service: Pick<RunningService, 'codec' | 'batch' | 'model'>,
  scenario: { readonly batch?: Batch; readonly payloads?: readonly EncodedRequest[]; readonly seed: number },
): Payloads {
  const { payloads, batch = 1, seed } = scenario;
  return payloads ? givenPayloads(payloads) : preparePayloads(service, batch, seed);
}
