import { parentPort } from 'node:worker_threads';
import { openInferenceCodec, plainHttpCodec } from '@preopen/core';
import { stageBreakdown } from '@preopen/latency';
import { startClosedLane } from './closed-lane.ts';
import type { LaneJob, LaneMessage, LaneOrder } from './lane-protocol.ts';
import type { LoadUnderWay } from './load-under-way.ts';
import { startOpenLane } from './open-load.ts';
import { watchRecent } from './recent.ts';

// Entry of a lane: a thread that generates its share of the load, so that nothing else disturbs the sending. It takes one
// job after the other: a thread that has sent before is compiled and warm.

const port = parentPort!;
const tell = (message: LaneMessage): void => port.postMessage(message);
/** How often the counts are told. */
const reportMs = 500;

function start({ url, codec: name, requests, order, traffic, clockOffsetMs }: LaneJob, startMs: number): LoadUnderWay {
  // Only `decode` is used, and that reads every form of the protocol.
  const codec =
    name === 'http/plain' ? plainHttpCodec : openInferenceCodec({ binary: true, inputName: 'input', datatype: 'FP64' });
  let turn = 0;
  const payloads = { requests, next: () => order[turn++ % order.length]! };
  const clock = {
    nowMs: () => Number(process.hrtime.bigint()) / 1e6 + clockOffsetMs,
    wallMs: () => Date.now(),
  };
  const { signal } = new AbortController();
  const service = { url: new URL(url), codec };
  const load: LoadUnderWay =
    traffic.kind === 'open'
      ? startOpenLane(service, payloads, { ...traffic, startMs }, { clock, signal })
      : startClosedLane(service, payloads, { ...traffic, startMs }, { clock, signal });
  const recentMs = watchRecent(load.recorder, traffic.timeoutMs ?? 5000);
  const timer = setInterval(() => {
    const { scheduled, pending, ok } = load.recorder.ledger();
    tell({ type: 'progress', scheduled, ok, failed: scheduled - pending - ok, recentMs: recentMs() });
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
      gaveUp: load.gaveUp,
      utilisation: load.utilisation(),
    });
  });
  return load;
}

let job: LaneJob | undefined;
let load: LoadUnderWay | undefined;
let isStopped = false;
port.on('message', (message: LaneOrder) => {
  switch (message.type) {
    case 'job':
      job = message.job;
      load = undefined;
      isStopped = false;
      tell({ type: 'ready' });
      break;
    case 'start':
      load = start(job!, message.startMs);
      // Told to stop before it had begun: its end is the usual one, with nothing sent.
      if (isStopped) void load.stop();
      break;
    case 'stop':
      isStopped = true;
      void load?.stop();
  }
});
