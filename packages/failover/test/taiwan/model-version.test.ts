import { describe, expect, it } from 'vitest';
import { judgeVersions, statedVersion } from '../../src/taiwan/model-version.ts';

const reply = (document: unknown, headers: Record<string, string> = {}, tail = '') => ({
  status: 200,
  headers,
  body: Buffer.from(`${JSON.stringify(document)}${tail}`),
});

describe('the version that an answer says it is of', () => {
  it('stands beside its outputs, in its parameters, or in a header', () => {
    expect(statedVersion(reply({ model_version: '3' }))).toBe('3');
    expect(statedVersion(reply({ parameters: { model_version: 4 } }))).toBe('4');
    expect(statedVersion(reply({}, { 'x-model-version': '5' }))).toBe('5');
  });
  it('is read before binary tensors, too', () => {
    const document = { model_version: '3' };
    const length = String(JSON.stringify(document).length);
    expect(statedVersion(reply(document, { 'inference-header-content-length': length }, '\0\0'))).toBe('3');
  });
  it('is none where nothing is said', () => {
    expect(statedVersion(reply({ model_name: 'm' }))).toBeUndefined();
    expect(statedVersion({ status: 200, headers: {}, body: Buffer.from('1.5') })).toBeUndefined();
  });
});

describe('versions of a model', () => {
  const before = { predictions: '1,2', version: 'a' };
  const violated = (...answers: { predictions: string; version: string | undefined }[]) => {
    const judged = judgeVersions(before, answers);
    return judged.outcome === 'judged' ? judged.violated : undefined;
  };
  it('differ with the predictions, or the other model was refused', () => {
    expect(violated(before, { predictions: '2,1', version: 'b' }, before)).toBe(0);
    expect(violated(before, before)).toBe(0);
  });
  it('are wrong where two models have one, one has two, or an answer has none', () => {
    expect(violated({ predictions: '2,1', version: 'a' })).toBe(1);
    expect(violated({ predictions: '1,2', version: 'b' })).toBe(1);
    expect(violated({ predictions: '2,1', version: undefined })).toBe(1);
  });
});
