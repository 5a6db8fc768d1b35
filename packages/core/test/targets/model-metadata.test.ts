import { describe, expect, it } from 'vitest';
import { readModelMetadata, speaksBinaryTensors } from '../../src/targets/model-metadata.ts';

const ok = (document: unknown) => ({ kind: 'answer' as const, status: 200, text: JSON.stringify(document) });
const input = { name: 'input-0', datatype: 'FP32', shape: [-1, 60] };

describe('model metadata', () => {
  // The form of the protocol's model metadata response, with the fields that MLServer and Triton give.
  it('tells the input tensor, and the features by the last size of its shape', () => {
    const answer = ok({ name: 'alpha', versions: ['1'], platform: 'sklearn', inputs: [input], outputs: [] });
    expect(readModelMetadata(answer, 'alpha')).toEqual({
      kind: 'known',
      metadata: { name: 'alpha', features: 60, inputName: 'input-0', datatype: 'FP32' },
    });
  });

  it.each([[[-1, -1]], [[-1]], [undefined]])('leaves the features open for the shape %j', (shape) => {
    const answer = readModelMetadata(ok({ name: 'alpha', inputs: [{ ...input, shape }] }), 'alpha');
    expect(answer).toMatchObject({ kind: 'known', metadata: { features: undefined } });
  });

  it.each([
    [{ kind: 'none' as const, problem: 'connection refused' }, 'connection refused'],
    [{ kind: 'answer' as const, status: 404, text: '' }, 'HTTP 404'],
    [{ kind: 'answer' as const, status: 200, text: '<html>' }, 'the answer has no “inputs”'],
    [ok({ inputs: [input, input] }), 'the model has 2 input tensors, expected one of shape [-1, features]'],
    [ok({ inputs: [{ ...input, datatype: 'BYTES' }] }), 'its input “input-0” is BYTES, expected FP32 or FP64'],
  ])('that cannot be used gives its reason: %j', (answer, reason) => {
    expect(readModelMetadata(answer, 'alpha')).toEqual({ kind: 'unknown', reason });
  });
});

describe('binary tensors are sent', () => {
  it('to servers that list the extension', () => {
    expect(speaksBinaryTensors(ok({ extensions: ['classification', 'binary_tensor_data'] }))).toBe(true);
  });

  it('not to servers that list others only, list none, or say nothing of themselves', () => {
    expect(speaksBinaryTensors(ok({ extensions: [] }))).toBe(false);
    expect(speaksBinaryTensors(ok({ name: 'x' }))).toBe(false);
    expect(speaksBinaryTensors(ok({ name: 'x', extensions: 'binary_tensor_data' }))).toBe(false);
    expect(speaksBinaryTensors({ kind: 'answer', status: 404, text: '' })).toBe(false);
  });
});
