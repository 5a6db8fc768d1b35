import { listeningPids } from '@preopen/core';
import { type Availability, available, type Fault, type FaultSite, needs } from './fault.ts';
import { lives, type ProcessIdentity, send, stateOf, until } from './processes.ts';
import { runTool } from './undo/record.ts';

/** What all faults on processes need. */
export function needsProcesses(site: FaultSite): Availability {
  return site.processes().length > 0
    ? available
    : needs('a service that Preopen starts itself, or the pid of one that you allow (--pid N --allow-external-pid)');
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
    touches: 'processes',
    reaches: 'target',
    durationMs,
    probe: async (site) => needsProcesses(site),
    async inject(site) {
      const processes = site.processes();
      const undos = processes.map((process) => site.journal.before({ kind: 'continue', ...process }));
      for (const process of processes) send(process, 'SIGSTOP');
      const areStopped = (): boolean => processes.every((process) => ['T', 't', undefined].includes(stateOf(process)));
      if (!(await until(areStopped, 1000))) {
        throw new Error('the service could not be frozen: SIGSTOP had no effect within a second');
      }
      return async () => {
        // All at once: striking the records out takes a moment each.
        for (const process of processes) send(process, 'SIGCONT');
        for (const undo of undos) await undo();
      };
    },
  };
}

/** Who starts a service again that was ended. */
export type RestartBy =
  /** We do, as soon as it is gone. */
  | { readonly by: 'us' }
  /** The command that we started as the service watches over it and starts it again by itself. */
  | { readonly by: 'supervisor' }
  /** A command of the user's own, run once the service is gone, such as `systemctl restart alpha`; no shell sees it. */
  | { readonly by: 'command'; readonly command: readonly [string, ...string[]] };

/** The processes that serve: those which listen on the service's port, and what they started. */
function servingProcesses(site: FaultSite): readonly ProcessIdentity[] {
  const listening = new Set(listeningPids(site.service.url));
  return site.processes().filter(({ pid }) => listening.has(pid));
}

/** The processes that are to be ended: all, or below a supervisor those that serve. */
function victims(site: FaultSite, restart: RestartBy): readonly ProcessIdentity[] {
  return restart.by === 'supervisor' ? servingProcesses(site) : site.processes();
}

async function canEnd(site: FaultSite, restart: RestartBy): Promise<Availability> {
  const reachable = needsProcesses(site);
  if (!reachable.isAvailable) return reachable;
  if (restart.by === 'us' && !site.service.restart)
    return needs('a service that Preopen starts itself, or a command that starts it again');
  if (restart.by !== 'supervisor') return available;
  const serving = servingProcesses(site);
  if (serving.length === 0) return needs(`a process of the service that listens at ${site.service.url.host}`);
  return serving.length < site.processes().length
    ? available
    : needs('a supervisor: the process that listens is the one that was started, and nothing watches over it');
}

/** For so long a service that was asked to end may take; Kubernetes gives it 30 s, Docker 10. */
const termPatienceMs = 10_000;
/** The kernel needs less, unless a disk or a driver holds the process. */
const killPatienceMs = 2000;

/** Ends processes with a signal, at once or in their own time, and has the service started again. */
function ending(how: {
  readonly id: string;
  readonly title: string;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly restart: RestartBy;
}): Fault {
  const { restart } = how;
  return {
    id: how.id,
    title: how.title,
    touches: 'processes',
    reaches: 'target',
    durationMs: 0,
    isRestartedByOthers: restart.by !== 'us',
    probe: (site) => canEnd(site, restart),
    async inject(site) {
      const ended = victims(site, restart);
      for (const process of ended) send(process, how.signal);
      const areGone = (): boolean => !ended.some(lives);
      if (how.signal === 'SIGTERM' && !(await until(areGone, termPatienceMs))) {
        // As an orchestrator does at the end of its patience.
        site.noteOverdue(termPatienceMs);
        for (const process of ended) if (lives(process)) send(process, 'SIGKILL');
      }
      if (!(await until(areGone, killPatienceMs))) {
        throw new Error(`the service is still there ${killPatienceMs / 1000} s after SIGKILL`);
      }
      let isRestarted = restart.by === 'supervisor';
      return async () => {
        if (isRestarted) return;
        isRestarted = true;
        // The service's own start-up is part of its recovery: neither waits for it to be ready.
        if (restart.by === 'us') await site.restart();
        else if (restart.by === 'command') runTool(restart.command[0], restart.command.slice(1));
      };
    },
  };
}

const afterwards: Readonly<Record<RestartBy['by'], string>> = {
  us: 'started again',
  supervisor: 'left to its supervisor',
  command: 'started again by a command',
};

/**
 * Ends the service at once (SIGKILL) and has it started again. The undo is the restart: the time to steady state counts from
 * the moment the new process is asked for, or from the kill where a supervisor does it by itself; the start-up of the
 * service is included.
 */
export function killProcess(restart: RestartBy = { by: 'us' }): Fault {
  const title = `service killed, ${afterwards[restart.by]}`;
  return ending({ id: 'kill', title, signal: 'SIGKILL', restart });
}

/**
 * Asks the service to end (SIGTERM), as a deployment does, and has it started again: whoever drains well loses no request
 * that was under way. One that is still there after 10 s is killed, which is a finding (`does-not-end`).
 */
export function terminateProcess(restart: RestartBy = { by: 'us' }): Fault {
  const title = `service asked to end, ${afterwards[restart.by]}`;
  return ending({ id: 'terminate', title, signal: 'SIGTERM', restart });
}
