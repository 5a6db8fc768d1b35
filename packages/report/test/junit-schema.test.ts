import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderJUnit } from '../src/junit.ts';
import { aHostileRun, anUnmeasuredRun, aRun, everyShape } from './support/runs.ts';

const schema = readFileSync(new URL('support/junit.xsd', import.meta.url), 'utf8');
const complaints = async (contents: string): Promise<readonly string[]> => {
  const { errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents }], schema: [schema] });
  return errors.map(({ message }) => message);
};

describe('JUnit XML, against the schema of Jenkins', () => {
  it.each([
    ['every outcome', renderJUnit(aRun())],
    ['a run with missing checks', renderJUnit(anUnmeasuredRun())],
    ['every kind of check', renderJUnit(everyShape())],
    ['hostile text', renderJUnit(aHostileRun())],
    ['an empty run', renderJUnit(aRun({ checks: [], requirements: [] }))],
  ])('is valid: %s', async (_, xml) => {
    expect(await complaints(xml)).toEqual([]);
  });
  it('would not be with an outcome that no reader knows, a count that is none, or a case without a name', async () => {
    const xml = renderJUnit(aRun());
    for (const [from, to] of [
      ['<error ', '<inconclusive '],
      ['tests="10"', 'tests="ten"'],
      [/ name="latency\/inference"/, ''],
    ] as const)
      expect(await complaints(xml.replace(from, to)), String(from)).not.toEqual([]);
  });
});
