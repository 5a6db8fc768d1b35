import { writeFile } from 'node:fs/promises';
import { InputError } from '@preopen/core';
import { generateSigningKey } from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** `preopen keygen`: a new pair of files; nothing is ever overwritten. */
export async function keygenCommand(name: string, asJson: boolean, streams: Streams): Promise<ExitCode> {
  const { privatePem, publicPem, id } = generateSigningKey();
  const files = { privateKey: `${name}.key.pem`, publicKey: `${name}.pub.pem` };
  try {
    await writeFile(files.privateKey, privatePem, { flag: 'wx', mode: 0o600 });
    await writeFile(files.publicKey, publicPem, { flag: 'wx' });
  } catch (cause) {
    const hint =
      (cause as NodeJS.ErrnoException).code === 'EEXIST'
        ? 'a key is never overwritten; give another name with --out'
        : 'nothing was written over';
    throw new InputError(`cannot write the key: ${(cause as Error).message}: ${hint}.`, { code: 'E142', cause });
  }
  if (asJson) streams.out.write(`${JSON.stringify({ ...files, keyId: id }, null, 2)}\n`);
  else {
    streams.out.write(
      `  private key  ${files.privateKey}   keep it secret; in CI put its text into PREOPEN_SIGNING_KEY\n` +
        `  public key   ${files.publicKey}   give it to whoever verifies, by another way than the certificates\n` +
        `  key id       ${id}\n`,
    );
  }
  return exitCodes.ok;
}
