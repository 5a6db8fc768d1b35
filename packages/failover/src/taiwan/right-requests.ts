import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import type { EncodedRequest } from '@preopen/core';
import { available, type Fault, type FaultSite } from '../fault.ts';

/** How often requests are handed out; a timer for each would be late by more. */
const tickMs = 5;
/** An answer that takes longer is not waited for. */
const timeoutMs = 5000;

/** Right requests beside those of the load, all at once. */
export interface RequestFlood {
  readonly id: string;
  readonly title: string;
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** Connections at most; what finds none is not sent, so that the sender's memory is bounded, too. */
  readonly mostUnderWay: number;
  /** The requests, sent in turn. */
  requests(site: FaultSite): readonly EncodedRequest[];
}

/**
 * Sends more right requests than usual, as a backlog that is worked off or a market that comes alive. Answers are read and
 * thrown away: what counts is what becomes of the requests of the load.
 */
export function flood({ id, title, ratePerSecond, durationMs, mostUnderWay, requests }: RequestFlood): Fault {
  return {
    id,
    title,
    touches: 'address',
    durationMs,
    probe: async () => available,
    async inject(site) {
      const { service, signal, clock } = site;
      const isSecure = service.url.protocol === 'https:';
      const agent = new (isSecure ? SecureAgent : Agent)({ keepAlive: true, maxSockets: mostUnderWay });
      const base = service.url.pathname.replace(/\/+$/, '');
      const payloads = requests(site);
      let handedOut = 0;
      let underWay = 0;
      const fire = (): void => {
        const { method, path, headers, body } = payloads[handedOut++ % payloads.length]!;
        if (underWay >= mostUnderWay) return;
        underWay++;
        const options = { agent, method, path: `${base}${path}`, headers, timeout: timeoutMs };
        const request = (isSecure ? httpsRequest : httpRequest)(service.url, options, (answer) => answer.resume());
        request.once('timeout', () => request.destroy());
        request.once('error', () => undefined);
        request.once('close', () => {
          underWay--;
        });
        request.end(body ?? undefined);
      };
      const startMs = clock.nowMs();
      const timer = setInterval(() => {
        const dueNow = (Math.min(durationMs, clock.nowMs() - startMs) * ratePerSecond) / 1000;
        while (handedOut < dueNow) fire();
      }, tickMs);
      const undo = async (): Promise<void> => {
        clearInterval(timer);
        agent.destroy();
      };
      signal.addEventListener('abort', () => void undo(), { once: true });
      return undo;
    },
  };
}
