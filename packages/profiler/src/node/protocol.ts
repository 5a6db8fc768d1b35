import type { NodeProbe } from './probe.ts';

/** Variable of the environment that holds the path of our socket. */
export const socketVariable = 'PREOPEN_PROFILER_SOCKET';

/** What can be asked: of its memory, and to finish what it records. */
export type ProbeMethod = keyof NodeProbe | 'finishRecording';

/** A question to a Node process: one line of JSON. */
export interface ProbeRequest {
  readonly id: number;
  readonly method: ProbeMethod;
  readonly params: readonly unknown[];
}

/** A line that comes back: who is there, once, and then answers. */
export type ProbeMessage =
  | { readonly pid: number; readonly parent: number; readonly node: string }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly problem: string };
