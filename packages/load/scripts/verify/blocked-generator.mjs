// V6: a generator in a thread of its own whose event loop is blocked, by a planter that keeps what it planted.
// In the experiment's own thread the noise probe, which reads the process table once a second, would block too.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startService, systemClock } from '@preopen/core';
import { runLoad } from '@preopen/load';
import { watchedClock } from './stalls.mjs';

const blockMs = 50;
const everyMs = 1000;

/**
 * Open-loop load from a thread whose event loop is blocked for 50 ms each second.
 * @returns what the run came to, the times of its requests, when the planter blocked, and when the thread stood still, by the planter or
 *   otherwise, all on one clock in milliseconds
 */
export async function loadFromBlocked(service, scenario) {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { url: service.url.origin, model: service.model, scenario },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}

/** The lags that blocks alone cause: who is due in one waits for its end. */
export function plantedLagMs(dueMs, blocks) {
  let next = 0;
  return dueMs.map((due) => {
    while (next < blocks.length && blocks[next][1] <= due) next++;
    const [fromMs, toMs] = blocks[next] ?? [Number.POSITIVE_INFINITY, 0];
    return due >= fromMs ? toMs - due : 0;
  });
}

if (!isMainThread && workerData?.scenario) {
  const { url, model, scenario } = workerData;
  const { signal } = new AbortController();
  // The spinning pacer asks it all the time: where it was not asked, the thread did not run.
  const { clock, stalls } = watchedClock(systemClock);
  const context = { clock, signal, seed: 1, emit: () => undefined };
  const service = await startService(
    { kind: 'url', name: model, url, model },
    { ...context, workDir: '.', configDir: '.' },
  );
  const blocks = [];
  const block = setInterval(() => {
    const fromMs = performance.now();
    while (performance.now() < fromMs + blockMs);
    blocks.push([fromMs, performance.now()]);
  }, everyMs);
  const { recorder, state, measurements, littleResidual } = await runLoad(service, scenario, context);
  clearInterval(block);
  await service.stop();
  const columns = ['lag', 'response', 'service'].map((view) => [view, recorder.durationsMs(view, { failedMs: 5000 })]);
  const times = { dueMs: [...recorder.dueMs], ...Object.fromEntries(columns) };
  parentPort.postMessage({ state, measurements: measurements.length, littleResidual, blocks, stalls, times });
}
