import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock, RunningService } from '@preopen/core';

/** Looks at what a service says of its own health. */
export interface HealthWatch {
  /** Whether it said that it was well before anything was broken; without that its word means nothing. */
  isTelling(): boolean;
  /** When it first was not well, from a moment on; `undefined` if that was not seen. */
  firstUnwellMs(fromMs: number): number | undefined;
  stop(): void;
}

const everyMs = 50;
/** As patient as load balancers usually are. */
const patienceMs = 1000;

function ask(url: URL): Promise<boolean> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(url, { agent: false, timeout: patienceMs }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      response.once('end', () => resolve(statusCode >= 200 && statusCode < 300));
      response.once('error', () => resolve(false));
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', () => resolve(false));
    request.end();
  });
}

/**
 * Asks the health address of a service again and again, each time over a connection of its own, as a load balancer does.
 * Default path: that of the Open Inference Protocol.
 */
export function watchHealth(service: RunningService, clock: Clock, path = '/v2/health/ready'): HealthWatch {
  const url = new URL(`${service.url.pathname.replace(/\/+$/, '')}${path}`, service.url);
  const unwellMs: number[] = [];
  let wasWell = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const isWell = await ask(url);
    if (isStopped) return;
    if (isWell) wasWell = true;
    else if (wasWell) unwellMs.push(clock.nowMs());
    // A service without such an address is not asked for ever.
    if (wasWell || clock.nowMs() - startMs < patienceMs) timer = setTimeout(() => void look(), everyMs);
  };
  const startMs = clock.nowMs();
  void look();
  return {
    isTelling: () => wasWell,
    firstUnwellMs: (fromMs) => unwellMs.find((atMs) => atMs >= fromMs),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
