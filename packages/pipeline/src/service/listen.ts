import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { InputError } from '@preopen/core';
import type { Hono } from 'hono';

/** Routes over Node's HTTP server, whose request they may read. */
export type App = Hono<{ Bindings: HttpBindings }>;

/** Longer than any client's pause, so that a kept connection is not closed just as a request is under way. */
const keepAliveMs = 65_000;

/**
 * Puts routes on an address.
 * @throws InputError if it cannot be listened on
 */
export async function listen(
  app: App,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly server: Server; readonly url: string }> {
  // Hono's light Request and Response would take the place of the platform's in all of the user's program.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  server.keepAliveTimeout = keepAliveMs;
  server.listen(port, host);
  await once(server, 'listening').catch((cause: Error) => {
    throw new InputError(`cannot listen on ${host}:${port}: ${cause.message}`, { cause });
  });
  const address = server.address() as AddressInfo;
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}` };
}
