import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzz, mutatedBytes, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { type Bytes, utf8 } from '../src/certificate/bytes.ts';
import { encodeEnvelope, openEnvelope, preAuthEncoding, readPublicKey } from '../src/certificate/envelope.ts';
import { readSigningKey } from '../src/certificate/keys.ts';
import { attemptsUpTo, readLedgerLines } from '../src/certificate/ledger-chain.ts';
import { type VerificationRequest, verify } from '../src/certificate/verify.ts';
import { historyEntry } from '../src/history/history-entry.ts';
import { appendHistory, readHistory } from '../src/history/history-file.ts';
import { aFullRun, aKey, certified, nowMs } from './support/certified.ts';

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-report-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const whole = await certified(aFullRun());
const request = (changed: Partial<VerificationRequest>): VerificationRequest => ({
  certificate: whole.envelope,
  key: aKey.publicPem,
  results: whole.resultsBytes,
  ledger: whole.ledger,
  nowMs,
  ...changed,
});
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('whatever a certificate’s files hold', () => {
  it('is an outcome in words, never an error', async () => {
    const certificates = mutatedBytes(whole.envelope) as import('fast-check').Arbitrary<Bytes>;
    await fuzz(
      certificates,
      (certificate) => verify(request({ certificate })),
      [],
      (found) => {
        expect(['verified', 'refused', 'unproven']).toContain(found.outcome);
        expect(found.says.length).toBeLessThan(4000);
      },
    );
  });

  it('also where it was signed by whoever holds the key, whatever the statement says', async () => {
    const { envelope } = openEnvelope(whole.envelope) as Extract<ReturnType<typeof openEnvelope>, { kind: 'envelope' }>;
    const statement = JSON.parse(textOf(envelope.payload)) as unknown;
    const resigned = mutatedDocuments(statement).map((value) => {
      const payload = utf8(JSON.stringify(value) ?? '');
      const sig = new Uint8Array(sign(null, preAuthEncoding(envelope.payloadType, payload), aKey.key));
      return encodeEnvelope({ ...envelope, payload, signatures: [{ keyid: aKey.id, sig }] });
    });
    await fuzz(
      resigned,
      (certificate) => verify(request({ certificate })),
      [],
      (found) => {
        expect(found.says.length).toBeLessThan(4000);
      },
    );
  });

  it('the same of results and of the ledger', async () => {
    const results = JSON.parse(textOf(whole.resultsBytes)) as unknown;
    const changed = mutatedDocuments(results).map((value) => utf8(JSON.stringify(value) ?? ''));
    await fuzz(
      changed,
      (bytes) => verify(request({ results: bytes })),
      [],
      ({ says }) => expect(says.length).toBeLessThan(4000),
    );
    const lines = whole.ledger.map((line) => JSON.parse(textOf(line)) as unknown);
    const ledgers = mutatedDocuments(lines).map((value) =>
      (Array.isArray(value) ? value : [value]).map((entry) => utf8(`${JSON.stringify(entry) ?? ''}\n`)),
    );
    await fuzz(
      ledgers,
      (ledger) => verify(request({ ledger })),
      [],
      ({ says }) => expect(says.length).toBeLessThan(4000),
    );
    await fuzz(
      ledgers,
      async (ledger) => {
        const read = await readLedgerLines(ledger);
        return read.kind === 'whole' ? attemptsUpTo(read.entries, 1) : read.why;
      },
      [],
    );
  });

  it.each(['null', '[]', '1', '"x"', '{"entry":1}'])('the ledger line %s is a break in the chain', async (line) => {
    expect((await readLedgerLines([utf8(`${line}\n`)])).kind).toBe('broken');
  });
});

describe('whatever is given as a key', () => {
  it('is a key, or no key', async () => {
    const { publicPem } = aKey;
    const privatePem = aKey.privatePem;
    await fuzz(mutatedTexts(publicPem), readPublicKey, []);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string;
    await fuzz(
      mutatedTexts(privatePem, Buffer.from(privatePem).toString('base64'), rsa),
      (text) => readSigningKey(text, 'the key'),
      [InputError],
    );
  });
});

describe('whatever stands in a history', () => {
  it('gives the lines that are whole, and names the others', async () => {
    const dir = join(scratch, 'history');
    mkdirSync(dir);
    for (let i = 0; i < 3; i++) await appendHistory(dir, historyEntry(aFullRun()));
    const path = join(dir, 'runs.ndjson');
    const text = readFileSync(path, 'utf8');
    await fuzz(
      mutatedTexts(text),
      (changed) => {
        writeFileSync(path, changed);
        return readHistory(dir);
      },
      [],
      ({ entries, problems }, changed) => {
        expect(entries.length + problems.length).toBe(changed.split('\n').filter((line) => line !== '').length);
      },
    );
  });
});
