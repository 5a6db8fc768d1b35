import type { Clock, EnvironmentChange, Random, RunningService } from '@preopen/core';
import type { ProcessIdentity } from './processes.ts';
import type { UndoJournal } from './undo/journal.ts';

/** Takes back what a fault did. Calling it twice is as good as once. */
export type Undo = () => Promise<void>;

/** Whether a fault can be injected here, or what it would need. */
export type Availability =
  | { readonly isAvailable: true }
  | {
      readonly isAvailable: false;
      /** Completes the sentence “not measured: needs …”. */
      readonly needs: string;
    };

/** The answer of a probe that found nothing missing. */
export const available: Availability = { isAvailable: true };

/** The answer of a probe that did. @param what completes the sentence “not measured: needs …” */
export const needs = (what: string): Availability => ({ isAvailable: false, needs: what });

/** Where a fault is injected: all that it may touch, and nothing else. */
export interface FaultSite {
  readonly service: RunningService;
  /**
   * The processes that may be touched, alive now: the service's own tree, also after a restart, or that of a pid which
   * the user allowed by name. Empty where there is neither.
   */
  processes(): readonly ProcessIdentity[];
  /**
   * Starts the service again as soon as its processes have ended. Resolves once that has begun: the start-up is part of the
   * recovery and is not awaited.
   */
  restart(): Promise<void>;
  /**
   * Starts the service again with something added to its environment, before the steady state is looked for; resolves when
   * it is ready.
   */
  startAgain(environment: EnvironmentChange): Promise<RunningService>;
  /** Told that what was asked to end was still there after so long, and was then ended by force. */
  noteOverdue(patienceMs: number): void;
  /** What must be undone when the tester itself dies is written here before it is done. */
  readonly journal: UndoJournal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A random stream of the run's seed for one purpose. */
  random(purpose: string): Random;
  /** A folder for whatever the fault needs; removed after the experiment. */
  readonly workDir: string;
}

/** What was put between load and service before the steady state, such as a proxy. */
export interface Preparation {
  /** The service as the load is to see it. */
  readonly service: RunningService;
  /** Requests that have reached the service so far, where something on the way counts them: shows retries. */
  upstreamRequests?(): number;
  /** Takes it away again, whatever became of the experiment. */
  release(): Promise<void>;
}

/** Something that is broken on purpose. */
export interface Fault {
  /** As it stands in metric names: `kill`, `pause`. */
  readonly id: string;
  /** For people, with its size: “service frozen for 500 ms”. */
  readonly title: string;
  /** What it needs to reach: processes that we started, or only an address. */
  readonly touches: 'processes' | 'address';
  /**
   * Whom it reaches: `target` for the service's own processes and connections alone, so that a second instance beside it, on
   * the same machine, is an unbroken control. Default `machine`: it may reach others, and is then measured without one.
   */
  readonly reaches?: 'target' | 'machine';
  /** How long the fault lasts before it is undone; 0 for what is over at once, such as a kill. */
  readonly durationMs: number;
  /** Somebody else starts the service again; without this a service that ended of the fault is started again by us. */
  readonly isRestartedByOthers?: boolean;
  /** Set for what changes the wall clock and takes nothing away: whatever fails then, fails by what it asks that clock. */
  readonly isOfClock?: true;
  /** Set for what breaks a network, by where: between load and service, or between the service and an upstream of its own. */
  readonly network?: 'before the service' | 'behind the service';
  /** Tells before anything is touched whether the fault can be injected here; leaves no trace. */
  probe(site: FaultSite): Promise<Availability>;
  /** Sets up what must be there before the steady state is looked for. */
  prepare?(site: FaultSite): Promise<Preparation>;
  /**
   * Resolves once the fault is verified to be in effect, with its undo. Whatever outlives a tester that is killed has a
   * record in the journal before it is done; records still open are applied after the undo, and also if this throws.
   */
  inject(site: FaultSite): Promise<Undo>;
}
