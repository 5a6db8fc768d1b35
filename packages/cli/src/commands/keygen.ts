import { rm, writeFile } from 'node:fs/promises';
import { InputError } from '@preopen/core';
import { generateSigningKey } from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { layoutTable } from '../terminal/table.ts';

function whyNot({ code, path = '', message }: NodeJS.ErrnoException, name: string): string {
  switch (code) {
    case 'EEXIST':
      return `there is a ${path} already, and a key is never overwritten. Give another name with --out.`;
    case 'ENOENT':
      return `the folder of ${path} does not exist. Make it, or give another name than ${name} with --out.`;
    default:
      return `cannot write the key: ${message}.`;
  }
}

/** `preopen keygen`: a new pair of files; nothing is ever overwritten. */
export async function keygenCommand(name: string, asJson: boolean, streams: Streams): Promise<ExitCode> {
  const { privatePem, publicPem, id } = generateSigningKey();
  const files = { privateKey: `${name}.key.pem`, publicKey: `${name}.pub.pem` };
  try {
    await writeFile(files.publicKey, publicPem, { flag: 'wx' });
    await writeFile(files.privateKey, privatePem, { flag: 'wx', mode: 0o600 }).catch(async (cause: unknown) => {
      // Half a pair is of use to nobody.
      await rm(files.publicKey, { force: true });
      throw cause;
    });
  } catch (cause) {
    throw new InputError(whyNot(cause as NodeJS.ErrnoException, name), { code: 'E142', cause });
  }
  if (asJson) streams.out.write(`${JSON.stringify({ ...files, keyId: id }, null, 2)}\n`);
  else {
    const rows = [
      ['private key', files.privateKey, 'keep it secret; in CI put its text into PREOPEN_SIGNING_KEY'],
      ['public key', files.publicKey, 'give it to whoever verifies, by another way than the certificates'],
    ].map((row) => row.map((text) => ({ text })));
    const lines = layoutTable(rows, stylesOf(streams, 'auto').out.columns);
    streams.out.write(`${[...lines, `  key id       ${id}`].join('\n')}\n`);
  }
  return exitCodes.ok;
}
