import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/inference.ts';
import { decodeInferRequest, encodeInferResponse, openInferenceCodec } from '../../src/open-inference-protocol.ts';

const reply = (json: unknown, binary?: Uint8Array): Reply => {
  const head = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  return {
    status: 200,
    headers: binary === undefined ? {} : { 'inference-header-content-length': String(head.length) },
    body: binary === undefined ? head : Buffer.concat([head, binary]),
  };
};

const codec = openInferenceCodec({ binary: true, inputName: 'input0', datatype: 'FP64' });
const jsonCodec = openInferenceCodec({ binary: false, inputName: 'input0', datatype: 'FP32' });
const decode = (json: unknown, binary?: Uint8Array): number[] => [...codec.decode(reply(json, binary))];

describe('the documented examples of the protocol', () => {
  // Inference response example of the Open Inference Protocol's HTTP/REST specification.
  it('reads the JSON response', () => {
    const answer = {
      id: '42',
      outputs: [{ name: 'output0', shape: [3, 2], datatype: 'FP32', data: [1.0, 1.1, 2.0, 2.1, 3.0, 3.1] }],
    };
    expect(decode(answer)).toEqual([1.0, 1.1, 2.0, 2.1, 3.0, 3.1]);
  });

  it('reads tensor data nested as its shape is, too', () => {
    const data = [
      [1, 2],
      [4, 5],
    ];
    expect(decode({ outputs: [{ name: 'output0', shape: [2, 2], datatype: 'FP32', data }] })).toEqual([1, 2, 4, 5]);
  });

  // Response example of the binary tensor data extension: [3, 2] of FP32 in 24 bytes, little-endian.
  it('reads the binary response', () => {
    const tensor = { name: 'output0', shape: [3, 2], datatype: 'FP32', parameters: { binary_data_size: 24 } };
    const bytes = Buffer.alloc(24);
    for (const [index, value] of [1, 1.5, 2, 2.5, 3, -3.5].entries()) bytes.writeFloatLE(value, index * 4);
    expect(decode({ outputs: [tensor] }, bytes)).toEqual([1, 1.5, 2, 2.5, 3, -3.5]);
  });
});

describe('requests', () => {
  const batch = { rows: 2, features: 2, values: Float64Array.of(1, 2, 3, 0.1) };

  it('carry JSON, then the values row by row in little-endian bytes, with the length of the JSON in the header', () => {
    const { method, path, headers, body, predictions } = codec.encode(batch, 'alpha');
    expect([method, path, predictions]).toEqual(['POST', '/v2/models/alpha/infer', 2]);
    const length = Number(headers['inference-header-content-length']);
    const bytes = Buffer.from(body!);
    expect(JSON.parse(bytes.toString('utf8', 0, length))).toEqual({
      parameters: { binary_data_output: true },
      inputs: [{ name: 'input0', shape: [2, 2], datatype: 'FP64', parameters: { binary_data_size: 32 } }],
    });
    expect([0, 8, 16, 24].map((offset) => bytes.readDoubleLE(length + offset))).toEqual([1, 2, 3, 0.1]);
    expect(headers['content-length']).toBe(String(length + 32));
    expect(headers['content-type']).toBe('application/octet-stream');
  });

  it('in JSON hold FP32 values as the nearest single-precision number, as the binary form would', () => {
    const { body } = jsonCodec.encode(batch, 'alpha');
    expect(JSON.parse(Buffer.from(body!).toString()).inputs[0].data).toEqual([1, 2, 3, Math.fround(0.1)]);
  });

  it('escape a model name that would leave its path', () => {
    expect(codec.encode(batch, 'a/../b').path).toBe('/v2/models/a%2F..%2Fb/infer');
  });

  it('refuse a batch whose values do not fill its rows', () => {
    expect(() => codec.encode({ ...batch, rows: 3 }, 'm')).toThrow('3 rows × 2 features holds 4 values');
  });
});

