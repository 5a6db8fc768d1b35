import type { Results } from '@preopen/core';
import { judgeRequirements, overallVerdict, reviveIntervals } from '@preopen/core/judge';
import resultsSchema from '@preopen/core/schema/results.v1.json' with { type: 'json' };
import readinessSchema from '../../schema/readiness.v1.json' with { type: 'json' };
import { type Bytes, sameBytes, sha256, utf8 } from './bytes.ts';
import { inTotoPayloadType, openEnvelope, parseJson, preAuthEncoding, readPublicKey } from './envelope.ts';
import { attemptsUpTo, readLedgerLines } from './ledger-chain.ts';
import { schemaProblems } from './schema-check.ts';
import { type Readiness, readinessStatement, type Statement, type StatementVerdict } from './statement.ts';

/** One thing that was looked at. */
export interface VerificationStep {
  readonly step: 'bytes' | 'signature' | 'statement' | 'results' | 'verdicts' | 'attempts' | 'validity';
  readonly outcome: 'ok' | 'refused' | 'not-checked';
  /** What was found, in a sentence. */
  readonly says: string;
}

/** What came of it. */
export interface Verification {
  /**
   * `verified`: all that it says was checked. `refused`: something is false. `unproven`: nothing is false, but the key
   * or the results were not given, so that part of it stands on its own word.
   */
  readonly outcome: 'verified' | 'refused' | 'unproven';
  readonly steps: readonly VerificationStep[];
  /** The statement, as far as it could be read; trust it no further than `outcome`. */
  readonly statement: Statement<Readiness> | undefined;
  /** Of a statement that was not refused. */
  readonly verdict: StatementVerdict | undefined;
  /** The claim in a sentence. */
  readonly says: string;
}

/** What is needed to verify; each part that is left out is named in the steps. */
export interface VerificationRequest {
  /** The file's bytes. */
  readonly certificate: Bytes;
  /** Public key in PEM, from elsewhere than the certificate: a key that comes with it proves nothing. */
  readonly key?: string;
  /** Bytes of `results.json`. */
  readonly results?: Bytes;
  /** Lines of the ledger of attempts, in order, each with its newline. */
  readonly ledger?: readonly Bytes[];
  /** The time at which the certificate must be valid, milliseconds since 1970. */
  readonly nowMs: number;
}

const short = (digest: string): string => `${digest.slice(0, 8)}…`;

/** Nested deeper than any statement: before a recursive step may meet it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}

/** The first places where a statement differs from the one that follows from the results; what it adds is let pass. */
function differences(expected: unknown, given: unknown, at = ''): string[] {
  if (Array.isArray(expected) && Array.isArray(given) && expected.length !== given.length)
    return [`${at}: ${given.length} entries, ${expected.length} follow from the results`];
  if (typeof expected === 'object' && expected !== null && typeof given === 'object' && given !== null) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, (given as Record<string, unknown>)[key], `${at}/${key}`),
    );
  }
  return expected === given
    ? []
    : [`${at}: it says ${JSON.stringify(given) ?? 'nothing'}, ${JSON.stringify(expected)} follows from the results`];
}

/** What is wrong with a results document itself: its form, or verdicts that its own figures do not give. */
function resultsProblems(document: unknown): string[] {
  const problems = schemaProblems(resultsSchema, document);
  if (problems.length > 0) return problems;
  const results = document as Results;
  const judged = judgeRequirements(results.requirements, results.checks);
  const wrong = results.requirements.flatMap((given, i) => {
    const again = judged[i]!;
    // Why something was not measured is known to the run alone; that it was not follows from the checks.
    if (given.verdict !== again.verdict)
      return [`${given.id} is called ${given.verdict}; its figures give ${again.verdict}`];
    const differ =
      'measured' in again && 'measured' in given && JSON.stringify(given.measured) !== JSON.stringify(again.measured);
    return differ ? [`${given.id} rests on another figure than its checks measured`] : [];
  });
  const overall = overallVerdict(judged);
  if (results.verdict !== overall) wrong.push(`the run is called ${results.verdict}; its requirements give ${overall}`);
  return wrong;
}

