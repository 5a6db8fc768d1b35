import { describe, expect, it } from 'vitest';
import { utf8 } from '../src/certificate/bytes.ts';
import { certify, signStatement } from '../src/certificate/certify.ts';
import { encodeEnvelope, openEnvelope } from '../src/certificate/envelope.ts';
import { generateSigningKey } from '../src/certificate/keys.ts';
import type { Readiness, Statement } from '../src/certificate/statement.ts';
import { testResultStatement } from '../src/certificate/test-result.ts';
import { isAccepted, verificationSummary } from '../src/certificate/verification-summary.ts';
import { verify } from '../src/certificate/verify.ts';
import { aFullRun, aKey, aLedger, bytesOf, certified, nowMs } from './support/certified.ts';
import { aRun } from './support/runs.ts';

const key = aKey.publicPem;
const undecided = { 'ic.mean': { interval: { low: 0.04, high: 0.12, confidence: 0.95, method: 'blocks' } } };

describe('a certificate', () => {
  it('is what a full pass at full scale comes to, and verifies', async () => {
    const { envelope, statement, resultsBytes, ledger } = await certified(aFullRun());
    expect(statement.predicate.title).toBe('Production Readiness Certificate');
    const found = await verify({ certificate: envelope, key, results: resultsBytes, ledger, nowMs });
    expect(found.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(
      ['bytes', 'signature', 'statement', 'results', 'verdicts', 'attempts', 'validity'].map((step) => `${step} ok`),
    );
    expect(found).toMatchObject({ outcome: 'verified', verdict: 'pass' });
    expect(found.says).toContain('7 of 7 requirements passed');
  });

  it('names target, dataset, config and results with their digests', async () => {
    const results = aFullRun();
    const { statement } = await certify(results, {
      resultsBytes: bytesOf(results),
      key: aKey,
      configDigest: 'c'.repeat(64),
      nowMs,
    });
    expect(statement.subject.map(({ name }) => name)).toEqual(['results.json', 'target:mine', 'dataset', 'config']);
    expect(statement.subject[1]?.digest).toEqual({ preopenTarget: '0'.repeat(64) });
  });

  it.each<[string, ReturnType<typeof aFullRun>, string, string]>([
    [
      'a failed requirement',
      aFullRun({ 'errors.rate': { value: 0.5, interval: { low: 0.4, high: 0.6, confidence: 0.95, method: 'x' } } }),
      'fail',
      'Statement of Result: not ready',
    ],
    ['an undecided one', aFullRun(undecided), 'inconclusive', 'Statement of Result: undecided'],
    [
      'one that was not measured',
      aFullRun({ 'ic.mean': undefined }),
      'not-measured',
      'Statement of Result: incomplete',
    ],
    [
      'an interrupted run',
      aFullRun({}, { run: { ...aFullRun().run, status: 'interrupted' } }),
      'not-measured',
      'Statement of Result: incomplete (interrupted)',
    ],
    [
      'a run without requirements',
      aFullRun({}, { requirements: [], verdict: 'not-measured' }),
      'not-measured',
      'Statement of Result: incomplete',
    ],
    [
      'a seed given by hand',
      aFullRun({}, { run: { ...aFullRun().run, seedGiven: true } }),
      'conditional',
      'Statement of Result: conditional (seed-given)',
    ],
    [
      'a target known by address',
      aFullRun({}, { target: { ...aFullRun().target, binding: 'declared' } }),
      'conditional',
      'Statement of Result: conditional (target-declared)',
    ],
    [
      'a small universe',
      aFullRun({}, { run: { ...aFullRun().run, scale: { stocks: 1999, days: 252, users: 50 } } }),
      'conditional',
      'Statement of Result: conditional (scale-below-profile)',
    ],
  ])('is not what %s comes to', async (_, results, verdict, title) => {
    const { statement, envelope, resultsBytes } = await certified(results);
    expect(statement.predicate.verdict).toBe(verdict);
    expect(statement.predicate.title).toBe(title);
    const found = await verify({ certificate: envelope, key, results: resultsBytes, nowMs });
    expect(found).toMatchObject({ outcome: 'verified', verdict });
    expect(isAccepted(found, { acceptConditions: [] })).toBe(false);
  });

  it('is not to be had by asking for less than the profile', async () => {
    const full = aFullRun();
    const laxer = full.requirements.map((one) =>
      one.metric === 'errors.rate' ? { ...one, limit: 0.02, expression: 'errors.rate < 2 %' } : one,
    );
    const { statement } = await certified({ ...full, requirements: laxer });
    expect(statement.predicate.conditions).toMatchObject([
      { id: 'requirements-below-profile', reason: expect.stringContaining('errors.rate < 1 %') },
    ]);
    const fewer = await certified({ ...full, requirements: full.requirements.slice(1) });
    expect(fewer.statement.predicate.title).toContain('conditional');
  });

  it('is without a ledger a statement under that condition', async () => {
    const results = aFullRun();
    const { statement } = await certify(results, { resultsBytes: bytesOf(results), key: aKey, nowMs });
    expect(statement.predicate.conditions.map(({ id }) => id)).toEqual(['attempts-unknown']);
  });

  it('is let pass under conditions only by who names each of them', async () => {
    const results = aFullRun(
      {},
      { run: { ...aFullRun().run, seedGiven: true, scale: { stocks: 100, days: 63, users: 2 } } },
    );
    const { envelope, resultsBytes } = await certified(results);
    const found = await verify({ certificate: envelope, key, results: resultsBytes, nowMs });
    expect(isAccepted(found, { acceptConditions: ['seed-given'] })).toBe(false);
    expect(isAccepted(found, { acceptConditions: ['seed-given', 'scale-below-profile'] })).toBe(true);
  });
});

describe('what is not a certificate', () => {
  it('an unsigned draft says so in its title and is refused', async () => {
    const { envelope, statement, testResult } = await certified(aFullRun(), { key: null });
    expect(statement.predicate.title).toBe('DRAFT, signed by nobody: Production Readiness Certificate');
    expect(testResult).toBeUndefined();
    expect(await verify({ certificate: envelope, key, nowMs })).toMatchObject({
      outcome: 'refused',
      says: expect.stringContaining('unsigned draft'),
    });
  });
  it('a draft that somebody signs is still a draft', async () => {
    const { statement, resultsBytes } = await certified(aFullRun(), { key: null });
    const signed = encodeEnvelope(signStatement(statement, aKey));
    expect(await verify({ certificate: signed, key, results: resultsBytes, nowMs })).toMatchObject({
      outcome: 'refused',
      says: expect.stringContaining('calls itself a draft'),
    });
  });
  it('one signed by another key is refused', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun(), { key: generateSigningKey() });
    expect(await verify({ certificate: envelope, key, results: resultsBytes, nowMs })).toMatchObject({
      outcome: 'refused',
      says: expect.stringMatching(/names the key [0-9a-f]{8}…; the key given is/),
    });
  });
  it('one without a key or results at hand is unproven, and says what was not looked at', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun());
    const keyless = await verify({ certificate: envelope, results: resultsBytes, nowMs });
    expect(keyless.outcome).toBe('unproven');
    expect(keyless.steps[1]).toMatchObject({
      outcome: 'not-checked',
      says: expect.stringContaining('no key was given'),
    });
    const without = await verify({ certificate: envelope, key, nowMs });
    expect(without.outcome).toBe('unproven');
    expect(isAccepted(without, { acceptConditions: [] })).toBe(false);
  });
  it('one that has expired, or is not yet valid, is refused', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun());
    const at = (day: number) =>
      verify({ certificate: envelope, key, results: resultsBytes, nowMs: nowMs + day * 86_400_000 });
    expect((await at(29.9)).outcome).toBe('verified');
    expect(await at(30.1)).toMatchObject({ outcome: 'refused', says: expect.stringContaining('expired') });
    expect(await at(-0.1)).toMatchObject({ outcome: 'refused', says: expect.stringContaining('is to come') });
  });
});

