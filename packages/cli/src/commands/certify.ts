import { basename, dirname, join, resolve } from 'node:path';
import { InputError, systemClock } from '@preopen/core';
import { writeCertificate } from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { resultsPathOf } from '../run-folders.ts';
import { signingKey } from '../signing-key.ts';
import type { Streams } from '../streams.ts';

/** `preopen certify RUN`: signs a finished run, or drafts what would be signed. */
export async function certifyCommand(
  run: string,
  flags: { readonly key?: string; readonly validDays?: number; readonly ledger: string; readonly json?: boolean },
  streams: Streams,
): Promise<ExitCode> {
  const path = await resultsPathOf(run);
  // Whatever else lies in the folder, what is signed is its results.json.
  if (basename(path) !== 'results.json')
    throw new InputError(`${run} is no results document: give the folder of a run, or its results.json.`, {
      code: 'E122',
      at: run,
    });
  const dir = dirname(path);
  const { certified, files } = await writeCertificate(dir, {
    key: await signingKey(flags.key, streams.env),
    ledgerDir: resolve(flags.ledger),
    ...(flags.validDays === undefined ? {} : { validDays: flags.validDays }),
    nowMs: systemClock.wallMs(),
  });
  const { title, verdict } = certified.statement.predicate;
  if (flags.json)
    streams.out.write(`${JSON.stringify({ title, verdict, keyId: certified.keyId ?? null, files }, null, 2)}\n`);
  else streams.out.write(`  ${title}\n\n${files.map((name) => `  ${join(dir, name)}`).join('\n')}\n`);
  return exitCodes.ok;
}
