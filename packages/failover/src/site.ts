import { join } from 'node:path';
import type { Clock, EnvironmentChange, Random, RunningService } from '@preopen/core';
import type { FaultSite } from './fault.ts';
import { identify, type ProcessIdentity, processesOf, treeOf } from './processes.ts';
import type { UndoJournal } from './undo/journal.ts';

/** A site whose service may have been started again since. */
export interface LiveSite extends FaultSite {
  /** How the service ended, where it has and nobody has begun to start it again. */
  ended(): Promise<string | undefined>;
  /** Why the service did not come back, if it did not. */
  readonly restartProblem: string | undefined;
  /** For how long it had been asked to end when it was ended by force, if it was. */
  readonly overdueMs: number | undefined;
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
  /** What the service was prepared with; it is to have that after every start. */
  let prepared: EnvironmentChange | undefined;
  let restarting: Promise<void> | undefined;
  let isStarting = false;
  let restartProblem: string | undefined;
  let overdueMs: number | undefined;
  return {
    service,
    journal,
    clock,
    signal,
    random,
    workDir: join(workDir, 'fault'),
    processes: () => (external ? treeOf(external) : processesOf(current)),
    async restart() {
      const { restart } = current;
      if (!restart) throw new Error('the service was not started by us and cannot be started again');
      isStarting = true;
      restartProblem = undefined;
      restarting = restart(signal, prepared)
        .then(
          (again) => {
            current = again;
          },
          (cause: Error) => {
            const [headline = '', ...lines] = cause.message.split('\n');
            const complaint = lines.find((line) => /^\s*[\w.]*(?:Error|Exception)\b/.test(line));
            restartProblem = complaint === undefined ? headline : `${headline}: ${complaint.trim()}`;
          },
        )
        .finally(() => {
          isStarting = false;
        });
    },
    async ended() {
      const { process } = current;
      if (isStarting || !process || (!process.exit() && identify(process.pid))) return undefined;
      // It is dead, and Node may not have heard of it yet.
      const { signal: by, code } = await process.exited;
      return by ?? `code ${code}`;
    },
    async startAgain(environment) {
      if (!current.restart) throw new Error('the service was not started by us and cannot be started again');
      prepared = environment;
      current = await current.restart(signal, environment);
      return current;
    },
    noteOverdue(patienceMs) {
      overdueMs = patienceMs;
    },
    get overdueMs() {
      return overdueMs;
    },
    get restartProblem() {
      return restartProblem;
    },
    settled: async () => restarting,
  };
}
