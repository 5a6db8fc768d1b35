import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Panel, panelFields } from '@preopen/market-tw';
import type { Factor } from './factors/factor.ts';
import { factorLibrary } from './factors/library.ts';
import { type Fundamentals, marketColumns } from './factors/market-columns.ts';
import type { Features } from './features.ts';
import { rankInto } from './ranked-factor.ts';

/** What a thread is given; everything long is shared memory. */
export interface FeatureWork {
  readonly panel: Panel;
  readonly fundamentals: Fundamentals;
  readonly names: readonly string[];
  /** One for each name, to be filled. */
  readonly columns: readonly Float32Array[];
  /** Number of the next factor that nobody has taken. */
  readonly next: Int32Array;
}

/** A copy in memory that threads share; the column itself if it lies there already. */
function shared(column: Float64Array): Float64Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}

/**
 * Features as `computeFeatures` gives them, bit for bit, by several threads. They read the panel and write the columns in
 * shared memory: nothing is copied between them. Factors of your own run here, since functions do not pass to threads.
 * @param options.threads default: one for each core
 */
export async function computeFeaturesInParallel(
  panel: Panel,
  options: {
    readonly factors?: readonly Factor[];
    readonly fundamentals?: Fundamentals;
    readonly threads?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Features> {
  const { factors = factorLibrary, fundamentals = {}, threads = availableParallelism(), signal } = options;
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const cells = shape.days * shape.stocks;
  const columns = factors.map(() => new Float32Array(new SharedArrayBuffer(4 * cells)));
  const isOwn = (factor: Factor): boolean => !factorLibrary.includes(factor);
  const chosen = [...factors.keys()].filter((f) => !isOwn(factors[f]!));
  const work: FeatureWork = {
    panel: {
      ...panel,
      fields: Object.fromEntries(panelFields.map((f) => [f, shared(panel.fields[f])])) as Panel['fields'],
    },
    fundamentals: Object.fromEntries(Object.entries(fundamentals).map(([name, column]) => [name, shared(column)])),
    names: chosen.map((f) => factors[f]!.name),
    columns: chosen.map((f) => columns[f]!),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
  const running = Array.from({ length: Math.max(1, Math.min(threads, chosen.length)) }, () => runThread(work, signal));
  const own = factors.flatMap((factor, f) => (isOwn(factor) ? [{ factor, f }] : []));
  const market = marketColumns(panel, fundamentals);
  for (const { factor, f } of own) rankInto(factor, market, columns[f]!);
  await Promise.all(running);
  return { names: factors.map(({ name }) => name), columns, ...shape };
}

function runThread(workerData: FeatureWork, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const entry = fileURLToPath(new URL('../dist/feature-worker.js', import.meta.url));
    // Flags of this process (import conditions, say) are not the thread's.
    const worker = new Worker(entry, { workerData, execArgv: [] });
    const onAbort = (): void => {
      reject(signal!.reason);
      void worker.terminate();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', onAbort);
      if (code === 0) resolve();
      else reject(new Error(`a thread that computed features ended with code ${code}`));
    });
  });
}
