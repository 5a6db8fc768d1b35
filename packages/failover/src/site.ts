import { join } from 'node:path';
import type { Clock, Random, RunningService } from '@preopen/core';
import type { FaultSite } from './fault.ts';
import { type ProcessIdentity, processesOf, treeOf } from './processes.ts';
import type { UndoJournal } from './undo/journal.ts';

/** A site whose service may have been started again since. */
export interface LiveSite extends FaultSite {
  /** Why the service did not come back, if it did not. */
  readonly restartProblem: string | undefined;
  /** Resolves when a restart that is under way has come to an end, whichever. */
  settled(): Promise<void>;
}

/**
 * All that faults may touch.
 * @param external a process that we did not start and that the user allowed by name; its tree is then the one to touch
 */
export function faultSite(around: {
  readonly service: RunningService;
  readonly journal: UndoJournal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random: (purpose: string) => Random;
  readonly workDir: string;
  readonly external?: ProcessIdentity | undefined;
}): LiveSite {
  const { service, journal, clock, signal, random, workDir, external } = around;
  let current = service;
  let restarting: Promise<void> | undefined;
  let restartProblem: string | undefined;
  return {
    service,
    journal,
    clock,
    signal,
    random,
    workDir: join(workDir, 'fault'),
    processes: () => (external ? treeOf(external) : processesOf(current)),
    async restart() {
      if (!current.restart) throw new Error('the service was not started by us and cannot be started again');
      restarting ??= current.restart(signal).then(
        (again) => {
          current = again;
        },
        (cause: Error) => {
          restartProblem = cause.message.split('\n')[0];
        },
      );
    },
    async startAgain(environment) {
      if (!current.restart) throw new Error('the service was not started by us and cannot be started again');
      current = await current.restart(signal, environment);
      return current;
    },
    get restartProblem() {
      return restartProblem;
    },
    settled: async () => restarting,
  };
}
