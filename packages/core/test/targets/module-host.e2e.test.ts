import { afterEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import { openInferenceCodec } from '../../src/open-inference-protocol.ts';
import { type ServeOptions, serveModel } from '../../src/targets/module-host.ts';
import type { ServedModel } from '../../src/targets/served-model.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const first: ServedModel = {
  name: 'first',
  features: 2,
  predict: (values, rows) => Float64Array.from({ length: rows }, (_, row) => values[row * 2]!),
};
const serve = async (model: ServedModel = first, options: ServeOptions = {}): Promise<string> => {
  const server = await serveModel(model, options);
  open.push(server);
  return server.url;
};
const ask = async (
  url: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; response: Response }> => {
  const response = await fetch(`${url}${path}`, init);
  return { status: response.status, body: await response.json(), response };
};
const infer = (url: string, document: unknown): ReturnType<typeof ask> =>
  ask(url, '/v2/models/first/infer', {
    method: 'POST',
    body: typeof document === 'string' ? document : JSON.stringify(document),
  });
const input = { name: 'input', shape: [2, 2], datatype: 'FP64', data: [1, 2, 3, 4] };

describe('a served model', () => {
  it('answers the protocol’s questions about itself', async () => {
    const url = await serve();
    expect((await ask(url, '/v2/health/live')).status).toBe(200);
    expect((await ask(url, '/v2/health/ready')).status).toBe(200);
    expect((await ask(url, '/v2/models/first/ready')).status).toBe(200);
    expect((await ask(url, '/v2')).body).toMatchObject({ extensions: ['binary_tensor_data'] });
    expect((await ask(url, '/v2/models/first')).body).toMatchObject({
      name: 'first',
      inputs: [{ name: 'input', datatype: 'FP64', shape: [-1, 2] }],
      outputs: [{ name: 'predictions', datatype: 'FP64', shape: [-1] }],
    });
  });

  it('scores JSON, keeps the request’s id, and says where the time went', async () => {
    const { status, body, response } = await infer(await serve(), { id: '42', inputs: [input] });
    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: 'first',
      id: '42',
      outputs: [{ name: 'predictions', shape: [2], datatype: 'FP64', data: [1, 3] }],
    });
    expect(response.headers.get('server-timing')).toMatch(/^decode;dur=[\d.]+, predict;dur=[\d.]+, encode;dur=[\d.]+$/);
  });

  it.each(['FP32', 'FP64'] as const)('scores binary tensors of %s', async (datatype) => {
    const codec = openInferenceCodec({ binary: true, inputName: 'input', datatype });
    const request = codec.encode({ rows: 2, features: 2, values: Float64Array.of(0.5, 2, -1.25, 4) }, 'first');
    const response = await fetch(`${await serve()}${request.path}`, {
      method: 'POST',
      headers: request.headers,
      body: request.body as Uint8Array<ArrayBuffer>,
    });
    const body = new Uint8Array(await response.arrayBuffer());
    const decoded = codec.decode({ status: 200, headers: Object.fromEntries(response.headers), body });
    expect(decoded).toEqual(Float64Array.of(0.5, -1.25));
  });

  it('may predict asynchronously; its own stages are asked for only after a call that was not', async () => {
    const model: ServedModel = {
      ...first,
      stages: () => ({ lookup: 1 }),
      predict: async (v, rows) => first.predict(v, rows, {}),
    };
    const { response } = await infer(await serve(model), { inputs: [input] });
    expect(response.headers.get('server-timing')).not.toContain('lookup');
    const sync = await infer(await serve({ ...first, stages: () => ({ lookup: 1 }) }), { inputs: [input] });
    expect(sync.response.headers.get('server-timing')).toContain('lookup;dur=1.000');
  });
});

describe('bad requests get 4xx and a reason', () => {
  it.each([
    ['not json', 400, 'not JSON: "not json"'],
    [{ inputs: [] }, 400, 'expected one input tensor, got 0'],
    [{ inputs: [{ ...input, shape: [1, 4] }] }, 400, 'input “input” has 4 features per row, expected 2'],
    [{ inputs: [{ ...input, shape: [3, 2] }] }, 400, 'shape [3, 2] and 4 values'],
    [{ inputs: [input], outputs: [{ name: 'nothing' }] }, 400, 'no output “nothing”; the model has “predictions”'],
  ])('%j', async (document, status, message) => {
    const answer = await infer(await serve(), document);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it('unknown models, paths and methods', async () => {
    const url = await serve();
    expect(await ask(url, '/v2/models/second')).toMatchObject({ status: 404 });
    expect(await ask(url, '/')).toMatchObject({ status: 404 });
    const wrong = await ask(url, '/v2/models/first/infer');
    expect(wrong.status).toBe(405);
    expect(wrong.response.headers.get('allow')).toBe('POST');
  });

  it('a body beyond the limit, which is not read', async () => {
    const answer = await infer(await serve(first, { maxBodyBytes: 100 }), {
      inputs: [{ ...input, name: 'x'.repeat(100) }],
    });
    expect(answer.status).toBe(413);
  });
});

describe('a model at fault gets 500 and a reason', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no weights');
      },
      'no weights',
    ],
    ['gives too few', () => Float64Array.of(1), 'predict() gave 1 predictions for 2 rows'],
    ['gives no array', (() => [1, 2]) as unknown as ServedModel['predict'], 'predict() gave object for 2 rows'],
  ])('%s', async (_, predict, message) => {
    const answer = await infer(await serve({ ...first, predict }), { inputs: [input] });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).toContain(message);
  });

  it('that is no model is refused before anything listens', async () => {
    await expect(serveModel({ ...first, features: 0 })).rejects.toThrow(
      'model.features: expected a positive whole number',
    );
    await expect(serveModel({ features: 1 } as ServedModel)).rejects.toThrow('model.predict: expected a function');
  });
});

