import type { Language } from '@preopen/report';
import { languageOption } from './flags.ts';
import type { Registrar } from './registrar.ts';

/** `preopen report`. */
export const registerReport: Registrar = (program, streams, finish) => {
  program
    .command('report')
    .summary('draw the pages of a finished run again')
    .description('Draw report.html, summary.md and junit.xml of a finished run again, from its results.json.')
    .argument('<run>', 'folder of a run, or its results.json')
    .option('--output-dir <dir>', 'where to write (default: beside the results)')
    .option('--history <dir>', 'earlier runs, which the page draws too', '.preopen/history')
    .addOption(languageOption())
    .action(async (run: string, flags: { outputDir?: string; history: string; lang: Language }) => {
      const { reportCommand } = await import('../commands/report.ts');
      finish(await reportCommand(run, flags, streams));
    });
};
