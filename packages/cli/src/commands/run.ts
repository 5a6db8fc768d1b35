import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import {
  type Config,
  type DatasetSource,
  didYouMean,
  findConfig,
  InputError,
  loadConfig,
  parseConfig,
  type Results,
  type RunEvent,
  runSuite,
  serializeResults,
  systemClock,
  type TargetConfig,
} from '@preopen/core';
import { fileDataset, simulatedDataset } from '@preopen/market-tw';
import { referenceTarget } from '@preopen/pipeline';
import { writeReports } from '@preopen/report';
import { builtinChecks } from '../checks.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { runId } from '../run-id.ts';
import { type LogLevel, logLevels, openLog, type Streams, stylesOf } from '../streams.ts';
import { resolveSuite, whereMeasured } from '../suites.ts';
import { createLiveReporter } from '../terminal/live-reporter.ts';
import { verdictTable } from '../terminal/verdict-table.ts';
import { readTool } from '../tool.ts';

/** The flags of `preopen run`, already read. */
export interface RunFlags {
  readonly suite: string;
  readonly config?: string;
  readonly target?: string;
  readonly data?: string;
  readonly stocks?: number;
  readonly days?: number;
  readonly users?: number;
  readonly seed?: number;
  readonly outputDir?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly validateRequirements?: boolean;
  readonly generateReport?: boolean;
  readonly json?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
  readonly logLevel: LogLevel;
  readonly logFile?: string;
}

/** The seed of runs that are given none: the same for everybody, so that figures can be compared. */
const defaultSeed = 42;

async function configFor(flags: RunFlags): Promise<Config> {
  const path = flags.config ?? (await findConfig(process.cwd()));
  return path === undefined ? parseConfig({}, { path: undefined, dir: process.cwd() }) : loadConfig(path);
}

/** The target that is asked for by name or comes first; without any in the config, the reference. */
function targetFor(flags: RunFlags, config: Config): { target: TargetConfig; configDir: string } {
  const reference = referenceTarget();
  const wanted = flags.target ?? config.target;
  if (wanted === undefined) {
    const first = config.targets[0];
    return first ? { target: first, configDir: config.dir } : { target: reference, configDir: process.cwd() };
  }
  const found = config.targets.find(({ name }) => name === wanted);
  if (found) return { target: found, configDir: config.dir };
  if (wanted === reference.name) return { target: reference, configDir: process.cwd() };
  const names = [...config.targets.map(({ name }) => name), reference.name];
  throw new InputError(`no target is called “${wanted}”. Known are ${names.join(', ')}.${didYouMean(wanted, names)}`, {
    code: 'E105',
  });
}

function datasetFor(flags: RunFlags, config: Config): { source: DatasetSource; simulated: boolean } {
  const path =
    flags.data !== undefined
      ? resolve(flags.data)
      : config.data !== undefined
        ? resolve(config.dir, config.data)
        : undefined;
  if (path === undefined) return { source: simulatedDataset(), simulated: true };
  if (!existsSync(path)) {
    throw new InputError(`no market data at ${path}. Give a dataset folder, or a CSV (also .gz) of daily prices.`, {
      code: 'E106',
      at: path,
    });
  }
  return { source: fileDataset(path), simulated: false };
}

