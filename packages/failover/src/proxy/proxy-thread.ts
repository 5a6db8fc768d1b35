import { parentPort, workerData } from 'node:worker_threads';
import { type OpenProxy, openProxy, type ProxyOptions } from './open-proxy.ts';
import type { NumberedOrder, ProxyMessage, ProxyOrder } from './proxy-messages.ts';

// Entry of the thread that holds a proxy: whatever keeps the measuring thread busy does not delay what passes through.

const say = (message: ProxyMessage): void => parentPort!.postMessage(message);
const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

async function obey(proxy: OpenProxy, order: ProxyOrder): Promise<void> {
  if (order.what === 'set') await proxy.set(order.toxic);
  else if (order.what === 'remove') await proxy.remove(order.name);
  else if (order.what === 'close') await proxy.close();
}

try {
  const proxy = await openProxy(workerData as ProxyOptions);
  parentPort!.on('message', ({ id, order }: NumberedOrder) => {
    obey(proxy, order).then(
      () => say({ type: 'done', id, toxics: proxy.toxics() }),
      (cause: unknown) => say({ type: 'failed', id, message: wordsOf(cause) }),
    );
  });
  say({ type: 'listening', host: proxy.host, port: proxy.port });
} catch (cause) {
  say({ type: 'failed', id: undefined, message: wordsOf(cause) });
}
