import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { ServiceInput } from '@preopen/core';
import type { Guess } from './guesses.ts';

const askMs = 500;
/** More ports than these are a machine full of other things. */
const mostPorts = 64;

/** Ports on which somebody listens on this machine; empty where `/proc` does not tell. */
export function listeningPorts(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): number[] {
  const ports = new Set<number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text = '';
    try {
      text = read(table);
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      // Slot, local address:port in hexadecimal, remote, state; 0A is LISTEN.
      const [, local = '', , state] = line.trim().split(/\s+/);
      if (state === '0A') ports.add(Number.parseInt(local.split(':')[1] ?? '', 16));
    }
  }
  return [...ports].filter((port) => port > 0).sort((a, b) => a - b);
}

/** Status and body of one question on loopback; `undefined` where none came in time. */
function ask(
  method: 'GET' | 'POST',
  port: number,
  path: string,
): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, method, agent: false, timeout: askMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 1 << 16) call.destroy();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('timeout', () => call.destroy());
    call.on('close', () => resolve(undefined));
    call.on('error', () => resolve(undefined));
    call.end();
  });
}

/** Names of its models, where a service lists them (the protocol's repository extension). */
async function modelsAt(port: number): Promise<readonly string[]> {
  const answer = await ask('POST', port, '/v2/repository/index');
  if (answer?.status !== 200) return [];
  try {
    const said: unknown = JSON.parse(answer.text);
    if (!Array.isArray(said)) return [];
    return said.map((one: { name?: unknown }) => one?.name).filter((name): name is string => typeof name === 'string');
  } catch {
    return [];
  }
}

/** Services on this machine that are ready by the Open Inference Protocol. One question a port, on loopback. */
export async function findRunningServices(ports: readonly number[]): Promise<Guess<ServiceInput>[]> {
  const found: Guess<ServiceInput>[] = [];
  for (const port of ports.slice(0, mostPorts)) {
    const ready = await ask('GET', port, '/v2/health/ready');
    if (ready?.status !== 200) continue;
    const models = await modelsAt(port);
    const url = `http://127.0.0.1:${port}`;
    for (const model of models.length > 0 ? models : ['model'])
      found.push({
        why: `port ${port} answers as an Open Inference Protocol service`,
        input: { url, model },
        ...(models.length > 0 ? {} : { check: 'It does not list its models: correct `model`.' }),
      });
  }
  return found;
}
