import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type InferenceServer, readRequestBody } from '@preopen/core';
import { Hono } from 'hono';
import type { App } from './listen.ts';

/**
 * The Open Inference Protocol as routes. Bodies are read from Node's request and written to its response: two megabytes through
 * a web stream take twice as long, and the platform's `Response` costs a single stock a quarter of its rate.
 * @param isClosing then each answer asks for its connection to be closed
 */
export function inferenceApp(
  inference: InferenceServer,
  options: { readonly maxBodyBytes: number; readonly isClosing: () => boolean },
): App {
  const app: App = new Hono();
  app.all('*', async ({ env: { incoming, outgoing } }) => {
    const answer = await inference.answer({
      // Node's server gives both.
      method: incoming.method!,
      url: incoming.url!,
      headers: incoming.headers,
      readBody: () => readRequestBody(incoming, options.maxBodyBytes),
    });
    outgoing.writeHead(answer.status, {
      ...answer.headers,
      ...(options.isClosing() && { connection: 'close' }),
      'content-length': Buffer.byteLength(answer.body),
    });
    outgoing.end(answer.body);
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}