/** A folder of its own for the run; a second run within one second gets the next number. */
async function outputDirFor(flags: RunFlags, config: Config, id: string): Promise<string> {
  if (flags.outputDir !== undefined) return resolve(flags.outputDir);
  if (config.outputDir !== undefined) return resolve(config.dir, config.outputDir);
  const parent = resolve('preopen-results');
  await mkdir(parent, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? id : `${id}-${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

/** What a finished run means for whoever waits for the command. */
function exitCodeOf(results: Results, flags: RunFlags, targetFailed: boolean): ExitCode {
  if (targetFailed && !results.checks.some((check) => check.status === 'completed' && check.measurements.length > 0)) {
    return exitCodes.targetNotStarted;
  }
  if (!flags.validateRequirements) return exitCodes.ok;
  return {
    pass: exitCodes.ok,
    fail: exitCodes.failed,
    inconclusive: exitCodes.undecided,
    'not-measured': exitCodes.undecided,
  }[results.verdict];
}

/** `preopen run`: the composed suite on one target. */
export async function runCommand(flags: RunFlags, streams: Streams): Promise<ExitCode> {
  const config = await configFor(flags);
  const { target, configDir } = targetFor(flags, config);
  const checks = builtinChecks();
  const suite = resolveSuite(flags.suite, config, flags, checks);
  if (suite.checks.length === 0) throw new InputError(`suite ${suite.name} has no check left to run`, { code: 'E104' });
  const dataset = datasetFor(flags, config);
  const id = runId(systemClock.wallMs(), suite.name);
  const outputDir = await outputDirFor(flags, config, id);
  const styles = stylesOf(streams, flags.color);
  const log = openLog(flags.logFile);
  const says = (level: LogLevel): boolean => logLevels.indexOf(level) <= logLevels.indexOf(flags.logLevel);
  const live = createLiveReporter({
    write: (text) => streams.err.write(text),
    style: styles.err,
    nowMs: () => systemClock.nowMs(),
    requirements: suite.requirements,
    redraw: streams.err.isTTY === true && !streams.env.CI && streams.env.TERM !== 'dumb',
  });

  const user = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled !== undefined) return;
    signalled = signal;
    streams.err.write(
      `\n${signal === 'SIGINT' ? 'Interrupted' : 'Terminated'}: ending the check that runs, saving what was measured …\n`,
    );
    user.abort(new Error(`interrupted by ${signal}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const ticker = setInterval(() => says('info') && live.tick(), 200);

  let targetFailed = false;
  let saveFailed: string | undefined;
  const onEvent = (event: RunEvent): void => {
    log.write({
      at: new Date(systemClock.wallMs()).toISOString(),
      ...event,
      ...(event.type === 'run-ended' ? { results: undefined } : {}),
    });
    if (event.type === 'target-failed') targetFailed = true;
    if (event.type === 'save-failed') saveFailed = event.message;
    if (says('info') || (says('error') && event.type.endsWith('-failed'))) live.onEvent(event);
    if (event.type === 'log' && event.level === 'debug' && says('debug'))
      streams.err.write(`  ${event.check}: ${event.message}\n`);
  };

  try {
    const run = runSuite({
      suite,
      target,
      configDir,
      dataset,
      runId: id,
      seed: flags.seed ?? config.seed ?? defaultSeed,
      seedGiven: flags.seed !== undefined || config.seed !== undefined,
      outputDir,
      tool: readTool(),
      signal: user.signal,
      missing: (metric) => whereMeasured(metric, suite, checks),
    });
    for await (const event of run) onEvent(event);
    const results = await run.result;
    live.end();
    const written =
      saveFailed === undefined ? await writeReports(results, outputDir, { html: flags.generateReport === true }) : [];
    if (flags.json) streams.out.write(serializeResults(results));
    else {
      const shown = (name: string): string => {
        const path = relative(process.cwd(), join(outputDir, name));
        return path.startsWith('..') ? join(outputDir, name) : path;
      };
      const files = ['results.json', ...written].map((name) => `  ${name.padEnd(13)} ${shown(name)}`);
      const enforced = flags.validateRequirements
        ? ''
        : '  Verdicts are shown, not enforced; --validate-requirements makes them the exit code.\n';
      streams.out.write(`\n${verdictTable(results, styles.out)}\n${enforced}\n${files.join('\n')}\n`);
    }
    if (signalled !== undefined) return signalled === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    if (saveFailed !== undefined) {
      streams.err.write(
        `error: ${saveFailed}. What was measured until then is in ${outputDir}; free some space and run again.\n`,
      );
      return exitCodes.usage;
    }
    return exitCodeOf(results, flags, targetFailed);
  } finally {
    clearInterval(ticker);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    live.end();
    await log.close();
  }
}
