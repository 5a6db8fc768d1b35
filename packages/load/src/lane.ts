import { parentPort } from 'node:worker_threads';
import { openInferenceCodec, plainHttpCodec } from '@preopen/core';
import { stageBreakdown } from '@preopen/latency';
import { startClosedLane } from './closed-lane.ts';
import type { LaneJob, LaneMessage, LaneOrder } from './lane-protocol.ts';
import type { LoadUnderWay } from './load-under-way.ts';
import { startOpenLane } from './open-load.ts';
import { watchRecent } from './recent.ts';
import { warmUp } from './warm-up.ts';

// Entry of a lane: a thread that generates its share of the load, so that nothing else disturbs the sending. It takes one
// job after the other: a thread that has sent before is compiled and warm, and for the first job it sends to itself before.

const port = parentPort!;
const tell = (message: LaneMessage): void => port.postMessage(message);
/** How often the counts are told. */
const reportMs = 500;

/** Only `decode` is used, and that reads every form of the protocol. */
const openInference = openInferenceCodec({ binary: true, inputName: 'input', datatype: 'FP64' });
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const wallMs = (): number => Date.now();

function start({ url, codec: name, requests, order, traffic, clockOffsetMs }: LaneJob, startMs: number): LoadUnderWay {
  const codec = name === 'http/plain' ? plainHttpCodec : openInference;
  let turn = 0;
  const payloads = { requests, next: () => order[turn++ % order.length]! };
  const clock = { nowMs: () => monotonicMs() + clockOffsetMs, wallMs };
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

const warmed = warmUp(openInference, { nowMs: monotonicMs, wallMs });
let job: LaneJob | undefined;
let load: LoadUnderWay | undefined;
let isStopped = false;
port.on('message', (message: LaneOrder) => {
  switch (message.type) {
    case 'job':
      job = message.job;
      load = undefined;
      isStopped = false;
      void warmed.then(() => tell({ type: 'ready' }));
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
