import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { existsSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolverVariables } from './resolver-variables.ts';

// Loaded by `--require` into Node services whose name resolution is to fail: one name means this machine, until a file is
// there; then it cannot be resolved, as when the name server does not answer. Other names are none of its business.

const { [resolverVariables.name]: name, [resolverVariables.file]: file } = process.env;

type Callback = (error: NodeJS.ErrnoException | null, address?: string | LookupAddress[], family?: number) => void;

/** @throws Error EAI_AGAIN while the file is there */
function answer(wanted: string): LookupAddress {
  if (existsSync(file!)) {
    const failure: NodeJS.ErrnoException = new Error(`getaddrinfo EAI_AGAIN ${wanted}`);
    throw Object.assign(failure, { code: 'EAI_AGAIN', errno: -3001, syscall: 'getaddrinfo', hostname: wanted });
  }
  return { address: '127.0.0.1', family: 4 };
}

if (name && file) {
  const { lookup, promises } = dns;
  const { lookup: lookupPromise } = promises;
  const optionsOf = (given: unknown): LookupOptions =>
    typeof given === 'object' && given !== null ? (given as LookupOptions) : {};

  dns.lookup = ((wanted: string, ...rest: [unknown, Callback?] | [Callback]) => {
    if (wanted !== name) return (lookup as (...all: unknown[]) => void)(wanted, ...rest);
    const callback = rest.at(-1) as Callback;
    const options = optionsOf(rest[0]);
    // Later, as a resolver would: callers rely on it.
    setImmediate(() => {
      try {
        const found = answer(wanted);
        if (options.all) callback(null, [found]);
        else callback(null, found.address, found.family);
      } catch (cause) {
        callback(cause as NodeJS.ErrnoException);
      }
    });
  }) as typeof dns.lookup;

  promises.lookup = (async (wanted: string, given?: unknown) => {
    if (wanted !== name) return (lookupPromise as (...all: unknown[]) => Promise<unknown>)(wanted, given);
    const found = answer(wanted);
    return optionsOf(given).all ? [found] : found;
  }) as typeof promises.lookup;

  syncBuiltinESMExports();
  // Tells whoever started this that names are resolved here.
  writeFileSync(`${file}.loaded-${process.pid}`, '');
}
