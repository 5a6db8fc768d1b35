import type { Results } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { type Bytes, utf8 } from '../src/certificate/bytes.ts';
import { verify } from '../src/certificate/verify.ts';
import { aFullRun, aKey, certified, nowMs } from './support/certified.ts';
import { aCheck } from './support/runs.ts';

/** Changes the byte at a place to each of the values, one at a time; gives those places at which one was not refused. */
async function accepted(
  bytes: Bytes,
  valuesAt: (at: number) => Iterable<number>,
  refusedBy: (changed: Bytes) => Promise<boolean>,
): Promise<{ tried: number; accepted: string[] }> {
  const changed = bytes.slice();
  const found: string[] = [];
  let tried = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const value of valuesAt(at)) {
      if (value === bytes[at]) continue;
      tried++;
      changed[at] = value;
      if (!(await refusedBy(changed))) found.push(`byte ${at}: ${bytes[at]} as ${value}`);
    }
    changed[at] = bytes[at]!;
  }
  return { tried, accepted: found };
}

const every = Array.from({ length: 256 }, (_, value) => value);

/** A run with one requirement, so that its files are short. */
function aShortRun(): Results {
  const full = aFullRun();
  return {
    ...full,
    checks: [aCheck({ measurements: full.checks[0]!.measurements.slice(0, 1) })],
    requirements: full.requirements.slice(0, 1),
  };
}

// All values at all places: `node scripts/verify.mjs`. Here all values outside the signed payload, which is where an
// ordinary verifier lets changes pass, and one at each place inside of it and of the results.
describe('a changed byte', () => {
  it('of the certificate is refused wherever it stands', async () => {
    const { envelope, resultsBytes } = await certified(aShortRun());
    const text = new TextDecoder().decode(envelope);
    const from = text.indexOf('"payload": "') + 12;
    const to = text.indexOf('"', from);
    const { tried, accepted: passed } = await accepted(
      envelope,
      (at) => (at >= from && at < to ? [envelope[at]! ^ (1 << (at % 6))] : every),
      async (certificate) =>
        (await verify({ certificate, key: aKey.publicPem, results: resultsBytes, nowMs })).outcome === 'refused',
    );
    expect(passed).toEqual([]);
    expect(tried).toBeGreaterThan(60_000);
  }, 120_000);

  it('of the results is refused wherever it stands', async () => {
    const { envelope, resultsBytes } = await certified(aShortRun());
    const { accepted: passed } = await accepted(
      resultsBytes,
      (at) => [resultsBytes[at]! ^ 1],
      async (results) =>
        (await verify({ certificate: envelope, key: aKey.publicPem, results, nowMs })).outcome === 'refused',
    );
    expect(passed).toEqual([]);
  }, 120_000);
});

describe('a field left out', () => {
  type Branch = Record<string, unknown>;
  const pathsOf = (value: unknown, at: readonly string[] = []): string[][] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([name, entry]) => [[...at, name], ...pathsOf(entry, [...at, name])]);
  /** The document once without each of its fields and entries, written as the files are. */
  const withoutOne = (document: unknown): { path: string; bytes: Bytes }[] =>
    pathsOf(document).map((path) => {
      const changed = structuredClone(document);
      const parent = path.slice(0, -1).reduce((value, name) => value[name] as Branch, changed as Branch);
      if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
      else delete parent[path.at(-1)!];
      return { path: path.join('/'), bytes: utf8(`${JSON.stringify(changed, null, 2)}\n`) };
    });
  const parsed = (bytes: Bytes): unknown => JSON.parse(new TextDecoder().decode(bytes));

  it('of the results, or of the envelope, is refused whichever it is', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun());
    const request = { certificate: envelope, key: aKey.publicPem, results: resultsBytes, nowMs };
    const passed: string[] = [];
    const tried = { results: withoutOne(parsed(resultsBytes)), certificate: withoutOne(parsed(envelope)) };
    for (const file of ['results', 'certificate'] as const)
      for (const { path, bytes } of tried[file])
        if ((await verify({ ...request, [file]: bytes })).outcome !== 'refused') passed.push(`${file}/${path}`);
    expect(passed).toEqual([]);
    expect(tried.results.length).toBeGreaterThan(150);
    expect(tried.certificate.map(({ path }) => path)).toEqual([
      'payload',
      'payloadType',
      'signatures',
      'signatures/0',
      'signatures/0/keyid',
      'signatures/0/sig',
    ]);
  });
});
