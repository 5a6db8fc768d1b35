// How sharply a thread of this machine can do anything at given times: the witnesses of V14.
import { Worker } from 'node:worker_threads';
import { correlation, gapsOf } from './statistics.mjs';

/** How a witness waits for the next time: with the clock alone, or asleep until it has come. */
const waits = {
  asking: '',
  sleeping: 'Atomics.wait(word, 0, 0, startMs + dueMs[i] - now);',
};

const bareLoop = (wait) => `
  const { parentPort, workerData: dueMs } = require('node:worker_threads');
  const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
  const word = new Int32Array(new SharedArrayBuffer(4));
  const doneMs = new Float64Array(dueMs.length);
  const startMs = nowMs() + 100;
  for (let i = 0; i < dueMs.length; i++) {
    let now = nowMs();
    while (now < startMs + dueMs[i]) { ${wait} now = nowMs(); }
    doneMs[i] = now - startMs;
  }
  parentPort.postMessage(doneMs);`;

/**
 * What a thread gets of a trace that does nothing but wait for each of its times.
 * @param how 'asking' the clock all the time, or 'sleeping' until the time: what that comes to is the machine's waking
 * @returns how its gaps correlate with those of the trace, and how late it was at most
 */
export async function sharpness(dueMs, how) {
  const worker = new Worker(bareLoop(waits[how]), { eval: true, workerData: Float64Array.from(dueMs) });
  const doneMs = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    correlation: correlation(gapsOf([...dueMs]), gapsOf([...doneMs])),
    longestMs: Math.max(...doneMs.map((ms, i) => ms - dueMs[i])),
  };
}