describe('a liar with the right key', () => {
  const lie = async (change: (statement: Statement<Readiness>) => unknown, results = aFullRun(undecided)) => {
    const { statement, resultsBytes } = await certified(results);
    const changed = change(structuredClone(statement) as Statement<Readiness>) as Statement<Readiness>;
    return verify({ certificate: encodeEnvelope(signStatement(changed, aKey)), key, results: resultsBytes, nowMs });
  };
  type Writable<T> = { -readonly [K in keyof T]: Writable<T[K]> };

  it('is found out in a verdict', async () => {
    const found = await lie((statement) => {
      const predicate = statement.predicate as Writable<Readiness>;
      predicate.verdict = 'pass';
      predicate.title = 'Production Readiness Certificate';
      for (const one of predicate.requirements) one.verdict = 'pass';
      return statement;
    });
    expect(found).toMatchObject({
      outcome: 'refused',
      says: expect.stringContaining('it does not follow from the results'),
    });
  });
  it('is found out in results whose own verdicts do not follow from their figures', async () => {
    const honest = aFullRun(undecided);
    const results = {
      ...honest,
      verdict: 'pass' as const,
      requirements: honest.requirements.map((one) => ({
        ...one,
        verdict: 'pass' as const,
      })) as typeof honest.requirements,
    };
    const { envelope, resultsBytes } = await certified(results);
    expect(await verify({ certificate: envelope, key, results: resultsBytes, nowMs })).toMatchObject({
      outcome: 'refused',
      says: expect.stringContaining('ic.mean is called pass; its figures give inconclusive'),
    });
  });
  it('is found out when any field is left out of the statement', async () => {
    const { statement, resultsBytes } = await certified(aFullRun());
    const pathsOf = (value: unknown, at: readonly string[] = []): string[][] =>
      typeof value !== 'object' || value === null
        ? []
        : Object.entries(value).flatMap(([name, entry]) => [[...at, name], ...pathsOf(entry, [...at, name])]);
    const paths = pathsOf(statement);
    expect(paths.length).toBeGreaterThan(300);
    const passed: string[] = [];
    for (const path of paths) {
      const changed = structuredClone(statement) as unknown;
      const parent = path.slice(0, -1).reduce((value, name) => (value as Record<string, unknown>)[name], changed);
      if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
      else delete (parent as Record<string, unknown>)[path.at(-1)!];
      const certificate = encodeEnvelope(signStatement(changed as Statement<Readiness>, aKey));
      if ((await verify({ certificate, key, results: resultsBytes, nowMs })).outcome !== 'refused')
        passed.push(path.join('/'));
    }
    expect(passed).toEqual([]);
  });
  it('may add fields that mean nothing', async () => {
    expect((await lie((statement) => ({ ...statement, predicate: { ...statement.predicate, more: 1 } }))).outcome).toBe(
      'verified',
    );
  });
});

