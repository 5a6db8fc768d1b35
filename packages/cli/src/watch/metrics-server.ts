import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '@preopen/core';

/** An open metrics endpoint. */
export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves OpenMetrics text at `/metrics`, on the loopback interface alone.
 * @param port 0 takes any free one
 * @param render asked anew for each scrape
 * @throws InputError (E164) where the port cannot be had
 */
export async function serveMetrics(port: number, render: () => string): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const isMetrics = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    if (!isMetrics) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('there is /metrics\n');
      return;
    }
    response
      .writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' })
      .end(render());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new InputError(`--port ${port}: cannot listen there: ${cause.message}. Give another one, or 0 for any.`, {
          code: 'E164',
          cause,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Scrapers keep their connections.
        server.closeAllConnections();
      }),
  };
}
