import { wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

/** `preopen serve`. */
export const registerServe: Registrar = (program, streams, finish) => {
  program
    .command('serve')
    .summary('serve a LightGBM model, or the reference model, by the Open Inference Protocol')
    .description(
      'Serve a LightGBM model by the Open Inference Protocol until a signal ends it. SIGHUP reads its files again.',
    )
    .option('--model <file>', 'a LightGBM model file (default: the reference model, trained first)')
    .option(
      '--features <file>',
      'features by stock code, such as features.csv of the reference pipeline: requests may then name stocks',
    )
    .option('--port <n>', 'port to listen on; 0 is any free one', wholeNumber(0), 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <name>', 'name of the model in the protocol', 'reference')
    .option('--admin-port <n>', 'port for GET /metrics (Prometheus) and POST /reload (default: none)', wholeNumber(0))
    .action(async (flags) => {
      const { serveCommand } = await import('../commands/serve.ts');
      finish(await serveCommand(flags, streams));
    });
};
