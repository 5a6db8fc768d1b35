import { Option } from 'commander';
import { logLevels, stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { withAgentFlags } from './agent-flags.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { languageOption, list, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

const runExamples = `
Examples:
  preopen run                                            the reference pipeline, simulated market, suite quick
  preopen run --suite comprehensive --generate-report    2000 stocks × 252 days, with an HTML report
  preopen run --target mine --validate-requirements      your system from preopen.config.json, for CI
  preopen run --data prices.csv.gz                       on market data of your own
${exitCodeHelp}`;

/** `preopen run`. */
export const registerRun: Registrar = (program, streams, finish) => {
  const command = program
    .command('run')
    .summary('run a suite of checks on a target and hold the results against requirements')
    .description(
      'Run a suite of checks on a target, and hold what was measured against its requirements. Without a config the reference pipeline is run on a simulated market.',
    )
    .argument('[target]', 'name of a target in the config')
    .option('--suite <name>', 'quick, comprehensive, taiwan, failover, load, all, or a suite of the config', 'quick')
    .option('--config <file>', 'config file (default: preopen.config.{ts,mts,js,mjs,json}, searched upwards)')
    .option('--target <name>', 'target of the config (default: its first one; “reference” is the built-in pipeline)')
    .option('--data <path>', 'market data: a dataset folder, or a file or folder of daily prices (default: simulated)')
    .option('--stocks <n>', 'size of the universe', wholeNumber(2))
    .option('--days <n>', 'trading days of history', wholeNumber(10))
    .option('--users <n>', 'concurrent users for closed-loop load', wholeNumber(1))
    .option('--seed <n>', 'seed of everything that is drawn (default: 42)', wholeNumber(0))
    .option('--only <ids>', 'run only these checks; commas and * allowed, can be repeated', list)
    .option('--skip <ids>', 'leave these checks out; commas and * allowed, can be repeated', list)
    .option('--output-dir <dir>', 'folder for results.json, reports and evidence (default: preopen-results/<run>)')
    .option('--validate-requirements', 'let the verdicts decide the exit code')
    .option('--generate-report', 'also write report.html, summary.md and the certificate (a draft without a key)')
    .option(
      '--reporter <names>',
      'reporters in place of the config’s: junit, html, summary, csv, openmetrics, github, or files',
      list,
    )
    .option('--add-reporter <names>', 'reporters on top of them', list)
    .option('--key <file>', 'private key that signs the certificate (default: PREOPEN_SIGNING_KEY)')
    .addOption(languageOption())
    .option('--json', 'print the results document, and nothing else, on standard output')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(new Option('--log-level <level>', 'how much is said on the way').choices(logLevels).default('info'))
    .option('--log-file <file>', 'append every event to this file, as JSON lines');
  withAgentFlags(command)
    .addHelpText('after', () => fittedText(runExamples, stylesOf(streams, 'auto').out.columns))
    .action(async (target: string | undefined, flags) => {
      const { runCommand } = await import('../commands/run.ts');
      finish(await runCommand({ ...flags, ...(target === undefined ? {} : { target }) }, streams));
    });
};
