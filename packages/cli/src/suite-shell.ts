import { type Results, type RunEvent, type RunRequest, runSuite, systemClock } from '@preopen/core';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type LogLevel, logLevels, openLog, type Streams } from './streams.ts';
import { createLiveReporter } from './terminal/live-reporter.ts';
import type { Style } from './terminal/style.ts';

/** What is said on the way, and where. */
export interface ShellFlags {
  /** The folder of the results, where it stays. */
  readonly outputDir?: string;
  readonly logLevel: LogLevel;
  readonly logFile?: string;
  /** Ends the run as a user would, but for reasons of the command. */
  readonly ending?: AbortSignal;
  /** Told of each event before it is drawn, and waited for. */
  readonly onEvent?: (event: RunEvent) => Promise<void>;
}

/** What became of a suite, beside its results. */
export interface SuiteEnd {
  readonly results: Results;
  /** The target could not be started for some check. */
  readonly targetFailed: boolean;
  /** Why results could not be saved. */
  readonly saveFailed: string | undefined;
  /** What the user or the system ended it by. */
  readonly signalled: 'SIGINT' | 'SIGTERM' | undefined;
}

/**
 * Runs a suite at a terminal: live progress on standard error, a log file if wanted, and Ctrl-C ends the check that runs in
 * good order. Nothing goes to standard output.
 */
export async function runAtTerminal(
  request: Omit<RunRequest, 'signal'>,
  { logLevel, logFile, outputDir, ending, onEvent: tell }: ShellFlags,
  streams: Streams,
  style: Style,
): Promise<SuiteEnd> {
  const log = openLog(logFile);
  const says = (level: LogLevel): boolean => logLevels.indexOf(level) <= logLevels.indexOf(logLevel);
  const live = createLiveReporter({
    write: (text) => streams.err.write(text),
    style,
    nowMs: () => systemClock.nowMs(),
    requirements: request.suite.requirements,
    tellsFolder: outputDir !== undefined,
    redraw: streams.err.isTTY === true && !streams.env.CI && streams.env.TERM !== 'dumb',
  });
  const user = new AbortController();
  let signalled: SuiteEnd['signalled'];
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled !== undefined) return;
    signalled = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
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
    const run = runSuite({ ...request, signal: ending ? AbortSignal.any([user.signal, ending]) : user.signal });
    for await (const event of run) {
      await tell?.(event);
      onEvent(event);
    }
    return { results: await run.result, targetFailed, saveFailed, signalled };
  } finally {
    clearInterval(ticker);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    live.end();
    await log.close();
  }
}

/**
 * What a finished suite means for whoever waits for the command.
 * @param enforced whether the verdicts decide
 */
export function exitCodeOf({ results, targetFailed, signalled, saveFailed }: SuiteEnd, enforced: boolean): ExitCode {
  if (signalled !== undefined) return signalled === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
  if (saveFailed !== undefined) return exitCodes.usage;
  if (targetFailed && !results.checks.some((check) => check.status === 'completed' && check.measurements.length > 0)) {
    return exitCodes.targetNotStarted;
  }
  if (!enforced) return exitCodes.ok;
  return {
    pass: exitCodes.ok,
    fail: exitCodes.failed,
    inconclusive: exitCodes.undecided,
    'not-measured': exitCodes.undecided,
  }[results.verdict];
}
