import { readFile } from 'node:fs/promises';
import { InputError } from '@preopen/core';
import { readSigningKey, type SigningKey } from '@preopen/report';

/** The environment variable that holds a private key: PEM, or base64 of it. */
const variable = 'PREOPEN_SIGNING_KEY';

/** The key to sign with: from a file, else from the environment; `undefined` where there is neither. */
export async function signingKey(path: string | undefined, env: NodeJS.ProcessEnv): Promise<SigningKey | undefined> {
  if (path !== undefined) {
    const text = await readFile(path, 'utf8').catch((cause: Error) => {
      throw new InputError(`cannot read the key ${path}: ${cause.message}`, { code: 'E141', at: path, cause });
    });
    return readSigningKey(text, path);
  }
  const text = env[variable];
  return text ? readSigningKey(text, variable) : undefined;
}
