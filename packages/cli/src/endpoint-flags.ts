import { readFileSync } from 'node:fs';
import { type AddressOptions, InputError } from '@preopen/core';

/** Flags that say what stands at an address; `program/ad-hoc-flags.ts` declares them. */
export interface EndpointFlags {
  readonly model?: string;
  readonly features?: number;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly body?: string;
}

function bodyOf(text: string): Uint8Array {
  if (!text.startsWith('@')) return Buffer.from(text, 'utf8');
  const path = text.slice(1);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new InputError(`--body ${text}: ${path} cannot be read: ${(cause as Error).message}`, { cause, at: path });
  }
}

/**
 * Reads them.
 * @throws InputError for a header without a colon, or a file that cannot be read
 */
export function addressOptions({ model, features, method, header = [], body }: EndpointFlags): AddressOptions {
  const headers = header.map((line): [string, string] => {
    const at = line.indexOf(':');
    if (at < 1) throw new InputError(`--header “${line}”: expected “name: value”.`, { at: line });
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return {
    headers: Object.fromEntries(headers),
    ...(model === undefined ? {} : { model }),
    ...(features === undefined ? {} : { features }),
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body: bodyOf(body) }),
  };
}
