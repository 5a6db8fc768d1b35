import { isAlive, membersOf, type RunningService, readProcessTable, readProcStat, signalProcess } from '@preopen/core';

/** A process by pid and start time, so that a pid which was given away again is never taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start. */
  readonly startTicks: string;
}

/** The process that has a pid now; `undefined` where there is none, or no `/proc`. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProcStat(pid);
  return isAlive(stat) ? { pid, startTicks: stat.startTicks } : undefined;
}

/** Whether it is still there, and still the same. */
export function lives({ pid, startTicks }: ProcessIdentity): boolean {
  return identify(pid)?.startTicks === startTicks;
}

/** Sends a signal to a process; to nobody, if it has ended. */
export function send({ pid, startTicks }: ProcessIdentity, signal: NodeJS.Signals): void {
  signalProcess(pid, startTicks, signal);
}

/** State letter of a process (`T` is stopped); `undefined` once it has ended. */
export function stateOf({ pid, startTicks }: ProcessIdentity): string | undefined {
  const stat = readProcStat(pid);
  return isAlive(stat) && stat.startTicks === startTicks ? stat.state : undefined;
}

/** The processes of a service that we started, alive now. */
export function processesOf(service: RunningService): readonly ProcessIdentity[] {
  return (service.process?.pids() ?? []).flatMap((pid) => identify(pid) ?? []);
}

/** A process that is none of ours, and all that came of it, alive now. */
export function treeOf(root: ProcessIdentity): readonly ProcessIdentity[] {
  const members = membersOf(readProcessTable(), new Map([[root.pid, root.startTicks]]));
  return [...members.values()].filter(isAlive).map(({ pid, startTicks }) => ({ pid, startTicks }));
}

/** Asks turn by turn of the event loop, without a timer's grain, until something holds or the deadline is over. */
export async function until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
  const endMs = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > endMs) return false;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}