describe('the bytes', () => {
  it('open again as they were written, whatever is in them', () => {
    const envelope = {
      payloadType: 'text/plain',
      payload: utf8('{"é":1}'),
      signatures: [{ keyid: 'k', sig: new Uint8Array(64) }],
    };
    expect(openEnvelope(encodeEnvelope(envelope))).toEqual({ kind: 'envelope', envelope });
  });
  it('two readings of one payload are refused, even signed', async () => {
    const { statement, resultsBytes } = await certified(aFullRun());
    const twice = JSON.stringify(statement).replace('"verdict":"pass"', '"verdict":"fail","verdict":"pass"');
    const signed = signStatement({ toJSON: () => JSON.parse(twice) } as never, aKey);
    const { sign } = await import('node:crypto');
    const { preAuthEncoding } = await import('../src/certificate/envelope.ts');
    const payload = utf8(twice);
    const sig = new Uint8Array(sign(null, preAuthEncoding(signed.payloadType, payload), aKey.key));
    const certificate = encodeEnvelope({ ...signed, payload, signatures: [{ keyid: aKey.id, sig }] });
    expect(await verify({ certificate, key, results: resultsBytes, nowMs })).toMatchObject({
      outcome: 'refused',
      says: expect.stringContaining('read in two ways'),
    });
  });
  it('one more or one less at either end is refused', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun());
    for (const certificate of [
      envelope.slice(1),
      envelope.slice(0, -1),
      utf8(` ${new TextDecoder().decode(envelope)}`),
      utf8(`${new TextDecoder().decode(envelope)}\n`),
    ])
      expect((await verify({ certificate, key, results: resultsBytes, nowMs })).outcome).toBe('refused');
  });
});

