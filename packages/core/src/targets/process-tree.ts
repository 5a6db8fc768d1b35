import type { Clock } from '../clock.ts';
import {
  environmentHolds,
  isAlive,
  membersOf,
  type ProcStat,
  readChildren,
  readProcessTable,
  readProcStat,
} from './proc.ts';

/** How often `alive()` looks through the whole process table for processes that have left their parent. */
const FULL_SCAN_EVERY_MS = 1000;

/**
 * A process that we started and all that came of it, whoever their parent is now. Three nets: descendants, the
 * session and group that the first process leads, and a mark in the environment that all of them inherit.
 * A process is known by pid and start time, so a pid that was used again is never taken for ours.
 */
export class ProcessTree {
  readonly #rootPid: number;
  readonly #mark: string;
  readonly #clock: Clock;
  readonly #known = new Map<number, string>();
  #scannedMs = Number.NEGATIVE_INFINITY;

  /** @param mark text in the environment of the process and of nothing else */
  constructor(options: { rootPid: number; mark: string; clock: Clock }) {
    this.#rootPid = options.rootPid;
    this.#mark = options.mark;
    this.#clock = options.clock;
    const root = readProcStat(options.rootPid);
    if (root !== undefined) this.#known.set(root.pid, root.startTicks);
  }

  /** Whether there is a process table to read; without one only the first process is known. */
  get isReadable(): boolean {
    return readProcStat(process.pid) !== undefined;
  }

  /** Start time of a process that is known to be ours. */
  startTicks(pid: number): string | undefined {
    return this.#known.get(pid);
  }

  /**
   * Processes of the tree that are alive. Cheap enough to be asked many times a second: it walks down from the
   * processes known so far, and looks at all the others once a second.
   */
  alive(): readonly number[] {
    if (this.#clock.nowMs() - this.#scannedMs > FULL_SCAN_EVERY_MS) return this.#scan(new Map(this.#known));
    const alive: number[] = [];
    const seen = new Set<number>();
    const visit = (stat: ProcStat): void => {
      if (seen.has(stat.pid)) return;
      seen.add(stat.pid);
      this.#known.set(stat.pid, stat.startTicks);
      if (isAlive(stat)) alive.push(stat.pid);
      for (const child of readChildren(stat.pid)) {
        const childStat = readProcStat(child);
        if (childStat?.parent === stat.pid) visit(childStat);
      }
    };
    for (const [pid, startTicks] of [...this.#known]) {
      const stat = readProcStat(pid);
      if (stat?.startTicks === startTicks) visit(stat);
      else this.#known.delete(pid);
    }
    return alive;
  }

  /**
   * As `alive`, by all three nets, however far the processes have gone.
   * @param rootJustEnded the first process ended this moment, so that its pid cannot have been given away yet and
   *   whoever is still in its session is ours
   */
  sweep(rootJustEnded = false): readonly number[] {
    const roots = new Map(this.#known);
    for (const stat of readProcessTable()) {
      const isStranded = rootJustEnded && (stat.session === this.#rootPid || stat.group === this.#rootPid);
      if (isStranded || (!roots.has(stat.pid) && environmentHolds(stat.pid, this.#mark))) {
        roots.set(stat.pid, stat.startTicks);
      }
    }
    return this.#scan(roots);
  }

  #scan(roots: ReadonlyMap<number, string>): readonly number[] {
    this.#scannedMs = this.#clock.nowMs();
    this.#known.clear();
    const alive: number[] = [];
    for (const stat of membersOf(readProcessTable(), roots).values()) {
      this.#known.set(stat.pid, stat.startTicks);
      if (isAlive(stat)) alive.push(stat.pid);
    }
    return alive;
  }
}

/** Sends a signal to a process unless it has ended or its pid belongs to another by now. */
export function signalProcess(pid: number, startTicks: string | undefined, signal: NodeJS.Signals): void {
  if (readProcStat(pid)?.startTicks !== startTicks) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal, or it changed its user and is out of our reach.
  }
}
