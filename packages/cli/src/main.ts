import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { logLevels, type Streams } from './streams.ts';
import { readTool } from './tool.ts';

/** Reads a whole number within bounds, or refuses it with what was given. */
const wholeNumber =
  (low: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < low) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${low}.`);
    }
    return value;
  };

const list = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(',').filter((part) => part !== ''),
];

const introduction = `preopen tells whether a prediction pipeline for the Taiwan stock market is ready for
production, proves it with measurements, and keeps what it saw.

  preopen run                      try it: the reference pipeline on a simulated market, about a minute
  preopen run --suite quick --config preopen.config.json --validate-requirements
                                   your own system, verdicts as exit code
  preopen list                     what there is: suites, checks, metrics`;

const exitCodeHelp = `
Exit codes:
  0    the run worked; with --validate-requirements: and every required requirement passed
  1    a required requirement failed             (only with --validate-requirements)
  2    wrong usage or config, or an output folder that cannot be written
  3    undecided or not measured                 (only with --validate-requirements)
  4    the target could not be started
  5    a defect of preopen itself
  130  interrupted; what was measured so far is saved`;

const runExamples = `
Examples:
  preopen run                                            the reference pipeline, simulated market, suite quick
  preopen run --suite comprehensive --generate-report    2000 stocks × 252 days, with an HTML report
  preopen run --target mine --validate-requirements      your system from preopen.config.json, for CI
  preopen run --data prices.csv.gz                       on market data of your own
