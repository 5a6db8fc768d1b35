// Every byte of one file of a verification set to every other value, each verified anew: on all cores, some at a time.
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { verify } from '../dist/index.js';

/** Verifications on their way at once in a thread: signatures are checked beside the thread that asks. */
const atOnce = 32;

/** Tries all changes of the bytes `from` up to `to` of the file `name` of a request; tells how many were not refused. */
async function tryChanges({ request, name, from, to }) {
  const file = request[name];
  let tried = 0;
  let accepted = 0;
  let batch = [];
  const settle = async () => {
    for (const { outcome } of await Promise.all(batch)) {
      tried++;
      if (outcome !== 'refused') accepted++;
    }
    batch = [];
  };
  for (let at = from; at < to; at++) {
    for (let value = 0; value < 256; value++) {
      if (value === file[at]) continue;
      const changed = file.slice();
      changed[at] = value;
      batch.push(verify({ ...request, [name]: changed }));
      if (batch.length === atOnce) await settle();
    }
  }
  await settle();
  return { tried, accepted };
}

if (!isMainThread) parentPort.postMessage(await tryChanges(workerData));

/** `{ tried, accepted }` over all single-byte changes of the file `name` (`certificate` or `results`) of a request. */
export async function singleByteChanges(request, name) {
  const { length } = request[name];
  const threads = availableParallelism();
  const edge = (k) => Math.floor((k * length) / threads);
  const parts = await Promise.all(
    Array.from(
      { length: threads },
      (_, k) =>
        new Promise((resolve, reject) => {
          const workerData = { request, name, from: edge(k), to: edge(k + 1) };
          new Worker(new URL(import.meta.url), { workerData }).once('message', resolve).once('error', reject);
        }),
    ),
  );
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  return { tried: sum('tried'), accepted: sum('accepted') };
}
