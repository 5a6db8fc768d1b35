import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, parseResults, writeFileAtomic } from '@preopen/core';
import { renderCertificatePage } from './certificate-page.ts';
import { type Certified, certify } from './certify.ts';
import type { SigningKey } from './keys.ts';
import { readLedgerFolder } from './ledger.ts';

/**
 * Certifies the run in a folder and writes what comes of it beside its results: `certificate.dsse.json`,
 * `certificate.intoto.jsonl` and the printable `certificate.html`; without a key `certificate.draft.json` and the page.
 * What an earlier call left is replaced, so that a draft never lies beside a certificate of other bytes.
 * @param options.configPath the config file, whose digest becomes a subject
 * @throws InputError if the folder holds no results document
 */
export async function writeCertificate(
  dir: string,
  options: {
    readonly key: SigningKey | undefined;
    readonly ledgerDir: string;
    readonly configPath?: string;
    readonly validDays?: number;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
  },
): Promise<{ readonly certified: Certified; readonly files: readonly string[] }> {
  const { key, ledgerDir, configPath, validDays, nowMs } = options;
  const path = join(dir, 'results.json');
  const resultsBytes = new Uint8Array(
    await readFile(path).catch((cause: Error) => {
      throw new InputError(`cannot read ${path}: ${cause.message}. Give the folder of a finished run.`, {
        code: 'E122',
        at: path,
        cause,
      });
    }),
  );
  const results = await parseResults(new TextDecoder().decode(resultsBytes), path);
  const config = configPath === undefined ? undefined : await readFile(configPath);
  const certified = await certify(results, {
    resultsBytes,
    ...(key === undefined ? {} : { key }),
    ledger: await readLedgerFolder(ledgerDir),
    ...(config === undefined ? {} : { configDigest: createHash('sha256').update(config).digest('hex') }),
    ...(validDays === undefined ? {} : { validDays }),
    nowMs,
  });
  const made: (readonly [string, string | Uint8Array])[] = [
    [key === undefined ? 'certificate.draft.json' : 'certificate.dsse.json', certified.envelope],
    ...(certified.testResult === undefined ? [] : [['certificate.intoto.jsonl', certified.testResult] as const]),
    ['certificate.html', await renderCertificatePage(certified)],
  ];
  for (const name of ['certificate.dsse.json', 'certificate.draft.json', 'certificate.intoto.jsonl'])
    await rm(join(dir, name), { force: true });
  for (const [name, content] of made) await writeFileAtomic(join(dir, name), content);
  return { certified, files: made.map(([name]) => name) };
}
