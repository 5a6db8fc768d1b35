import { readFileSync } from 'node:fs';
import type { Fault } from './experiment.ts';

/** Sends a signal to a process; one that has ended meanwhile is no fault of ours. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

/** State letter of a process from `/proc` (`T` is stopped); `undefined` where it has ended or cannot be read. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in brackets and may hold anything: the state follows the last one.
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

/** Asks again and again, without a timer's grain, until something holds or the deadline is over. */
async function until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
  const endMs = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > endMs) return false;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

/**
 * Freezes the service and all its children (SIGSTOP) and lets them go on (SIGCONT): a gray failure, in which the
 * machine still takes connections and nothing answers.
 * @param durationMs how long it is frozen
 */
export function pauseProcess(durationMs: number): Fault {
  return {
    id: 'pause',
    title: `service frozen for ${durationMs} ms`,
    durationMs,
    async inject(service) {
      const pids = service.process?.pids() ?? [];
      const resume = async (): Promise<void> => {
        for (const pid of pids) send(pid, 'SIGCONT');
      };
      try {
        for (const pid of pids) send(pid, 'SIGSTOP');
        const stopped = await until(() => pids.every((pid) => ['T', 't', 'Z', undefined].includes(stateOf(pid))), 1000);
        if (!stopped) throw new Error('the service could not be frozen: SIGSTOP had no effect within a second');
      } catch (cause) {
        await resume();
        throw cause;
      }
      return resume;
    },
  };
}

/**
 * Ends the service at once (SIGKILL to its main process and children) and starts it again as soon as it is gone, as
 * a supervisor would. The undo is the restart: the time to steady state counts from the moment the new process is
 * started, the start-up of the service included.
 */
export function killAndRestart(): Fault {
  return {
    id: 'kill',
    title: 'service killed and started again',
    durationMs: 0,
    async inject(service, signal) {
      const { process: victim } = service;
      if (!victim || !service.restart) throw new Error('the service was not started by us and cannot be started again');
      for (const pid of victim.pids()) send(pid, 'SIGKILL');
      await victim.exited;
      let isRestarted = false;
      return async () => {
        // Not awaited here: from now on the service's own start-up is part of its recovery.
        if (isRestarted) return;
        isRestarted = true;
        void service.restart!(signal).catch(() => undefined);
      };
    },
  };
}
