import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, listeningPorts, type ServiceConfig, targetAtAddress } from '@preopen/core';

/** How often it is looked whether a command listens by now. */
const lookEveryMs = 200;
/** Whatever a service does before it answers. */
const readyTimeoutMs = 60_000;

/**
 * A command that turns out to be a service: `GET /` at the first port that its processes listen on, once they do.
 * @throws the signal's reason if it is aborted before, as when the command has ended
 */
export async function listeningService(pids: () => readonly number[], signal: AbortSignal): Promise<ServiceConfig> {
  for (;;) {
    const [port] = listeningPorts(pids());
    if (port !== undefined) return (await targetAtAddress(`http://127.0.0.1:${port}/`, {}, signal)).service!;
    await sleep(lookEveryMs, undefined, { signal });
  }
}

/**
 * A service at an address as one that a command starts. It is ready when it answers what it is going to be asked: a plain
 * endpoint need not have anything at `/`.
 * @throws InputError unless the service is given by its address
 */
export function startedBy(command: readonly [string, ...string[]], service: ServiceConfig): ServiceConfig {
  if (service.kind !== 'url') throw new InputError('the service of a command is given by its address: kind “url”.');
  const { codec, url, model } = service;
  const path = codec?.encode({ rows: 1, features: 1, values: new Float64Array(1) }, model).path ?? '/v2/health/ready';
  return { ...service, kind: 'command', command, readyUrl: new URL(path, url).href, readyTimeoutMs };
}
