// How sharply a thread of this machine can do anything at given times: the witness of V14.
import { Worker } from 'node:worker_threads';
import { correlation, gapsOf } from './statistics.mjs';

const bareLoop = `
  const { parentPort, workerData: dueMs } = require('node:worker_threads');
  const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
  const doneMs = new Float64Array(dueMs.length);
  const startMs = nowMs() + 100;
  for (let i = 0; i < dueMs.length; i++) {
    let now = nowMs();
    while (now < startMs + dueMs[i]) now = nowMs();
    doneMs[i] = now - startMs;
  }
  parentPort.postMessage(doneMs);`;

/**
 * What a thread that does nothing but look at the clock gets of a trace.
 * @returns how its gaps correlate with those of the trace, and how late it was at most
 */
export async function sharpness(dueMs) {
  const worker = new Worker(bareLoop, { eval: true, workerData: Float64Array.from(dueMs) });
  const doneMs = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    correlation: correlation(gapsOf([...dueMs]), gapsOf([...doneMs])),
    longestMs: Math.max(...doneMs.map((ms, i) => ms - dueMs[i])),
  };
}
