import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { openInferenceCodec, plainHttpCodec } from '@preopen/core';
import { stageBreakdown } from '@preopen/latency';
import type { LaneJob, LaneMessage, LaneOrder } from './lane-protocol.ts';
import { type OpenLoad, startLane } from './open-load.ts';

// Entry of a lane: a thread that generates its share of the load, so that nothing else disturbs the sending.

const port = parentPort!;
const { url, codec: codecName, requests, order, scenario, clockOffsetMs } = workerData as LaneJob;
const tell = (message: LaneMessage): void => port.postMessage(message);
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6 + clockOffsetMs;
/** How often the counts are told. */
const reportMs = 500;

function start(startMs: number): OpenLoad {
  // Only `decode` is used, and that reads every form of the protocol.
  const codec =
    codecName === 'http/plain'
      ? plainHttpCodec
      : openInferenceCodec({ binary: true, inputName: 'input', datatype: 'FP64' });
  let turn = 0;
  const payloads = { requests, next: () => order[turn++ % order.length]! };
  const clock = { nowMs, wallMs: () => Date.now() };
  const { signal } = new AbortController();
  const before = performance.eventLoopUtilization();
  const load = startLane({ url: new URL(url), codec }, payloads, { ...scenario, startMs }, { clock, signal });
  let seen = 0;
  const timer = setInterval(() => {
    const { recorder } = load;
    // Those at the end are still under way; they are looked at again.
    let ended = seen;
    while (ended < recorder.count && recorder.outcomeOf(ended) !== 'pending') ended++;
    const recentMs = recorder.durationsMs('response', { failedMs: scenario.timeoutMs ?? 5000, from: seen, to: ended });
    seen = ended;
    const { scheduled, pending, ok } = recorder.ledger();
    tell({ type: 'progress', scheduled, ok, failed: scheduled - pending - ok, recentMs: recentMs.slice() });
  }, reportMs);
  void load.done.then(() => {
    clearInterval(timer);
    tell({
      type: 'done',
      columns: load.recorder.columns(),
      stages: stageBreakdown(load.recorder, load.stageTimes),
      problems: load.problems(),
      inFlightMs: load.inFlightMs(),
      pacer: load.pacer,
      utilisation: performance.eventLoopUtilization(before).utilization,
    });
    port.close();
  });
  return load;
}

let load: OpenLoad | undefined;
port.on('message', (message: LaneOrder) => {
  if (message.type === 'start') load = start(message.startMs);
  else if (load) void load.stop();
  else port.close();
});
tell({ type: 'ready' });
