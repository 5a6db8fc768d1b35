import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import type { EncodedRequest, RunningService } from '@preopen/core';
import { available, type Fault } from './fault.ts';

/** Requests that are wrong in one way each, made from a right one. */
function wrongRequests(service: RunningService): readonly EncodedRequest[] {
  const right = service.codec.encode(service.batch(2, 1), service.model);
  const body = right.body ?? new Uint8Array();
  const withBody = (other: Uint8Array): EncodedRequest => ({ ...right, body: other });
  const flipped = Uint8Array.from(body, (byte, i) => (i % 7 === 0 ? byte ^ 0xff : byte));
  return [
    withBody(new Uint8Array()),
    withBody(body.subarray(0, body.length >> 1)),
    withBody(flipped),
    withBody(Buffer.from('{"inputs":[{"name":"input","shape":[1,-1],"datatype":"FP64","data":[null]}]}')),
    withBody(Buffer.from('[]')),
    { ...right, path: `${right.path}/none` },
    { ...right, method: 'DELETE', body: null },
  ];
}

/** Wrong requests under way at a time; a service that hangs on them does not pile up more. */
const mostUnderWay = 16;

/**
 * Sends requests that raise an exception in whoever reads them: empty, cut off, garbled, of impossible shapes, to no such
 * path. A service refuses them one by one and serves the others on.
 */
export function sendWrongRequests(durationMs: number, ratePerSecond = 100): Fault {
  return {
    id: 'exceptions',
    title: `${ratePerSecond} wrong requests a second for ${durationMs} ms`,
    touches: 'address',
    reaches: 'target',
    durationMs,
    probe: async () => available,
    async inject({ service, signal }) {
      const isSecure = service.url.protocol === 'https:';
      const agent = new (isSecure ? SecureAgent : Agent)({ keepAlive: true, maxSockets: mostUnderWay });
      const requests = wrongRequests(service);
      const base = service.url.pathname.replace(/\/+$/, '');
      let sent = 0;
      let underWay = 0;
      let onFirst: () => void = () => undefined;
      const first = new Promise<void>((resolve) => {
        onFirst = resolve;
      });
      const over = (): void => {
        underWay--;
        onFirst();
      };
      const fire = (): void => {
        if (underWay >= mostUnderWay) return;
        const { method, path, headers, body } = requests[sent++ % requests.length]!;
        underWay++;
        const request = (isSecure ? httpsRequest : httpRequest)(
          service.url,
          {
            agent,
            method,
            path: `${base}${path}`,
            headers: { ...headers, 'content-length': body?.length ?? 0 },
            timeout: 2000,
          },
          (response) => response.resume(),
        );
        request.once('timeout', () => request.destroy());
        request.once('error', () => undefined);
        request.once('close', over);
        request.end(body ?? undefined);
      };
      const timer = setInterval(fire, 1000 / ratePerSecond);
      const undo = async (): Promise<void> => {
        clearInterval(timer);
        agent.destroy();
      };
      signal.addEventListener('abort', () => void undo(), { once: true });
      await first;
      return undo;
    },
  };
}
