// A thread that wakes up again and again: waker.mjs INTERVAL_MS [FILE]. It does nothing, or reads one small file of the kernel that it
// holds open: what a watcher written in Node takes at least.
import { openSync, readSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2) });
  process.stdout.write('waking\n');
} else {
  const [intervalMs, path] = [Number(workerData[0]), workerData[1]];
  const file = path === undefined ? undefined : openSync(path, 'r');
  const never = new Int32Array(new SharedArrayBuffer(4));
  const buffer = Buffer.alloc(4096);
  const turn = () => {
    Atomics.wait(never, 0, 0, intervalMs);
    if (file !== undefined) readSync(file, buffer, 0, buffer.length, 0);
  };
  for (;;) turn();
}
