import type { ProcessTicks } from './cpu-times.ts';

/** CPU time of processes that counts as ours, and that of the others, kept up from look to look. */
export interface CpuAccount {
  /**
   * Takes in another look at the process table.
   * @param roots processes that count as ours, with all that they start
   */
  look(processes: readonly ProcessTicks[], roots: Iterable<number>): void;
  /** Ticks of ours since the first look. */
  readonly ownTicks: number;
  /** Ticks of the others by name, most first. */
  foreignTicks(): readonly { readonly name: string; readonly ticks: number }[];
}

interface Known extends ProcessTicks {
  isOurs: boolean;
}

/** Marks the roots and all their descendants; who was ours stays ours, also when its parent has ended. */
function markOurs(table: ReadonlyMap<number, Known>, roots: Iterable<number>): void {
  for (const pid of roots) {
    const root = table.get(pid);
    if (root) root.isOurs = true;
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const process of table.values()) {
      if (!process.isOurs && table.get(process.parent)?.isOurs) {
        process.isOurs = true;
        grew = true;
      }
    }
  }
}

/**
 * An ended process hands its whole time to the parent that waits for it. What was seen of it while it ran is counted
 * already, so it is taken off what its nearest living ancestor got; the rest, from its last look to its end, is new.
 * @returns ticks by pid of that ancestor
 */
function countedOfEnded(before: ReadonlyMap<number, Known>, isAlive: (process: Known) => boolean): Map<number, number> {
  const counted = new Map<number, number>();
  for (const ended of before.values()) {
    if (isAlive(ended)) continue;
    let heir = before.get(ended.parent);
    while (heir && !isAlive(heir)) heir = before.get(heir.parent);
    if (heir) counted.set(heir.pid, (counted.get(heir.pid) ?? 0) + ended.own + ended.children);
  }
  return counted;
}

/**
 * Starts an account. Exact for processes that live on, and for ended ones whose parent waited for them. Lost is what a
 * process did after its last look if nobody waits for it (its parent ended first, or ignores SIGCHLD), and all of it
 * if it also began after that look: such time counts as somebody else's.
 */
export function createCpuAccount(): CpuAccount {
  const foreign = new Map<string, number>();
  let known = new Map<number, Known>();
  let isFirst = true;
  let ownTicks = 0;
  return {
    look(processes, roots) {
      const before = known;
      const sameBefore = (process: ProcessTicks): Known | undefined => {
        const match = before.get(process.pid);
        return match?.startedAt === process.startedAt ? match : undefined;
      };
      known = new Map(
        processes.map((process) => [process.pid, { ...process, isOurs: sameBefore(process)?.isOurs ?? false }]),
      );
      markOurs(known, roots);
      const counted = countedOfEnded(before, (old) => known.get(old.pid)?.startedAt === old.startedAt);
      for (const process of known.values()) {
        // Who is new since the last look did all of its work since; at the first look nothing counts yet.
        const { own, children } = sameBefore(process) ?? (isFirst ? process : { own: 0, children: 0 });
        const ofEnded = Math.max(0, process.children - children - (counted.get(process.pid) ?? 0));
        const ticks = Math.max(0, process.own - own) + ofEnded;
        if (process.isOurs) ownTicks += ticks;
        else if (ticks > 0) foreign.set(process.name, (foreign.get(process.name) ?? 0) + ticks);
      }
      isFirst = false;
    },
    get ownTicks() {
      return ownTicks;
    },
    foreignTicks: () => [...foreign].map(([name, ticks]) => ({ name, ticks })).sort((a, b) => b.ticks - a.ticks),
  };
}
