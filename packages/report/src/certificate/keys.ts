import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { InputError } from '@preopen/core';

/** A key that signs. */
export interface SigningKey {
  readonly key: KeyObject;
  /** SHA-256 of the public key's SPKI DER, 64 hex digits. */
  readonly id: string;
  /** SPKI PEM. */
  readonly publicPem: string;
}

const idOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');

const withPublic = (key: KeyObject): SigningKey => {
  const publicKey = createPublicKey(key);
  return { key, id: idOf(publicKey), publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string };
};

/** A new Ed25519 key pair; the private part as PKCS#8 PEM. */
export function generateSigningKey(): SigningKey & { readonly privatePem: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...withPublic(privateKey), privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/**
 * Reads a private key: PKCS#8 PEM, or base64 of it, as fits into an environment variable.
 * @param at where it came from, for messages; the text itself never stands in one
 * @throws InputError (E141) if it is no Ed25519 private key
 */
export function readSigningKey(text: string, at: string): SigningKey {
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new InputError(`${at} holds no private key: a PKCS#8 PEM is expected. preopen keygen makes one.`, {
      code: 'E141',
      at,
      cause,
    });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new InputError(
      `${at} holds a key of type ${key.asymmetricKeyType}; Ed25519 is expected. preopen keygen makes one.`,
      {
        code: 'E141',
        at,
      },
    );
  }
  return withPublic(key);
}
