import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError, systemClock, writeFileAtomic } from '@preopen/core';
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
import { signingKey } from '../signing-key.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { layoutTable } from '../terminal/table.ts';
import { readTool } from '../tool.ts';

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

const read = async (path: string, what: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new InputError(`cannot read ${what} ${path}: ${(cause as Error).message}`, { code: 'E122', at: path, cause });
  }
};

function exitCodeOf(found: Verification, accepted: boolean): ExitCode {
  if (found.outcome === 'refused' || found.verdict === 'fail') return exitCodes.failed;
  return accepted ? exitCodes.ok : exitCodes.undecided;
}

/** `preopen verify FILE`: what is found, one line a step, and the claim in a sentence. */
export async function verifyCommand(file: string, flags: VerifyFlags, streams: Streams): Promise<ExitCode> {
  const path = statSync(file, { throwIfNoEntry: false })?.isDirectory() ? join(file, 'certificate.dsse.json') : file;
  const beside = join(dirname(path), 'results.json');
  const resultsPath = flags.results ?? (existsSync(beside) ? beside : undefined);
  const certificate = await read(path, 'the certificate');
  const found = await verify({
    certificate,
    ...(flags.key === undefined ? {} : { key: new TextDecoder().decode(await read(flags.key, 'the key')) }),
    ...(resultsPath === undefined ? {} : { results: await read(resultsPath, 'the results') }),
    ...(flags.ledger === undefined ? {} : { ledger: await readLedgerFolder(flags.ledger) }),
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
  streams.out.write(`${layoutTable(rows, columns).join('\n')}\n\n  ${colors.bold(paint(word))}  ${says}\n`);
  return code;
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
  else await writeFileAtomic(flags.vsa, encodeEnvelope(signStatement(summary, key)));
}
