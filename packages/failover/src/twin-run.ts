import { availableParallelism, freemem } from 'node:os';
import type { Clock, RunningService } from '@preopen/core';
import type { TwinReading } from './control-twin.ts';
import type { Experiment } from './experiment.ts';
import { residentBytes } from './memory.ts';
import type { ProbeLog } from './probe-log.ts';
import { type ProcessIdentity, processesOf } from './processes.ts';
import type { Baseline } from './recovery.ts';
import { startWorkload, type Workload } from './workload.ts';

/** Whether a control twin ran, and what it showed from the fault to the end. */
export type ControlTwin =
  /** @property reason why there was none, as a sentence without its full stop */
  | { readonly ran: false; readonly reason: string }
  | { readonly ran: true; readonly log: ProbeLog; readonly normal: Baseline; readonly reading: TwinReading };

/** What a machine must have for a second instance. */
export interface Machine {
  readonly cores: number;
  readonly availableBytes: number;
}

/** This one, with what a container leaves of it. */
export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  // Younger than the oldest Node that we run on.
  availableBytes: (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem(),
});

/** Requests a second at most: enough to see a pause of 20 ms, too few to be in the target's way. */
const mostPerSecond = 100;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/**
 * Why a service can have no control twin for an experiment; `undefined` if it can. A twin is a second instance of the same
 * command: what both share must not be what the fault breaks, and the machine must have room for it.
 */
export function whyNoTwin(
  { fault, control, workload }: Experiment,
  service: RunningService,
  external: ProcessIdentity | undefined,
  machine: Machine = thisMachine(),
): string | undefined {
  if (control === 'none') return 'the experiment asks for none';
  if (fault.reaches !== 'target') return 'the fault can reach a second instance of the service as well';
  if (external) return 'the service is known by its pid alone: a second instance cannot be started';
  if (!service.process) return 'the service is known by its address alone: a second instance cannot be started';
  if (!service.startBeside)
    return 'the config gives the service a fixed address: {port} in its command allows a second one';
  const shared = Object.keys(service.upstreams ?? {});
  if (shared.length > 0)
    return `a second instance would ask the same upstreams (${shared.join(', ')}), and feel what they feel`;
  if (workload.acknowledgements !== undefined) return 'a second instance would write into the same journal of requests';
  if (machine.cores < 2) return 'a second instance needs a second processor: on one alone it would be in the way';
  const needed = 2 * (residentBytes(processesOf(service)) ?? 0);
  if (machine.availableBytes < needed) {
    return `a second instance needs ${megabytes(needed)} of free memory, twice what the service has now; there are ${megabytes(machine.availableBytes)}`;
  }
  return undefined;
}

/** A twin under traffic. */
export interface TwinUnderWay {
  /** Begins its traffic. */
  begin(): void;
  log(): ProbeLog;
  /** Ends its traffic; the log is whole then. */
  stopTraffic(): Promise<void>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts a second instance of the service; says why where it does not come up. */
export async function startTwin(
  service: RunningService,
  { workload: options }: Experiment,
  context: { readonly clock: Clock; readonly signal: AbortSignal; readonly seed: number },
): Promise<TwinUnderWay | { readonly reason: string }> {
  let twin: RunningService;
  try {
    twin = await service.startBeside!(context.signal);
  } catch (cause) {
    context.signal.throwIfAborted();
    return { reason: `a second instance did not start: ${(cause as Error).message.split('\n')[0]}` };
  }
  let traffic: Workload | undefined;
  return {
    begin: () => {
      const ratePerSecond = Math.min(mostPerSecond, options.ratePerSecond / 2);
      traffic = startWorkload(twin, { ...options, ratePerSecond }, context);
    },
    log: () => traffic!.log(),
    stopTraffic: async () => traffic?.stop(),
    stop: async () => {
      await traffic?.stop();
      await twin.stop();
    },
  };
}
