import { Option } from 'commander';
import { wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

/** `preopen model …`. */
export const registerModel: Registrar = (program, streams, finish) => {
  const model = program
    .command('model')
    .summary('LightGBM models: train, predict, inspect')
    .description('LightGBM models without LightGBM: train, predict, inspect.');
  model
    .command('train')
    .summary('train from a LightGBM configuration file')
    .description('Train from a LightGBM configuration file: data beside it, the model where the command is called.')
    .argument('<config>', 'configuration file')
    .argument('[settings...]', 'further settings as key=value; they go before the file’s')
    .action(async (config: string, settings: string[]) => {
      const { trainCommand } = await import('../commands/model.ts');
      finish(await trainCommand(config, settings, streams));
    });
  model
    .command('predict')
    .summary('predict rows of a table: one row a line, tab-separated')
    .argument('<model>', 'LightGBM model file')
    .argument('<data>', 'table of numbers, separated by commas, tabs or blanks')
    .addOption(
      new Option('--output <kind>', 'what to print')
        .choices(['raw', 'response', 'leaf', 'contrib'])
        .default('response'),
    )
    .option(
      '--label-column <column>',
      'number of the label column, name:LABEL, or none; left out if the table has none',
      '0',
    )
    .option('--header', 'the first line holds names; columns are found by the model’s')
    .action(async (modelFile: string, data: string, flags) => {
      const { predictCommand } = await import('../commands/model.ts');
      finish(await predictCommand(modelFile, data, flags, streams));
    });
  model
    .command('inspect')
    .summary('what a model is, which features carry it, and one of its trees')
    .argument('<model>', 'LightGBM model file')
    .option('--tree <n>', 'tree to draw', wholeNumber(0), 0)
    .option('--json', 'print as JSON')
    .action(async (modelFile: string, flags: { tree: number; json?: boolean }) => {
      const { inspectCommand } = await import('../commands/model.ts');
      finish(await inspectCommand(modelFile, flags.tree, flags.json === true, streams));
    });
};
