import { parentPort, workerData } from 'node:worker_threads';
import type { SleeperMemory } from './alarm.ts';

// Entry of the thread that sleeps until the next request is due and wakes the one that sends. A timer of the sending
// thread would be up to a millisecond late, and asking the clock all the time would cost a core.

const { times, words } = workerData as SleeperMemory;
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

parentPort?.postMessage('ready');
for (;;) {
  const order = Atomics.load(words, 0);
  if (order < 0) break;
  const restMs = times[0]! - nowMs();
  // An order that comes meanwhile ends the sleep; so does the time, and then the sender is woken.
  const woken = restMs > 0 ? Atomics.wait(words, 0, order, Math.min(restMs, 60_000)) : 'timed-out';
  if (woken !== 'timed-out' || times[0]! > nowMs() + 0.02) continue;
  Atomics.store(words, 1, order);
  Atomics.notify(words, 1);
  Atomics.wait(words, 0, order);
}
