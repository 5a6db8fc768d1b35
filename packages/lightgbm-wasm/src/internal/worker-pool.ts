import type { Heap } from './heap.ts';

/** What is used of `node:worker_threads`. */
interface WorkerThreads {
  Worker: new (
    source: string,
    options: { eval: true; workerData: unknown },
  ) => { unref(): void; terminate(): Promise<number>; on(event: 'error', listener: (error: Error) => void): void };
}

/** Words of the control block: number of the job, which kernel, its arguments, and how many workers have finished. */
const JOB = 0;
const FINISHED = 1;
const KERNEL = 2;
const SHARE_FROM = 3;
const ARGUMENTS = 4;
const MOST_ARGUMENTS = 12;
const WORDS = ARGUMENTS + MOST_ARGUMENTS;

/** Looks at the workers' progress so often before the thread sleeps; a leaf's work is often over in microseconds. */
const SPINS = 20_000;

/** How long a worker may take for one job before it counts as dead; the longest job is a pass over all rows. */
const DEADLINE_MS = 120_000;

// A worker sleeps until the job's number changes, takes its share of the items, and reports. Plain JavaScript, because
// it is the same from the sources and from the bundle, and no second file has to be found.
const WORKER = `
const { workerData } = require('node:worker_threads');
const { memory, module, control, share, shares, scratch } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const words = new Int32Array(memory.buffer, control, ${WORDS});
for (let seen = 0; ; ) {
  Atomics.wait(words, ${JOB}, seen);
  const job = Atomics.load(words, ${JOB});
  if (job === seen) continue;
  seen = job;
  const [, , kernel, count, ...args] = words;
  const from = Math.floor((count * share) / shares), to = Math.floor((count * (share + 1)) / shares);
  const rest = args.map((word) => word >>> 0);
  if (kernel === 0) exports.addQuads(rest[0], from, to, ...rest.slice(1, 7));
  else exports.addSparseQuads(rest[0], from, to, ...rest.slice(1, 7), scratch);
  Atomics.add(words, ${FINISHED}, 1);
  Atomics.notify(words, ${FINISHED});
}`;

/** Threads that share a heap and divide the items of a job among themselves and the caller. */
export class WorkerPool {
  private readonly workers: InstanceType<WorkerThreads['Worker']>[] = [];
  private readonly heap: Heap;
  private readonly control: number;
  private readonly shares: number;
  private failure: Error | undefined;

  private constructor(heap: Heap, threads: WorkerThreads, shares: number, scratchBytes: number) {
    this.heap = heap;
    this.shares = shares;
    this.control = heap.reserve(WORDS * 4);
    heap.words(this.control, WORDS).fill(0);
    for (let share = 1; share < shares; share++) {
      const worker = new threads.Worker(WORKER, {
        eval: true,
        workerData: {
          memory: heap.memory,
          module: heap.module,
          control: this.control,
          share,
          shares,
          scratch: heap.reserve(scratchBytes),
        },
      });
      worker.on('error', (error) => {
        this.failure = error;
      });
      worker.unref();
      this.workers.push(worker);
    }
  }

  /**
   * Starts the workers.
   * @returns `undefined` for one thread, for a memory that is not shared, and where there are no worker threads
   */
  static start(heap: Heap, threads: number, scratchBytes: number): WorkerPool | undefined {
    if (threads < 2 || !heap.isShared) return undefined;
    const platform = globalThis.process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined;
    return platform ? new WorkerPool(heap, platform, threads, scratchBytes) : undefined;
  }

  /**
   * Runs a kernel over `count` items, divided among the threads. Each item is summed by one thread, in row order, so
   * the bits do not depend on how many threads there are.
   * @param own runs the caller's share
   */
  run(kernel: 0 | 1, count: number, args: readonly number[], own: (from: number, to: number) => void): void {
    const words = new Int32Array(this.heap.memory.buffer, this.control, WORDS);
    words[KERNEL] = kernel;
    words[SHARE_FROM] = count;
    args.forEach((value, i) => {
      words[ARGUMENTS + i] = value | 0;
    });
    Atomics.store(words, FINISHED, 0);
    Atomics.add(words, JOB, 1);
    Atomics.notify(words, JOB);
    own(0, Math.floor(count / this.shares));
    const expected = this.workers.length;
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, FINISHED) === expected) return;
    for (let done = Atomics.load(words, FINISHED); done < expected; done = Atomics.load(words, FINISHED)) {
      if (this.failure) throw this.failure;
      if (Atomics.wait(words, FINISHED, done, DEADLINE_MS) === 'timed-out') {
        throw new Error(`A training thread did not finish within ${DEADLINE_MS / 1000} s. Train with num_threads: 1.`);
      }
    }
  }

  /** Ends the workers. */
  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
