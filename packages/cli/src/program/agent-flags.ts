import type { Command } from 'commander';
import { wholeNumber } from './flags.ts';

/** Declares the flags with which load comes from several machines (`AgentFlags`). */
export function withAgentFlags(command: Command): Command {
  return command
    .option('--agents <n>', 'send the load from so many agents (`preopen agent`) on other machines', wholeNumber(1))
    .option('--redis <url>', 'the Redis at which the agents wait, as redis://HOST:6379');
}
