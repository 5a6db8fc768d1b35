import type { Registrar } from './registrar.ts';

/** `preopen explain`. */
export const registerExplain: Registrar = (program, streams, finish) => {
  program
    .command('explain')
    .summary('what a metric, check, suite or fault is, how it is measured, what to do when it fails')
    .description('Say what a metric, a check, a suite or a fault is, how it is measured, and what to do when it fails.')
    .argument('<name>', 'such as latency.inference.p95, memory/leak, quick or kill')
    .option('--json', 'print as JSON')
    .action(async (name: string, flags: { json?: boolean }) => {
      const { explainCommand } = await import('../commands/explain.ts');
      finish(explainCommand(name, flags.json === true, streams));
    });
};