describe('round trips', () => {
  const batches = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 9 })).chain(([rows, features]) =>
    fc
      .array(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), {
        minLength: rows * features,
        maxLength: rows * features,
      })
      .map((values) => ({ rows, features, values: Float64Array.from(values) })),
  );

  it.each([
    { binary: true, datatype: 'FP64' as const },
    { binary: true, datatype: 'FP32' as const },
    { binary: false, datatype: 'FP64' as const },
    { binary: false, datatype: 'FP32' as const },
  ])('a server reads what the codec wrote: %o', ({ binary, datatype }) => {
    fc.assert(
      fc.property(batches, (batch) => {
        const request = openInferenceCodec({ binary, inputName: 'x', datatype }).encode(batch, 'm');
        const read = decodeInferRequest(request.headers, request.body!);
        const written = datatype === 'FP32' ? Float64Array.from(batch.values, Math.fround) : batch.values;
        expect([read.rows, read.features, read.binaryOutput]).toEqual([batch.rows, batch.features, binary]);
        // JSON has one zero only.
        expect([...read.values].map((value) => value + 0)).toEqual([...written].map((value) => value + 0));
      }),
    );
  });

  it.each([true, false])('the codec reads what a server wrote (binary: %s), NaN included', (binary) => {
    fc.assert(
      fc.property(fc.array(fc.double({ noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const predictions = Float64Array.from(values, (value) => value + 0);
        const { headers, body } = encodeInferResponse({ model: 'm', id: 'x', outputName: 'y', predictions, binary });
        expect([...codec.decode({ status: 200, headers, body })].map((v) => v + 0)).toEqual(
          [...predictions].map((v) => v + 0),
        );
      }),
    );
  });

  it('keep what stands before and after the tensor out of it, wherever the JSON ends', () => {
    // 1 to 8 bytes more of JSON: the tensor then starts at every alignment.
    for (let length = 1; length <= 8; length++) {
      const { headers, body } = encodeInferResponse({
        model: 'm'.repeat(length),
        id: undefined,
        outputName: 'y',
        predictions: Float64Array.of(1.25, -2),
        binary: true,
      });
      expect([...codec.decode({ status: 200, headers, body })]).toEqual([1.25, -2]);
    }
  });
});

describe('answers that are not of the protocol are named', () => {
  const tensor = { name: 'y', shape: [2], datatype: 'FP64' };
  const sized = (size: number): unknown => ({ outputs: [{ ...tensor, parameters: { binary_data_size: size } }] });

  it.each([
    ['<html>hello', 'not JSON: "<html>hello"'],
    ['', 'not JSON: nothing'],
    ['[]', 'no “outputs”'],
    [{ outputs: [] }, 'no output tensor'],
    [{ outputs: [{ ...tensor, data: [1] }] }, 'shape [2] and 1 values'],
    [{ outputs: [{ ...tensor, shape: 'x', data: [1] }] }, 'shape "x"'],
    [{ outputs: [{ ...tensor, data: [1, 'two'] }] }, 'holds "two" at 1'],
    [{ outputs: [{ ...tensor }] }, 'no “data”'],
  ])('%j', (body, message) => {
    expect(() => decode(body)).toThrow(message);
  });

  it('a size that does not fit the shape, bytes that are missing, and bytes too many', () => {
    expect(() => decode(sized(8), Buffer.alloc(8))).toThrow('has 8 bytes of FP64, expected 16');
    expect(() => decode(sized(16), Buffer.alloc(15))).toThrow('needs 16 bytes after the JSON, only 15 are there');
    expect(() => decode(sized(16), Buffer.alloc(17))).toThrow('1 bytes follow the output tensor');
  });

  it('a length header beyond the body', () => {
    const answer = { status: 200, headers: { 'inference-header-content-length': '99' }, body: Buffer.from('{}') };
    expect(() => codec.decode(answer)).toThrow('Inference-Header-Content-Length is 99 and the body has 2 bytes');
  });
});

it('NaN and Infinity as Python writes them are read as values that are not finite, not as broken JSON', () => {
  const text = '{"outputs": [{"name": "NaN", "shape": [3], "datatype": "FP32", "data": [NaN, -Infinity, 1.5]}]}';
  expect(decode(text)).toEqual([Number.NaN, Number.NaN, 1.5]);
});

describe('a server', () => {
  const ask = (document: unknown): unknown => decodeInferRequest({}, Buffer.from(JSON.stringify(document)));
  const input = { name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] };

  it('answers in the form that the output asks for, whatever the request says of all outputs', () => {
    const outputs = [{ name: 'y', parameters: { binary_data: false } }];
    expect(ask({ inputs: [input], outputs, parameters: { binary_data_output: true } })).toMatchObject({
      binaryOutput: false,
      outputs: ['y'],
    });
  });

  it('takes a tensor of one dimension for a single row', () => {
    expect(ask({ inputs: [{ ...input, shape: [2] }] })).toMatchObject({ rows: 1, features: 2 });
  });

  it.each([
    [{}, 'no “inputs”'],
    [{ inputs: [input, input] }, 'one input tensor, got 2'],
    [{ inputs: [{ ...input, shape: [1, 1, 2] }] }, 'shape [1, 1, 2], expected [rows, features]'],
    [{ inputs: [{ ...input, shape: [-1, 2] }] }, 'shape [-1,2], expected an array of sizes'],
  ])('refuses %j', (document, message) => {
    expect(() => ask(document)).toThrow(message);
  });
});
