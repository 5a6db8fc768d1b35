import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import type { Registrar } from './registrar.ts';

/** `preopen doctor`. */
export const registerDoctor: Registrar = (program, streams, finish) => {
  program
    .command('doctor')
    .summary('what this machine and the targets are fit for, before anything is measured')
    .description(
      'Look at this machine, the optional packages and the targets of the config. Each service is started, asked one request and ended again; pipelines are not run.',
    )
    .option('--config <file>', 'config file (default: searched upwards)')
    .option('--target <name>', 'only this target')
    .option('--no-start', 'do not start any target')
    .option('--json', 'print as JSON')
    .addHelpText('after', () =>
      fittedText(
        `
Exit codes:
  0    fit to measure, perhaps with less to say
  1    this machine cannot measure
  2    wrong usage
  4    the config has mistakes, or a target cannot be started or does not answer right`,
        stylesOf(streams, 'auto').out.columns,
      ),
    )
    .action(async (flags) => {
      const { doctorCommand } = await import('../commands/doctor.ts');
      finish(await doctorCommand(flags, streams));
    });
};