describe('the twin for engines that know only test results', () => {
  it('counts what failed, is undecided or was not measured as failed', async () => {
    const all = aRun();
    const { statement } = await certified(all);
    const { predicate } = testResultStatement(statement);
    expect(predicate.result).toBe('FAILED');
    expect(predicate.passedTests).toEqual(['latency.inference.p95 < 100 ms']);
    expect(predicate.failedTests).toEqual([
      'throughput.predictions > 1500 /s',
      'ic.mean > 0.05 (inconclusive)',
      'memory.pipeline.peakRss < 16 GB (not-measured)',
    ]);
  });
  it('warns of what passed under conditions', async () => {
    const { statement } = await certified(aFullRun({}, { run: { ...aFullRun().run, seedGiven: true } }));
    expect(testResultStatement(statement).predicate).toMatchObject({
      result: 'WARNED',
      passedTests: [],
      failedTests: [],
    });
  });
});

describe('the verification summary', () => {
  it('passes what the policy lets pass, and says FAILED of the rest', async () => {
    const request = {
      certificateUri: 'certificate.dsse.json',
      policy: { acceptConditions: [] },
      verifierId: 'https://example.test/verifier',
      toolVersion: '0.1.0',
      timeVerified: '2026-01-05T00:03:00Z',
    };
    const good = await certified(aFullRun());
    const found = await verify({ certificate: good.envelope, key, results: good.resultsBytes, nowMs });
    const summary = await verificationSummary(found, { ...request, certificate: good.envelope });
    expect(summary).toMatchObject({
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: { verificationResult: 'PASSED', verifiedLevels: ['PREOPEN_READINESS_V1'] },
    });
    const bad = await certified(aFullRun({ 'ic.mean': undefined }));
    const other = await verify({ certificate: bad.envelope, key, results: bad.resultsBytes, nowMs });
    expect(
      (await verificationSummary(other, { ...request, certificate: bad.envelope }))?.predicate.verificationResult,
    ).toBe('FAILED');
    const expired = await verify({ certificate: good.envelope, key, results: good.resultsBytes, nowMs: nowMs + 1e12 });
    expect(
      (await verificationSummary(expired, { ...request, certificate: good.envelope }))?.predicate.verificationResult,
    ).toBe('FAILED');
  });
});

describe('the ledger', () => {
  it('of another history is refused', async () => {
    const { envelope, resultsBytes, ledger } = await certified(aFullRun(), {
      before: [aFullRun({ 'latency.inference.p95': { value: 70 } })],
    });
    const look = async (given: typeof ledger) =>
      verify({ certificate: envelope, key, results: resultsBytes, ledger: given, nowMs });
    expect(await look(ledger)).toMatchObject({ outcome: 'verified' });
    expect((await look([...ledger, ...(await aLedger([aFullRun()]))])).says).toContain('broken at entry 5');
    expect((await look(ledger.slice(2))).says).toContain('broken at entry 1');
    expect((await look(await aLedger([aFullRun()]))).says).toContain('another one');
  });
  it('shows an attempt that was not brought to an end', async () => {
    const { statement } = await certified(aFullRun(), { before: [undefined] });
    expect(statement.predicate.conditions).toEqual([
      { id: 'attempts-abandoned', reason: '1 of 2 attempts was not brought to an end' },
    ]);
    expect(statement.predicate.attempts).toMatchObject({ index: 2, total: 2 });
  });
});
