import { InputError } from '@preopen/core';
import type { AgentsWanted } from '@preopen/load';

/** The flags that `program/agent-flags.ts` declares. */
export interface AgentFlags {
  readonly agents?: number;
  readonly redis?: string;
}

/**
 * The agents that flags ask for; `undefined` if they ask for none.
 * @throws InputError if one of the two flags is missing
 */
export function agentsWanted({ agents, redis }: AgentFlags): AgentsWanted | undefined {
  if (agents === undefined && redis === undefined) return undefined;
  if (agents === undefined || redis === undefined) {
    throw new InputError(
      '--agents N and --redis URL belong together: how many agents, and the Redis at which they wait.',
    );
  }
  return { agents, redisUrl: redis };
}
