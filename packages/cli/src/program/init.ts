import type { Registrar } from './registrar.ts';

/** `preopen init`. */
export const registerInit: Registrar = (program, streams, finish) => {
  program
    .command('init')
    .summary('write a config for what is in this folder')
    .description(
      'Look at a folder (Python, Node, LightGBM models, MLServer) and at services that run on this machine, ask what is not clear, write preopen.config.mjs with comments, and try it.',
    )
    .argument('[folder]', 'folder of the project', '.')
    .option('-y, --yes', 'ask nothing: take the likeliest')
    .option('--force', 'write preopen.config.mjs anew')
    .option('--no-start', 'do not try the target')
    .action(async (folder: string, flags) => {
      const { initCommand } = await import('../commands/init.ts');
      finish(await initCommand(folder, flags, streams));
    });
};