${exitCodeHelp}`;

function buildProgram(streams: Streams, finish: (code: ExitCode) => void): Command {
  const { version } = readTool();
  const program = new Command('preopen')
    .description(introduction)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: (text) => streams.out.write(text), writeErr: (text) => streams.err.write(text) })
    .addHelpText('after', exitCodeHelp);

  program
    .command('run')
    .summary('run a suite of checks on a target and hold the results against requirements')
    .description(
      'Run a suite of checks on a target, and hold what was measured against its requirements.\nWithout a config the reference pipeline is run on a simulated market.',
    )
    .argument('[target]', 'name of a target in the config')
    .option('--suite <name>', 'quick, comprehensive, taiwan, failover, load, all, or a suite of the config', 'quick')
    .option('--config <file>', 'config file (default: preopen.config.{ts,mts,js,mjs,json}, searched upwards)')
    .option('--target <name>', 'target of the config (default: its first one; “reference” is the built-in pipeline)')
    .option('--data <path>', 'market data: a dataset folder, or a CSV (also .gz) of daily prices (default: simulated)')
    .option('--stocks <n>', 'size of the universe', wholeNumber(2))
    .option('--days <n>', 'trading days of history', wholeNumber(10))
    .option('--users <n>', 'concurrent users for closed-loop load', wholeNumber(1))
    .option('--seed <n>', 'seed of everything that is drawn (default: 42)', wholeNumber(0))
    .option('--only <ids>', 'run only these checks; commas and * allowed, can be repeated', list)
    .option('--skip <ids>', 'leave these checks out; commas and * allowed, can be repeated', list)
    .option('--output-dir <dir>', 'folder for results.json, reports and evidence (default: preopen-results/<run>)')
    .option('--validate-requirements', 'let the verdicts decide the exit code')
    .option('--generate-report', 'also write report.html and summary.md')
    .option('--json', 'print the results document, and nothing else, on standard output')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(new Option('--log-level <level>', 'how much is said on the way').choices(logLevels).default('info'))
    .option('--log-file <file>', 'append every event to this file, as JSON lines')
    .addHelpText('after', runExamples)
    .action(async (target: string | undefined, flags) => {
      const { runCommand } = await import('./commands/run.ts');
      finish(await runCommand({ ...flags, ...(target === undefined ? {} : { target }) }, streams));
    });

  program
    .command('list')
    .summary('list suites, checks, metrics or requirements')
    .description('List what there is.')
    .argument('[what]', 'suites, checks, metrics', 'suites')
    .option('--json', 'print as JSON')
    .action(async (what: string, flags: { json?: boolean }) => {
      const { listCommand } = await import('./commands/list.ts');
      finish(listCommand(what, flags.json === true, streams));
    });

  program
    .command('report')
    .summary('draw the pages of a finished run again')
    .description('Draw report.html, summary.md and junit.xml of a finished run again, from its results.json.')
    .argument('<run>', 'folder of a run, or its results.json')
    .option('--output-dir <dir>', 'where to write (default: beside the results)')
    .action(async (run: string, flags: { outputDir?: string }) => {
      const { reportCommand } = await import('./commands/report.ts');
      finish(await reportCommand(run, flags.outputDir, streams));
    });

  program
    .command('serve')
    .summary('serve a LightGBM model, or the reference model, by the Open Inference Protocol')
    .description('Serve a LightGBM model by the Open Inference Protocol until a signal ends it.')
    .option('--model <file>', 'a LightGBM model file (default: the reference model, trained first)')
    .option('--port <n>', 'port to listen on; 0 is any free one', wholeNumber(0), 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <name>', 'name of the model in the protocol', 'reference')
    .action(async (flags) => {
      const { serveCommand } = await import('./commands/serve.ts');
      finish(await serveCommand(flags, streams));
    });

  const market = program
    .command('market')
    .summary('the Taiwan market: calendar, price limits, simulated data')
    .description('The Taiwan market: calendar, price limits, simulated data.');
  market
    .command('calendar')
    .summary('sessions and closures of a year')
    .argument('<year>', '1987 to 2026', wholeNumber(1987))
    .option('--json', 'print as JSON')
    .action(async (year: number, flags: { json?: boolean }) => {
      const { calendarCommand } = await import('./commands/market.ts');
      finish(calendarCommand(year, flags.json === true, streams));
    });
  market
    .command('limits')
    .summary('lowest and highest price of a day')
    .requiredOption('--reference <price>', 'the exchange’s reference price, NT$', Number)
    .requiredOption('--date <date>', 'YYYY-MM-DD')
    .option('--instrument <kind>', 'stock, etf, etf-leveraged-2x, etf-inverse, etf-foreign, reit, etn', 'stock')
    .option('--json', 'print as JSON')
    .action(async (flags) => {
      const { limitsCommand } = await import('./commands/market.ts');
      finish(limitsCommand(flags, streams));
    });
  market
    .command('simulate')
    .summary('write a simulated market as a dataset folder')
    .option('--stocks <n>', 'size of the universe', wholeNumber(2), 2000)
    .option('--days <n>', 'trading days', wholeNumber(2), 252)
    .option('--seed <n>', 'seed', wholeNumber(0), 42)
    .requiredOption('--out <dir>', 'folder to make')
    .option('--json', 'print the dataset’s description as JSON')
    .action(async (flags) => {
      const { simulateCommand } = await import('./commands/market.ts');
      finish(await simulateCommand(flags, streams));
    });
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
      const { trainCommand } = await import('./commands/model.ts');
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
    .option('--label-column <column>', 'number of the label column, name:LABEL, or none', '0')
    .option('--header', 'the first line holds names')
    .action(async (modelFile: string, data: string, flags) => {
      const { predictCommand } = await import('./commands/model.ts');
      finish(await predictCommand(modelFile, data, flags, streams));
    });
  model
    .command('inspect')
    .summary('what a model is, which features carry it, and one of its trees')
    .argument('<model>', 'LightGBM model file')
    .option('--tree <n>', 'tree to draw', wholeNumber(0), 0)
    .option('--json', 'print as JSON')
    .action(async (modelFile: string, flags: { tree: number; json?: boolean }) => {
      const { inspectCommand } = await import('./commands/model.ts');
      finish(await inspectCommand(modelFile, flags.tree, flags.json === true, streams));
    });

  return program;
}

/** Errors of the user's making carry this name in every package; a check by class would fail across copies. */
const isInputError = (cause: unknown): cause is Error & { code?: string } =>
  cause instanceof Error && cause.name === 'InputError';

/**
 * The command line.
 * @param args arguments after the command's name
 * @returns the exit code; the process is left to end by itself
 */
export async function main(
  args: readonly string[],
  streams: Streams = { out: process.stdout, err: process.stderr, env: process.env },
): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const program = buildProgram(streams, (finished) => {
    code = finished;
  });
  const asJson = args.includes('--json');
  const fail = (message: string, errorCode: string | undefined, exitCode: ExitCode): ExitCode => {
    streams.err.write(`error${errorCode ? `[${errorCode}]` : ''}: ${message}\n`);
    if (asJson) streams.out.write(`${JSON.stringify({ error: { code: errorCode ?? null, message } }, null, 2)}\n`);
    return exitCode;
  };
  // The reader of a pipe may leave early (head, less): that is no fault.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(code);
    throw cause;
  });
  if (args.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (cause) {
    if (cause instanceof CommanderError) {
      return cause.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    if (isInputError(cause)) return fail(cause.message, cause.code, exitCodes.usage);
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return fail(
      `a defect of preopen: ${args.includes('debug') ? stack : (cause as Error).message}. Please report it, with the output of --log-level debug.`,
      'E500',
      exitCodes.defect,
    );
  }
}
