import { Option } from 'commander';
import { languageOption, list } from './flags.ts';
import type { Registrar } from './registrar.ts';

/** `preopen compare` and `preopen history`. */
export const registerCompare: Registrar = (program, streams, finish) => {
  program
    .command('compare')
    .summary('hold two builds against each other by their finished runs')
    .description(
      'Compare two builds by their finished runs: better, worse, same or unsure. The unit is the run: at least five of each build, made in the order base, head, head, base, …; anything else shows figures and proves nothing.',
    )
    .argument('<base>', 'results.json, folder of a run, or folder of runs')
    .argument('<head>', 'the same of the other build')
    .addOption(
      new Option('--fail-on <what>', 'end with 1 if worse (regression), and with 3 too if unsure').choices([
        'regression',
        'unsure',
      ]),
    )
    .option(
      '--force-incomparable',
      'show the figures of runs that differ in more than the build; the verdict is unsure',
    )
    .option('--json', 'print as JSON')
    .action(async (base: string, head: string, flags) => {
      const { compareCommand } = await import('../commands/compare.ts');
      finish(await compareCommand(base, head, flags, streams));
    });
  program
    .command('history')
    .summary('what runs measured over time, and where it seems to have changed')
    .description('What runs measured over time. A change that stands out is a suspicion and fails nothing.')
    .argument('[metrics...]', 'only these; * stands for any text', list)
    .option('--dir <dir>', 'folder of the history', '.preopen/history')
    .option('--html <file>', 'also write it as a page')
    .addOption(languageOption())
    .option('--json', 'print as JSON')
    .action(async (metrics: string[], flags) => {
      const { historyCommand } = await import('../commands/history.ts');
      finish(await historyCommand(metrics, flags, streams));
    });
};
