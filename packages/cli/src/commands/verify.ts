import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError, systemClock } from '@preopen/core';
import {
  encodeEnvelope,
  isAccepted,
  readLedgerFolder,
  signStatement,
  type Verification,
  verificationSummary,
  verify,
} from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { conditionExplanations } from '../explanations/conditions.ts';
import { signingKey } from '../signing-key.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { layoutTable, paragraph } from '../terminal/table.ts';
import { readTool } from '../tool.ts';
import { writeNamedFile } from '../written-file.ts';

/** The flags of `preopen verify`. */
export interface VerifyFlags {
  readonly key?: string;
  readonly results?: string;
  readonly ledger?: string;
  readonly acceptCondition?: readonly string[];
  readonly vsa?: string;
  readonly signWith?: string;
  readonly verifierId: string;
  readonly json?: boolean;
}

/** A run that nobody signed has results and perhaps a draft, and no certificate. */
function whyNoCertificate(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  if (basename(path) !== 'certificate.dsse.json')
    return `there is no ${path}. Give a certificate.dsse.json, or the folder of a run that was signed.`;
  const dir = dirname(path);
  const sign = `\`preopen certify ${dir} --key FILE\` signs it`;
  if (existsSync(join(dir, 'certificate.draft.json')))
    return `there is no ${path}, only an unsigned draft beside it: nobody vouches for that. ${sign}.`;
  if (existsSync(join(dir, 'results.json'))) return `there is no ${path}: the run was not signed. ${sign}.`;
  return `there is no ${path}. Give a certificate.dsse.json, or the folder of a run that was signed.`;
}

const read = async (path: string, what: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new InputError(`cannot read ${what} ${path}: ${(cause as Error).message}`, { code: 'E122', at: path, cause });
  }
};

/** A wrong file in place of a key is a mistake of whoever verifies, and says nothing of the certificate. */
async function publicKey(path: string): Promise<string> {
  const text = new TextDecoder().decode(await read(path, 'the key'));
  if (text.includes('PRIVATE KEY'))
    throw new InputError(`--key ${path}: that is a private key, which stays with who signs. Give the public one.`, {
      code: 'E144',
      at: path,
    });
  if (!text.includes('-----BEGIN PUBLIC KEY-----'))
    throw new InputError(`--key ${path}: that is no public key in PEM. \`preopen keygen\` writes one.`, {
      code: 'E144',
      at: path,
    });
  return text;
}

async function ledgerAt(path: string): Promise<Awaited<ReturnType<typeof readLedgerFolder>>> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`--ledger ${path}: there is no such folder.`, { code: 'E122', at: path });
  return readLedgerFolder(path);
}

function exitCodeOf(found: Verification, accepted: boolean): ExitCode {
  if (found.outcome === 'refused' || found.verdict === 'fail') return exitCodes.failed;
  return accepted ? exitCodes.ok : exitCodes.undecided;
}

/** `preopen verify FILE`: what is found, one line a step, and the claim in a sentence. */
export async function verifyCommand(file: string, flags: VerifyFlags, streams: Streams): Promise<ExitCode> {
  const path = statSync(file, { throwIfNoEntry: false })?.isDirectory() ? join(file, 'certificate.dsse.json') : file;
  const beside = join(dirname(path), 'results.json');
  const resultsPath = flags.results ?? (existsSync(beside) ? beside : undefined);
  const missing = whyNoCertificate(path);
  if (missing !== undefined) throw new InputError(missing, { code: 'E122', at: path });
  const certificate = await read(path, 'the certificate');
  const found = await verify({
    certificate,
    ...(flags.key === undefined ? {} : { key: await publicKey(flags.key) }),
    ...(resultsPath === undefined ? {} : { results: await read(resultsPath, 'the results') }),
    ...(flags.ledger === undefined ? {} : { ledger: await ledgerAt(flags.ledger) }),
    nowMs: systemClock.wallMs(),
  });
  const policy = { acceptConditions: flags.acceptCondition ?? [] };
  const accepted = isAccepted(found, policy);
  if (flags.vsa !== undefined)
    await writeSummary(found, certificate, { ...flags, vsa: flags.vsa, file: path }, streams);
  const code = exitCodeOf(found, accepted);
  if (flags.json) {
    const { outcome, verdict, steps, says } = found;
    const title = found.statement?.predicate.title ?? null;
    streams.out.write(
      `${JSON.stringify({ outcome, verdict: verdict ?? null, accepted, title, says, steps }, null, 2)}\n`,
    );
    return code;
  }
  const { colors, columns, sign } = stylesOf(streams, 'auto').out;
  const looks = {
    ok: [sign.pass, colors.green],
    refused: [sign.fail, colors.red],
    'not-checked': [sign['not-measured'], colors.yellow],
  } as const;
  const rows = found.steps.map(({ step, outcome, says }) => [
    { text: looks[outcome][0], paint: looks[outcome][1] },
    { text: step },
    { text: says },
  ]);
  const word =
    found.outcome === 'refused'
      ? 'REFUSED'
      : accepted
        ? 'VERIFIED'
        : found.outcome === 'unproven'
          ? 'UNPROVEN'
          : 'VERIFIED, BUT NOT A PASS';
  const paint = found.outcome === 'refused' ? colors.red : accepted ? colors.green : colors.yellow;
  const says =
    found.outcome === 'refused' ? 'No later step was looked at; nothing in it can be relied on.' : found.says;
  const claim = paragraph(says, columns, { head: `${colors.bold(paint(word))}  `, headWidth: word.length + 2 });
  streams.out.write(`${[...layoutTable(rows, columns), '', ...claim, ...conditionLines(found, columns)].join('\n')}\n`);
  return code;
}

/** Under a conditional statement: each condition by the id it is accepted with, and what can be done about it. */
function conditionLines({ outcome, statement }: Verification, columns: number): string[] {
  const conditions = outcome === 'refused' ? [] : (statement?.predicate.conditions ?? []);
  return conditions.flatMap(({ id }) => [
    '',
    `  ${id}`,
    ...paragraph(conditionExplanations[id].whatToDo, columns, { head: '  ', headWidth: 2 }),
  ]);
}

async function writeSummary(
  found: Verification,
  certificate: Uint8Array<ArrayBuffer>,
  flags: VerifyFlags & { readonly vsa: string; readonly file: string },
  streams: Streams,
): Promise<void> {
  const key = await signingKey(flags.signWith, streams.env);
  if (key === undefined)
    throw new InputError('a verification summary is signed by who verifies: give the private key with --sign-with.', {
      code: 'E143',
    });
  const summary = await verificationSummary(found, {
    certificate,
    certificateUri: flags.file,
    policy: { acceptConditions: flags.acceptCondition ?? [] },
    verifierId: flags.verifierId,
    toolVersion: readTool().version,
    timeVerified: new Date(systemClock.wallMs()).toISOString().replace(/\.\d+Z$/, 'Z'),
  });
  if (summary === undefined)
    streams.err.write(`no summary was written: ${flags.file} holds no statement to speak of\n`);
  else await writeNamedFile('--vsa', flags.vsa, encodeEnvelope(signStatement(summary, key)));
}