/**
 * Verifies a certificate or statement of result: its bytes, signature and form, that it speaks of these results, and
 * that every verdict in it follows from them. The signature proves who said it; finding the verdicts again proves that
 * what they said follows from the data. Runs in browsers and in Node; needs Ed25519 in WebCrypto.
 * @returns always; whatever is wrong with the files is an outcome, not an error
 */
export async function verify(request: VerificationRequest): Promise<Verification> {
  const steps: VerificationStep[] = [];
  const ok = (step: VerificationStep['step'], says: string): void => void steps.push({ step, outcome: 'ok', says });
  const open = (step: VerificationStep['step'], says: string): void =>
    void steps.push({ step, outcome: 'not-checked', says });
  let statement: Statement<Readiness> | undefined;
  const refuse = (step: VerificationStep['step'], says: string): Verification => ({
    outcome: 'refused',
    steps: [...steps, { step, outcome: 'refused', says }],
    statement,
    verdict: undefined,
    says: `REFUSED: ${says}`,
  });

  const opened = openEnvelope(request.certificate);
  if (opened.kind === 'refused') return refuse('bytes', opened.why);
  const { envelope } = opened;
  const parsed = parseJson(envelope.payload) as { predicate?: { title?: unknown } } | undefined;
  const [signature, ...more] = envelope.signatures;
  if (signature === undefined)
    return refuse('signature', 'this is an unsigned draft: nobody vouches for it, and anybody can have changed it');
  if (more.length > 0)
    return refuse('bytes', `it has ${envelope.signatures.length} signatures; exactly one is expected`);
  ok('bytes', `the envelope is in its one form, ${request.certificate.length.toLocaleString('en-US')} bytes`);

  if (request.key === undefined) {
    open('signature', `no key was given, so who signed it is not known (it names the key ${short(signature.keyid)})`);
  } else {
    const key = await readPublicKey(request.key);
    if (key === undefined) return refuse('signature', 'the key given is not an Ed25519 public key in PEM');
    if (key.id !== signature.keyid)
      return refuse('signature', `it names the key ${short(signature.keyid)}; the key given is ${short(key.id)}`);
    const signed = preAuthEncoding(envelope.payloadType, envelope.payload);
    if (!(await key.verify(signature.sig, signed)))
      return refuse(
        'signature',
        `the signature does not verify with the key ${short(key.id)}: the statement or the signature was changed`,
      );
    ok('signature', `signed by the key ${short(key.id)} that was given`);
  }

  if (envelope.payloadType !== inTotoPayloadType)
    return refuse('statement', `its payload is ${envelope.payloadType}; ${inTotoPayloadType} is expected`);
  const text = new TextDecoder().decode(envelope.payload);
  if (parsed === undefined || depthOf(text) > 32) return refuse('statement', 'its payload is not a statement in JSON');
  if (!sameBytes(utf8(JSON.stringify(parsed)), envelope.payload))
    return refuse('statement', 'its payload can be read in two ways (double names or white space)');
  const problems = schemaProblems(readinessSchema, parsed);
  if (problems.length > 0)
    return refuse('statement', `it is not a statement of readiness: ${problems.slice(0, 3).join('; ')}`);
  statement = parsed as unknown as Statement<Readiness>;
  const { predicate } = statement;
  if (predicate.title.startsWith('DRAFT')) return refuse('statement', 'it calls itself a draft');
  ok('statement', `an in-toto statement of readiness: “${predicate.title}”`);

  const named = statement.subject.find(({ name }) => name === 'results.json')?.digest.sha256;
  if (request.results === undefined) {
    open('results', `results.json was not given; the statement speaks of the one with SHA-256 ${short(named ?? '')}`);
    open('verdicts', 'without the results its verdicts stand on its own word');
  } else {
    const digest = await sha256(request.results);
    if (named !== digest)
      return refuse(
        'results',
        `results.json is not the one that was signed: the statement says ${short(named ?? '')}, the file is ${short(digest)}`,
      );
    ok('results', `results.json is the one that was signed (SHA-256 ${short(digest)})`);
    const document = parseJson(request.results);
    const wrong = resultsProblems(document);
    if (wrong.length > 0)
      return refuse('verdicts', `the results contradict themselves: ${wrong.slice(0, 3).join('; ')}`);
    const again = await readinessStatement(reviveIntervals(document as Results), {
      resultsDigest: digest,
      configDigest: statement.subject.find(({ name }) => name === 'config')?.digest.sha256 ?? null,
      attempts: predicate.attempts,
      issuedAt: predicate.issuedAt,
      notBefore: predicate.notBefore,
      notAfter: predicate.notAfter,
      signed: true,
    });
    const differ = differences(again, statement);
    if (differ.length > 0)
      return refuse('verdicts', `it does not follow from the results: ${differ.slice(0, 3).join('; ')}`);
    const { planned } = predicate.plan.requirements;
    ok('verdicts', `all ${planned} verdicts and every figure were found again from results.json`);
  }

  const ledgerProblem = await attemptsProblem(request.ledger, predicate, named);
  if (ledgerProblem !== undefined) return refuse('attempts', ledgerProblem);
  const tried =
    predicate.attempts === null
      ? 'how often this was tried is not known'
      : `attempt ${predicate.attempts.index} of ${predicate.attempts.total} on this target`;
  if (request.ledger === undefined || predicate.attempts === null)
    open('attempts', `${tried}, on the word of whoever kept the ledger`);
  else ok('attempts', `${tried}; the ledger is whole and says the same`);

  const [from, to] = [Date.parse(predicate.notBefore), Date.parse(predicate.notAfter)];
  if (!(from <= to)) return refuse('validity', `its validity ends (${predicate.notAfter}) before it begins`);
  if (request.nowMs < from) return refuse('validity', `it is valid from ${predicate.notBefore} on, which is to come`);
  if (request.nowMs > to) return refuse('validity', `it has expired: it was valid until ${predicate.notAfter}`);
  ok(
    'validity',
    `valid until ${predicate.notAfter}, for these bytes on this kind of machine (${predicate.environmentClass})`,
  );

  const isOpen = steps.some(({ step, outcome }) => outcome === 'not-checked' && step !== 'attempts');
  return {
    outcome: isOpen ? 'unproven' : 'verified',
    steps,
    statement,
    verdict: predicate.verdict,
    says: claimOf(predicate),
  };
}

