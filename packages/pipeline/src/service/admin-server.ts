import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceMetrics } from './metrics.ts';

/**
 * What operators ask of a service, on a port of its own, so that it answers while predictions queue and is not reachable
 * where they are: `GET /metrics` (Prometheus) and `POST /reload`.
 */
export async function startAdminServer(options: {
  readonly host: string;
  readonly port: number;
  readonly metrics: ServiceMetrics;
  /** Reads the model's file again; its message is told to whoever asked. */
  readonly reload: () => Promise<void>;
}): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host, metrics, reload } = options;
  const answer = async (method: string | undefined, path: string | undefined): Promise<[number, string, string]> => {
    if (path === '/metrics' && method === 'GET') return [200, 'text/plain; version=0.0.4', metrics.text()];
    if (path === '/reload' && method === 'POST') {
      try {
        await reload();
        return [200, 'application/json', '{"reloaded":true}\n'];
      } catch (error) {
        return [409, 'application/json', `${JSON.stringify({ error: (error as Error).message })}\n`];
      }
    }
    return [404, 'application/json', '{"error":"there is GET /metrics and POST /reload"}\n'];
  };
  const server = createServer((request, response) => {
    request.resume();
    answer(request.method, request.url).then(
      ([status, type, body]) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.destroy(),
    );
  });
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
