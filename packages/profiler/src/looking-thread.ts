// Imported, not global: there it is a getter, at each look.
import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { lookBudget } from './look-budget.ts';
import { type LookingMemory, order, word } from './looking-memory.ts';
import { openThreadCpu } from './proc-memory.ts';
import { lookAtTree, type TreeState } from './tree-look.ts';

// Entry of the thread that looks at a tree again and again. It sleeps in between and has no event loop to wake: a look of
// Node's own timers costs twice as much, and comes late whenever the measuring process has something else to do.

const { words, told, figures, intervalMs, clockMs, port } = workerData as LookingMemory & {
  readonly port: MessagePort;
};
const startedAt = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const nowMs = (): number => performance.now() + startedAt - clockMs;

const pids = (): number[] => Array.from({ length: Atomics.load(words, word.told) }, (_, k) => Atomics.load(told, k));

parentPort!.once('message', (state: TreeState) => {
  const tree = lookAtTree(state, { pids, nowMs, intervalMs, asksParents: true });
  const cpu = openThreadCpu();
  const budget = lookBudget(cpu.readMs, nowMs());
  let done = Atomics.load(words, word.answered);
  let pauseMs = 0;
  let isOver = false;
  // A function of its own: V8 optimizes one that is called often sooner, and better, than a loop that never ends.
  const turn = (): void => {
    // Who slept to the end was not asked: nothing is loaded then.
    const isAsked = Atomics.wait(words, word.asked, done, pauseMs) !== 'timed-out';
    pauseMs = tree.look(isAsked);
    const leastPauseMs = budget.leastPauseMs(nowMs());
    // A tree that climbs is looked at sooner than was asked for, whatever that costs.
    if (pauseMs >= intervalMs && pauseMs < leastPauseMs) pauseMs = leastPauseMs;
    figures[0] = state.nowBytes;
    if (isAsked) answer(Atomics.load(words, word.asked));
  };
  const answer = (asked: number): void => {
    figures[1] = state.sinceMarkBytes;
    state.sinceMarkBytes = state.nowBytes;
    isOver = Atomics.load(words, word.order) === order.stop;
    if (isOver) port.postMessage({ state, hasHighest: tree.hasHighest() });
    done = asked;
    Atomics.store(words, word.answered, done);
    Atomics.notify(words, word.answered);
  };
  while (!isOver) turn();
  tree.close();
  cpu.close();
});
parentPort!.postMessage('ready');
