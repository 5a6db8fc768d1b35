import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type LookingMemory, order, word } from './looking-memory.ts';
import { climbingMs, lookAtTree, type TreeState } from './tree-look.ts';

// Entry of the thread that looks at a tree again and again. It sleeps in between and has no event loop to wake: a look of
// Node's own timers costs twice as much, and comes late whenever the measuring process has something else to do.

const { words, told, figures, intervalMs, clockMs, port } = workerData as LookingMemory & {
  readonly port: MessagePort;
};
const startedAt = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const nowMs = (): number => performance.now() + startedAt - clockMs;

const pids = (): number[] => Array.from({ length: Atomics.load(words, word.told) }, (_, k) => Atomics.load(told, k));

parentPort!.once('message', (state: TreeState) => {
  const tree = lookAtTree(state, { pids, nowMs, asksParents: true });
  let done = Atomics.load(words, word.answered);
  for (let pauseMs = 0; ; ) {
    Atomics.wait(words, word.asked, done, pauseMs);
    const asked = Atomics.load(words, word.asked);
    pauseMs = tree.look(asked !== done) ? climbingMs : intervalMs;
    figures[0] = state.nowBytes;
    if (asked === done) continue;
    figures[1] = state.sinceMarkBytes;
    state.sinceMarkBytes = state.nowBytes;
    const isOver = Atomics.load(words, word.order) === order.stop;
    if (isOver) port.postMessage({ state, hasHighest: tree.hasHighest() });
    done = asked;
    Atomics.store(words, word.answered, done);
    Atomics.notify(words, word.answered);
    if (isOver) break;
  }
  tree.close();
});
parentPort!.postMessage('ready');
