import { localProbe } from '../node/local-probe.ts';
import type { NodeProbe } from '../node/probe.ts';
import { readProcessMemory, readPssBytes } from '../proc-memory.ts';

/** One kind of memory that is judged for growth. */
export interface LeakMetric {
  readonly id: 'heap' | 'external' | 'resident';
  /** For people. */
  readonly title: string;
  /** Growth below this is none. */
  readonly budgetBytesPerIteration: number;
}

/** What is judged: memory that can be read at the boundary of an iteration. */
export interface LeakTarget {
  readonly metrics: readonly LeakMetric[];
  /** Whether garbage is collected before each reading. Without, growth may be garbage: no more than `suspect` is said. */
  readonly settles: boolean;
  /** Fewer iterations than this say nothing, however many samples there are. */
  readonly minimumIterations: number;
  /** Settles and reads. Writes one value per metric, in bytes, and nothing else. */
  read(into: Float64Array): Promise<void>;
  /** All memory that is in use now. */
  residentBytes(): number;
  /** The process that can say who allocated what. */
  readonly node?: NodeProbe;
}

/**
 * Post-GC heap has a noise of 0.0 B/iteration in an idle process; 128 B is what clean workloads with caches, timers and
 * queues stay below (240 of 240).
 */
const nodeMetrics: readonly LeakMetric[] = [
  { id: 'heap', title: 'JavaScript heap after garbage collection', budgetBytesPerIteration: 128 },
  { id: 'external', title: 'buffers outside the heap after garbage collection', budgetBytesPerIteration: 128 },
];
/** Resident memory of a clean Python process moves by up to 410 B/iteration: a ring of buffers of random size. */
const residentMetric: LeakMetric = { id: 'resident', title: 'resident memory', budgetBytesPerIteration: 512 };
const residentMinimumIterations = 2400;

/** The heap of a Node process that answers our questions (see `startProbeServer`). */
export function nodeHeap(node: NodeProbe): LeakTarget {
  let residentBytes = Number.NaN;
  return {
    metrics: nodeMetrics,
    settles: true,
    minimumIterations: 400,
    async read(into) {
      const settled = await node.settle();
      into[0] = settled.heapBytes;
      into[1] = settled.externalBytes;
      residentBytes = settled.residentBytes;
    },
    residentBytes: () => residentBytes,
    node,
  };
}

/**
 * The heap of this very process, as for a test of one's own code. Whatever else runs in it is judged as well: a process
 * of its own gives a clearer answer.
 */
export function ownHeap(): LeakTarget {
  return nodeHeap(localProbe());
}

/**
 * Processes in any language, by what they hold resident (proportional sizes where there are several).
 * @param pids the tree's processes now
 * @param settle makes the processes collect their garbage, where they can; without it no leak is proven, only suspected
 */
export function residentMemory(pids: () => readonly number[], settle?: () => Promise<void>): LeakTarget {
  const residentBytes = (): number => {
    const alive = pids();
    const single = alive.length === 1 ? readProcessMemory(alive[0]!)?.rssBytes : undefined;
    if (single !== undefined) return single;
    let sum = 0;
    for (const pid of alive) sum += readPssBytes(pid) ?? 0;
    return sum === 0 ? Number.NaN : sum;
  };
  return {
    metrics: [residentMetric],
    settles: settle !== undefined,
    minimumIterations: residentMinimumIterations,
    async read(into) {
      await settle?.();
      into[0] = residentBytes();
    },
    residentBytes,
  };
}