/** Whether the statement's attempts are those of the ledger; `undefined` where nothing speaks against it. */
async function attemptsProblem(
  lines: readonly Bytes[] | undefined,
  { attempts }: Readiness,
  results: string | undefined,
): Promise<string | undefined> {
  if (attempts === null) return undefined;
  const { runs, index, total, ledger: stated } = attempts;
  const last = runs.at(-1);
  if (index !== runs.length || total !== runs.length || last?.results !== results || last?.outcome !== 'finished')
    return 'its attempts do not end with the run that it speaks of';
  if (lines === undefined) return undefined;
  const ledger = await readLedgerLines(lines);
  if (ledger.kind === 'broken') return `the ledger is broken at entry ${ledger.at}: ${ledger.why}`;
  if (ledger.digests[stated.entries - 1] !== stated.head)
    return `the ledger given is another one: its entry ${stated.entries} is not the one that was signed`;
  const entries = ledger.entries.slice(0, stated.entries);
  const finished = entries.findLast((entry) => entry.kind === 'finished' && entry.results === results);
  const expected = finished?.kind === 'finished' ? attemptsUpTo(entries, finished.started) : [];
  const differ = differences(expected, runs);
  return differ.length > 0 ? `its attempts are not those of the ledger: ${differ[0]}` : undefined;
}

/** What a statement claims, in a sentence. */
function claimOf({ title, target, run, plan, scale, conditions }: Readiness): string {
  const { planned, pass } = plan.requirements;
  const on = `${target.name}, ${scale.stocks.toLocaleString('en-US')} stocks × ${scale.days} days, run ${run.id}`;
  const under = conditions.length > 0 ? ` Conditions: ${conditions.map(({ reason }) => reason).join('; ')}.` : '';
  return `${title}: ${pass} of ${planned} requirements passed (${on}).${under}`;
}