it('requests beyond those in work get 503 with Retry-After at once, and those in work end before it closes', async () => {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const model: ServedModel = {
    ...first,
    predict: async (values, rows) => {
      await held;
      return first.predict(values, rows, {});
    },
  };
  const server = await serveModel(model, { maxInFlight: 1 });
  const both = [infer(server.url, { inputs: [input] }), infer(server.url, { inputs: [input] })];
  // Either may have arrived first; the one that is in work answers only once it is released.
  const refused = await Promise.race(both);
  expect(refused.status).toBe(503);
  expect(refused.response.headers.get('retry-after')).toBe('1');
  const closed = server.close();
  release!();
  expect((await Promise.all(both)).map(({ status }) => status).toSorted()).toEqual([200, 503]);
  await closed;
  await expect(fetch(`${server.url}/v2/health/live`)).rejects.toThrow();
});

describe('a model that holds features of its own', () => {
  const held = new Map([
    ['0050', 1],
    ['2330', 2],
  ]);
  const knowing: ServedModel = {
    ...first,
    predictStocks: (codes, { times = 1 }) =>
      Float64Array.from(codes, (code) => {
        const value = held.get(code);
        if (value === undefined) throw new InputError(`no features of ${code}`);
        return value * Number(times);
      }),
    marks: () => ({ data_date: '2026-08-20', stale: true, note: 'old ⏎ data' }),
    facts: () => ({ stocks: 2 }),
  };
  const stock = { name: 'stock', shape: [2], datatype: 'BYTES', data: ['2330', '0050'] };

  it('predicts stocks by their codes, and says what is to be known of the answer', async () => {
    const { status, body, response } = await infer(await serve(knowing), {
      inputs: [stock],
      parameters: { times: 10 },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: 'first',
      parameters: { data_date: '2026-08-20', stale: true, note: 'old ⏎ data' },
      outputs: [{ name: 'predictions', shape: [2], datatype: 'FP64', data: [20, 10] }],
    });
    expect(response.headers.get('preopen-data-date')).toBe('2026-08-20');
    expect(response.headers.get('preopen-stale')).toBe('true');
    expect(response.headers.get('preopen-note')).toBe('old ? data');
  });

  it('takes codes as bytes, each with its length before it', async () => {
    const url = await serve(knowing);
    const bytes = Buffer.concat(['0050', '2330'].flatMap((code) => [Buffer.from([4, 0, 0, 0]), Buffer.from(code)]));
    const { data: _, ...tensor } = stock;
    const json = Buffer.from(
      JSON.stringify({ inputs: [{ ...tensor, parameters: { binary_data_size: bytes.length } }] }),
    );
    const { body } = await ask(url, '/v2/models/first/infer', {
      method: 'POST',
      headers: { 'inference-header-content-length': String(json.length) },
      body: Buffer.concat([json, bytes]),
    });
    expect(body).toMatchObject({ outputs: [{ data: [1, 2] }] });
  });

  it('tells in its metadata that it does', async () => {
    const { body } = await ask(await serve(knowing), '/v2/models/first');
    expect(body).toMatchObject({ parameters: { stocks: 2, stock_input: expect.stringContaining('BYTES') } });
  });

  it.each([
    ['a code that it does not know', { ...stock, data: ['2330', '9999'] }, 'no features of 9999'],
    ['a number for a code', { ...stock, data: ['2330', 50] }, 'holds 50 at 1, expected a text'],
    ['another number of codes than the shape says', { ...stock, data: ['2330'] }, 'has shape [2] and 1 texts'],
    ['rows of codes', { ...stock, shape: [1, 2] }, 'has shape [1,2], expected [rows]'],
    ['no data', { ...stock, data: undefined }, 'has no “data”'],
    ['bytes that are not there', { ...stock, parameters: { binary_data_size: 9 } }, 'has 9 bytes, and 0 stand'],
  ])('refuses %s by 400, in words', async (_, tensor, words) => {
    const { status, body } = await infer(await serve(knowing), { inputs: [tensor] });
    expect(status).toBe(400);
    expect((body as { error: string }).error).toContain(words);
  });

  it('is one of those that say so: others refuse codes', async () => {
    const { status, body } = await infer(await serve(), { inputs: [stock] });
    expect(status).toBe(400);
    expect((body as { error: string }).error).toContain('holds no features of stocks');
  });
});
