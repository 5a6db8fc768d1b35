import { Hono } from 'hono';
import type { App } from './listen.ts';
import type { ServiceMetrics } from './metrics.ts';

/**
 * What operators ask of a service, on a port of its own, so that it answers while predictions queue and is not reachable
 * where they are: `GET /metrics` (Prometheus) and `POST /reload`.
 * @param options.reload reads the model's file again; its message is told to whoever asked
 */
export function adminApp(options: { readonly metrics: ServiceMetrics; readonly reload: () => Promise<void> }): App {
  const app: App = new Hono();
  app.get('/metrics', (context) =>
    context.body(options.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4' }),
  );
  app.post('/reload', async (context) => {
    try {
      await options.reload();
      return context.json({ reloaded: true });
    } catch (error) {
      return context.json({ error: (error as Error).message }, 409);
    }
  });
  app.notFound((context) => context.json({ error: 'there is GET /metrics and POST /reload' }, 404));
  return app;
}
