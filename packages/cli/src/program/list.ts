import type { Registrar } from './registrar.ts';

/** `preopen list`. */
export const registerList: Registrar = (program, streams, finish) => {
  program
    .command('list')
    .summary('list suites, checks, or metrics with the limits on them')
    .description('List what there is.')
    .argument('[what]', 'suites, checks, metrics', 'suites')
    .option('--json', 'print as JSON')
    .action(async (what: string, flags: { json?: boolean }) => {
      const { listCommand } = await import('../commands/list.ts');
      finish(listCommand(what, flags.json === true, streams));
    });
};
