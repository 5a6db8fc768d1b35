import { sign } from 'node:crypto';
import type { Results } from '@preopen/core';
import { type Bytes, sha256, utf8 } from './bytes.ts';
import { encodeEnvelope, inTotoPayloadType, preAuthEncoding } from './envelope.ts';
import type { SigningKey } from './keys.ts';
import { attemptsUpTo, readLedgerLines } from './ledger-chain.ts';
import { type Readiness, readinessStatement, type Statement } from './statement.ts';
import { testResultStatement } from './test-result.ts';

/** Days for which a statement is valid unless told otherwise: systems and markets move on. */
const defaultValidDays = 30;

/** A signed statement, or an unsigned draft of it. */
export interface Certified {
  readonly statement: Statement<Readiness>;
  /** Bytes of `certificate.dsse.json`, or of `certificate.draft.json` where there was no key. */
  readonly envelope: Bytes;
  /** The same as an in-toto test result: one line of `certificate.intoto.jsonl`. `undefined` for a draft. */
  readonly testResult: Bytes | undefined;
  readonly keyId: string | undefined;
}

/** Signs a statement: a DSSE envelope over its JSON without white space. */
export function signStatement(
  statement: Statement<unknown>,
  { key, id }: SigningKey,
): Parameters<typeof encodeEnvelope>[0] {
  const payload = utf8(JSON.stringify(statement));
  const sig = new Uint8Array(sign(null, preAuthEncoding(inTotoPayloadType, payload), key));
  return { payloadType: inTotoPayloadType, payload, signatures: [{ keyid: id, sig }] };
}

const seconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * Makes the certificate of a run, or the statement of result that it comes to. Only a full pass at the profile's scale
 * and limits, over all attempts and without conditions, is titled a certificate.
 * @param options.resultsBytes `results.json` as it lies on disk
 * @param options.key without it the statement is an unsigned draft that says so in its title
 * @param options.ledger lines of the ledger of attempts with the run's own `finished` entry; without it the statement is conditional
 * @throws InputError never; a ledger that is broken or does not know the run counts as none
 */
export async function certify(
  results: Results,
  options: {
    readonly resultsBytes: Bytes;
    readonly key?: SigningKey;
    readonly ledger?: readonly Bytes[];
    readonly configDigest?: string;
    readonly validDays?: number;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
  },
): Promise<Certified> {
  const { key, nowMs } = options;
  const resultsDigest = await sha256(options.resultsBytes);
  const statement = await readinessStatement(results, {
    resultsDigest,
    configDigest: options.configDigest ?? null,
    attempts: await attemptsFrom(options.ledger ?? [], resultsDigest),
    issuedAt: seconds(nowMs),
    notBefore: seconds(nowMs),
    notAfter: seconds(nowMs + (options.validDays ?? defaultValidDays) * 86_400_000),
    signed: key !== undefined,
  });
  if (key === undefined) {
    const payload = utf8(JSON.stringify(statement));
    const envelope = encodeEnvelope({ payloadType: inTotoPayloadType, payload, signatures: [] });
    return { statement, envelope, testResult: undefined, keyId: undefined };
  }
  const twin = signStatement(testResultStatement(statement), key);
  return {
    statement,
    envelope: encodeEnvelope(signStatement(statement, key)),
    testResult: utf8(`${JSON.stringify(JSON.parse(new TextDecoder().decode(encodeEnvelope(twin))))}\n`),
    keyId: key.id,
  };
}

/** The attempts up to this run's; `null` where the ledger is broken or does not end a run with these results. */
async function attemptsFrom(lines: readonly Bytes[], resultsDigest: string): Promise<Readiness['attempts']> {
  const ledger = await readLedgerLines(lines);
  if (ledger.kind === 'broken') return null;
  const own = ledger.entries.findLast((entry) => entry.kind === 'finished' && entry.results === resultsDigest);
  const head = ledger.digests.at(-1);
  if (own?.kind !== 'finished' || head === undefined) return null;
  const runs = attemptsUpTo(ledger.entries, own.started);
  if (runs.at(-1)?.outcome !== 'finished') return null;
  return { index: runs.length, total: runs.length, ledger: { entries: ledger.entries.length, head }, runs };
}
