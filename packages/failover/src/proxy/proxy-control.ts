import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { InputError } from '@preopen/core';
import { endpointOf, isLoopback } from './fault-proxy.ts';
import { ProxyBook, RefusedError, type WireProxy } from './proxy-book.ts';

/** A server that makes, changes and removes fault proxies over HTTP, by the paths and names of Toxiproxy's API. */
export interface ProxyControl {
  /** Where it is asked: `http://127.0.0.1:8474`. */
  readonly url: string;
  /** Makes a proxy, as `POST /proxies` does. */
  create(proxy: { readonly name: string; readonly upstream: string; readonly listen?: string }): Promise<WireProxy>;
  /** Ends the server and all proxies; what they had open is broken. */
  close(): Promise<void>;
}

/** How a control server is set up. */
export interface ProxyControlOptions {
  /** `host:port`. Default `127.0.0.1:8474`, as with Toxiproxy. Another than a loopback address needs `allowRemote`. */
  readonly listen?: string;
  /** Same seed, same faults: see `faultProxy`. Default 1. */
  readonly seed?: number;
  /** Set to be asked by other machines and to pass on to them; who reaches the server then can send traffic through this one. */
  readonly allowRemote?: boolean;
  /** What `GET /version` says. */
  readonly version?: string;
}

const mostBodyBytes = 1 << 20;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // The rest is read and dropped: an answer in the middle of a request does not reach its sender.
    if (length <= mostBodyBytes) parts.push(part);
  }
  if (length > mostBodyBytes) throw new RefusedError(413, `the body is longer than ${mostBodyBytes} bytes`);
  const body = Buffer.concat(parts).toString('utf8');
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    throw new RefusedError(400, `bad request body: expected JSON: ${(cause as Error).message}`);
  }
}

/** An answer: status, and what is said in JSON. */
interface Said {
  readonly status: number;
  readonly body?: unknown;
}

const ok = (body: unknown): Said => ({ status: 200, body });
const created = (body: unknown): Said => ({ status: 201, body });
const nothing: Said = { status: 204 };

type Handler = (
  book: ProxyBook,
  names: readonly string[],
  body: () => Promise<unknown>,
  version: string,
) => Promise<Said> | Said;

/** Each path of the API, its names as `*`, and what its methods do. */
const routes: readonly (readonly [path: string, methods: Readonly<Record<string, Handler>>])[] = [
  ['/version', { GET: (_book, _names, _body, version) => ok({ version }) }],
  [
    '/proxies',
    { GET: (book) => ok(book.proxies()), POST: async (book, _names, body) => created(await book.create(await body())) },
  ],
  ['/populate', { POST: async (book, _names, body) => created({ proxies: await book.populate(await body()) }) }],
  [
    '/reset',
    {
      POST: async (book) => {
        await book.reset();
        return nothing;
      },
    },
  ],
  [
    '/proxies/*',
    {
      GET: (book, [name]) => ok(book.proxy(name!)),
      PATCH: async (book, [name], body) => ok(await book.update(name!, await body())),
      DELETE: async (book, [name]) => {
        await book.remove(name!);
        return nothing;
      },
    },
  ],
  [
    '/proxies/*/toxics',
    {
      GET: (book, [name]) => ok(book.proxy(name!).toxics),
      POST: async (book, [name], body) => ok(await book.addToxic(name!, await body())),
    },
  ],
  [
    '/proxies/*/toxics/*',
    {
      GET: (book, [name, toxic]) => ok(book.toxic(name!, toxic!)),
      PATCH: async (book, [name, toxic], body) => ok(await book.changeToxic(name!, toxic!, await body())),
      DELETE: async (book, [name, toxic]) => {
        await book.removeToxic(name!, toxic!);
        return nothing;
      },
    },
  ],
];

/** Older clients change things with POST. */
const handlerOf = (methods: Readonly<Record<string, Handler>>, method: string): Handler | undefined =>
  methods[method] ?? (method === 'POST' ? methods.PATCH : undefined);

/** @throws RefusedError for a % that no two hexadecimal digits follow, or bytes that are no UTF-8 */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new RefusedError(400, `“${part}” in the path is no percent-encoded UTF-8; a % itself is written %25`, {
      cause,
    });
  }
}

/** @throws RefusedError for what is no path, such as `//[` */
function pathOf(url: string): string {
  try {
    return new URL(url, 'http://localhost').pathname.replace(/(?<=.)\/$/, '');
  } catch (cause) {
    throw new RefusedError(400, `“${url}” is no path`, { cause });
  }
}

function find(path: string): readonly [Readonly<Record<string, Handler>>, readonly string[]] | undefined {
  const parts = path.split('/');
  for (const [pattern, methods] of routes) {
    const wanted = pattern.split('/');
    if (wanted.length !== parts.length) continue;
    if (!wanted.every((part, i) => (part === '*' ? parts[i] !== '' : part === parts[i]))) continue;
    return [methods, parts.filter((_, i) => wanted[i] === '*').map(decoded)];
  }
  return undefined;
}

/** A page in a browser must not be able to break anything: it names itself, or asks by a name that is made to lead here. */
function refuseBrowsers({ headers }: IncomingMessage, isLocal: boolean): void {
  if (headers.origin !== undefined) throw new RefusedError(403, 'requests of web pages are not answered');
  const host = headers.host ?? '';
  if (isLocal && !isLoopback(endpointOf(`http://${host}`, 'host').host))
    throw new RefusedError(403, `asked as “${host}”: this server answers to its loopback address alone`);
}

async function answer(
  request: IncomingMessage,
  book: ProxyBook,
  { isLocal, version }: { readonly isLocal: boolean; readonly version: string },
): Promise<Said> {
  refuseBrowsers(request, isLocal);
  const path = pathOf(request.url ?? '/');
  const found = find(path);
  if (!found)
    throw new RefusedError(404, `there is nothing at ${path}; known are ${routes.map(([known]) => known).join(', ')}`);
  const [methods, names] = found;
  const handler = handlerOf(methods, request.method ?? 'GET');
  if (!handler) throw new RefusedError(405, `${path} knows ${Object.keys(methods).join(', ')}, not ${request.method}`);
  return handler(book, names, () => bodyOf(request), version);
}

function refusal(cause: unknown): Said {
  const status = cause instanceof RefusedError ? cause.status : cause instanceof InputError ? 400 : 500;
  return { status, body: { error: cause instanceof Error ? cause.message : String(cause), status } };
}

/**
 * Starts a server on which fault proxies are made and their toxics changed over HTTP, as clients of Toxiproxy do it. It ends
 * with `close`, and with this process.
 * @throws InputError for an address that is not allowed; Error where the port is taken
 */
export async function proxyControl({
  listen = '127.0.0.1:8474',
  seed = 1,
  allowRemote = false,
  version = 'preopen',
}: ProxyControlOptions = {}): Promise<ProxyControl> {
  const { host, port } = endpointOf(listen, 'listen');
  const isLocal = isLoopback(host);
  if (!isLocal && !allowRemote) {
    throw new InputError(
      `listen: ${host} can be reached from other machines, which could then break connections here. Use 127.0.0.1, or set \`allowRemote\`.`,
      { at: 'listen' },
    );
  }
  const book = new ProxyBook({ seed, allowRemote });
  const server = createServer((request, response: ServerResponse) => {
    void answer(request, book, { isLocal, version })
      .catch(refusal)
      .then(({ status, body }) => {
        response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as { port: number };
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    create: (proxy) => book.create(proxy),
    close() {
      closing ??= (async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await book.close();
        await closed;
      })();
      return closing;
    },
  };
}
