import { type Bytes, fromBase64, sameBytes, sha256, toBase64, utf8 } from './bytes.ts';

/** The payload type of in-toto statements. */
export const inTotoPayloadType = 'application/vnd.in-toto+json';

/** A DSSE envelope. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Bytes;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Bytes }[];
}

/**
 * What is signed: the payload with its type, lengths before both, so that neither can run into the other.
 * Source: DSSE v1, PAE
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Bytes {
  const head = utf8(`DSSEv1 ${utf8(payloadType).length} ${payloadType} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}

/** The one form in which our envelopes stand in files: two spaces, padded base64, one newline at the end. */
export function encodeEnvelope({ payload, payloadType, signatures }: Envelope): Bytes {
  const document = {
    payload: toBase64(payload),
    payloadType,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) })),
  };
  return utf8(`${JSON.stringify(document, null, 2)}\n`);
}

const maxBytes = 4 * 1024 * 1024;

/** An envelope, or why the bytes are none of ours. */
export type Opened =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'refused'; readonly why: string };

const refused = (why: string): Opened => ({ kind: 'refused', why });

/** JSON of UTF-8 bytes; `undefined` where they are none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * Opens an envelope strictly: the bytes must be exactly those that `encodeEnvelope` writes. DSSE itself leaves white
 * space, the key id and the tail of base64 outside of the signature: an ordinary verifier accepts 1.3 % of all
 * single-byte changes of such a file.
 */
export function openEnvelope(bytes: Uint8Array): Opened {
  if (bytes.length > maxBytes) return refused(`it has ${bytes.length} bytes; a certificate has less than 4 MiB`);
  const parsed = parseJson(bytes) as { payload?: unknown; payloadType?: unknown; signatures?: unknown } | undefined;
  if (typeof parsed !== 'object' || parsed === null) return refused('it is not a JSON object in UTF-8');
  if (typeof parsed.payload !== 'string' || typeof parsed.payloadType !== 'string' || !Array.isArray(parsed.signatures))
    return refused('it is not a DSSE envelope: payload, payloadType and signatures are expected');
  const payload = fromBase64(parsed.payload);
  const signatures = (parsed.signatures as ({ keyid?: unknown; sig?: unknown } | null)[]).map((signature) => ({
    keyid: signature?.keyid,
    sig: typeof signature?.sig === 'string' ? fromBase64(signature.sig) : undefined,
  }));
  const isWhole = (one: { keyid: unknown; sig: Bytes | undefined }): one is { keyid: string; sig: Bytes } =>
    typeof one.keyid === 'string' && one.sig !== undefined;
  if (payload === undefined || !signatures.every(isWhole)) return refused('its payload or a signature is not base64');
  const envelope: Envelope = { payload, payloadType: parsed.payloadType, signatures };
  if (!sameBytes(encodeEnvelope(envelope), bytes))
    return refused('its bytes are not in the one form that is written: something was changed after it was made');
  return { kind: 'envelope', envelope };
}

/** A public key that can be verified with, and its id: SHA-256 of its SPKI DER. */
export interface PublicKey {
  readonly id: string;
  verify(signature: Bytes, signed: Bytes): Promise<boolean>;
}

/** What stands before the 32 bytes of every Ed25519 public key in SPKI DER (RFC 8410). */
const ed25519Prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/** The key that was read last: whoever verifies many files holds them against the same text. */
let lastRead: { readonly pem: string; readonly key: Promise<PublicKey | undefined> } | undefined;

/**
 * Reads an Ed25519 public key in PEM (`-----BEGIN PUBLIC KEY-----`).
 * @returns `undefined` if the text is no such key
 */
export function readPublicKey(pem: string): Promise<PublicKey | undefined> {
  if (lastRead?.pem !== pem) lastRead = { pem, key: importPublicKey(pem) };
  return lastRead.key;
}

async function importPublicKey(pem: string): Promise<PublicKey | undefined> {
  const body = /-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----/.exec(pem)?.[1];
  const der = body === undefined ? undefined : fromBase64(body.replace(/\s/g, ''));
  if (der?.length !== 44 || !ed25519Prefix.every((byte, i) => der[i] === byte)) return undefined;
  const key = await crypto.subtle.importKey('spki', der, 'Ed25519', false, ['verify']).catch(() => undefined);
  if (key === undefined) return undefined;
  return {
    id: await sha256(der),
    verify: (signature, signed) => crypto.subtle.verify('Ed25519', key, signature, signed),
  };
}
