import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Clock } from '@preopen/core';
import { mostTold, order, shareLookingMemory, word } from './looking-memory.ts';
import type { TreeState } from './tree-look.ts';

/** A thread that looks at a process tree. */
export interface LookingThread {
  /** Whether it has taken over: it needs some 30 ms to start. */
  isLooking(): boolean;
  mark(): { readonly peakBytes: number; readonly nowBytes: number };
  nowBytes(): number;
  /** Looks once more, and gives back all that is known. */
  stop(): { readonly state: TreeState; readonly hasHighest: boolean };
  /** Ends a thread that has not taken over. */
  close(): void;
}

/** Stands in `src/` itself: this one relative path is right from `src/` and from `dist/` alike. */
const threadEntry = new URL('../dist/looking-thread.js', import.meta.url);
/** The tree's processes are asked for this often; the thread finds their descendants by itself. */
const tellEveryMs = 1000;
/** A look takes milliseconds, where the machine does not stand still. */
const patienceMs = 10_000;

/**
 * Starts a thread that goes on looking.
 * @param handOver called once it is ready: stops looking here, and gives what is known
 * @returns `undefined` where the package is not built, as in its own unit tests
 */
export function startLookingThread(
  { pids, clock, intervalMs }: { pids: () => readonly number[]; clock: Clock; intervalMs: number },
  handOver: () => TreeState,
): LookingThread | undefined {
  if (!existsSync(fileURLToPath(threadEntry))) return undefined;
  const memory = shareLookingMemory(intervalMs, Number(process.hrtime.bigint()) / 1e6 - clock.nowMs());
  const { words, told, figures } = memory;
  const { port1: here, port2: port } = new MessageChannel();
  const worker = new Worker(threadEntry, { workerData: { ...memory, port }, transferList: [port], execArgv: [] });
  let isLooking = false;
  let isClosed = false;
  let failure: unknown;
  let tellTimer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    const now = pids();
    const count = Math.min(now.length, mostTold);
    for (let k = 0; k < count; k++) Atomics.store(told, k, now[k]!);
    // Of a tree that seems gone the last word holds: the thread sees for itself.
    if (count > 0) Atomics.store(words, word.told, count);
  };
  worker.once('error', (error) => {
    failure = error;
  });
  worker.once('exit', (code) => {
    failure ??= new Error(`it ended with code ${code}`);
  });
  worker.once('message', () => {
    // It may have been on its way while the watch ended.
    if (isClosed) return;
    tell();
    const state = handOver();
    figures[0] = state.nowBytes;
    worker.postMessage(state);
    isLooking = true;
    tellTimer = setInterval(tell, tellEveryMs);
  });
  const ask = (what: number): void => {
    // Who is known to be gone is not waited for.
    if (failure) throw new Error('the thread that watches memory has ended', { cause: failure });
    tell();
    Atomics.store(words, word.order, what);
    const answered = Atomics.load(words, word.answered);
    Atomics.add(words, word.asked, 1);
    Atomics.notify(words, word.asked);
    if (Atomics.wait(words, word.answered, answered, patienceMs) === 'timed-out') {
      throw new Error('the thread that watches memory does not answer', { cause: failure });
    }
  };
  const close = (): void => {
    isClosed = true;
    clearInterval(tellTimer);
    here.close();
    void worker.terminate();
  };
  return {
    isLooking: () => isLooking,
    mark() {
      ask(order.mark);
      return { peakBytes: figures[1]!, nowBytes: figures[0]! };
    },
    nowBytes: () => figures[0]!,
    stop() {
      try {
        ask(order.stop);
        return receiveMessageOnPort(here)!.message;
      } finally {
        close();
      }
    },
    close,
  };
}
