import { parseRequirement, type Requirement } from '@preopen/core';
import type { Experiment } from './experiment.ts';

/** Faults between load and service after which operations time out. */
const networkFaults = ['latency', 'bandwidth', 'timeout', 'reset-peer', 'half-open', 'down'];

/**
 * Time to steady state that the specification allows in each of its failure scenarios, and the faults that stand for it.
 * A fault of another id has the longest of them.
 */
export const recoveryScenarios: readonly {
  readonly scenario: string;
  readonly limitMs: number;
  readonly faults: readonly string[];
}[] = [
  { scenario: 'memory exhaustion', limitMs: 30_000, faults: ['memory', 'memory-limit'] },
  { scenario: 'CPU overload', limitMs: 15_000, faults: ['cpu', 'cpu-quota'] },
  { scenario: 'data corruption', limitMs: 5000, faults: ['corruption', 'corrupt', 'tw-19'] },
  { scenario: 'I/O failure', limitMs: 10_000, faults: ['disk-full', 'writes', 'read-only', 'descriptors'] },
  { scenario: 'exception cascade', limitMs: 20_000, faults: ['exceptions'] },
  {
    scenario: 'operation time-out',
    limitMs: 30_000,
    faults: ['kill', 'terminate', 'pause', 'clock', 'tw-13', ...networkFaults],
  },
  { scenario: 'market-data gap', limitMs: 10_000, faults: ['data-gap', 'tw-01'] },
  { scenario: 'circuit-breaker cascade', limitMs: 60_000, faults: ['breaker-cascade', 'tw-09', 'tw-20'] },
];

/** The specification's limit on the time to steady state after a fault. */
export function recoveryLimitMs(faultId: string): number {
  const scenario = recoveryScenarios.find(({ faults }) => faults.includes(faultId));
  return scenario?.limitMs ?? 60_000;
}

/** A time limit as the specification writes its own: whole seconds as seconds. */
const limitText = (ms: number): string => (ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`);

/**
 * What an experiment must meet: no mistake that it proves, its own limits, and the specification's on the time to steady state
 * unless it has one.
 */
export function requirementsOf({ fault, limits }: Experiment): Requirement[] {
  const limit = (figure: string, atMost: string, source: string): Requirement =>
    parseRequirement(`recovery.${fault.id}.${figure} <= ${atMost}`, { source });
  const own = Object.entries(limits).map(([name, value]) =>
    name.endsWith('Ms')
      ? limit(name.slice(0, -2), limitText(value), 'experiment')
      : limit(name, String(value), 'experiment'),
  );
  const sound = limit('findings', '0', 'design');
  if (limits.timeToSteadyStateMs !== undefined) return [sound, ...own];
  return [limit('timeToSteadyState', `${recoveryLimitMs(fault.id) / 1000} s`, 'specification'), sound, ...own];
}
