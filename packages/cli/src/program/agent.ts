import type { Registrar } from './registrar.ts';

/** `preopen agent`. */
export const registerAgent: Registrar = (program, streams, finish) => {
  program
    .command('agent')
    .summary('wait on this machine for load to generate')
    .description(
      'Wait at a Redis for `preopen load` or `preopen run` with --agents, and generate a share of their load, until a signal ends it. Needs two more packages: npm install bullmq ioredis.',
    )
    .requiredOption('--redis <url>', 'the Redis that all machines reach, as redis://HOST:6379')
    .option('--name <name>', 'name of this agent (default: the machine’s and some letters)')
    .action(async (flags: { redis: string; name?: string }) => {
      const { agentCommand } = await import('../commands/agent.ts');
      finish(await agentCommand(flags, streams));
    });
};
