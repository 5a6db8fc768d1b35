import { Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { registerAb } from './program/ab.ts';
import { registerAgent } from './program/agent.ts';
import { registerCertificate } from './program/certificate.ts';
import { suggestChoices } from './program/choices.ts';
import { registerCompare } from './program/compare.ts';
import { registerCompletion } from './program/completion.ts';
import { registerDoctor } from './program/doctor.ts';
import { exitCodeHelp } from './program/exit-code-help.ts';
import { registerExplain } from './program/explain.ts';
import { registerFailover } from './program/failover.ts';
import { registerInit } from './program/init.ts';
import { registerLatency } from './program/latency.ts';
import { registerList } from './program/list.ts';
import { registerLoad } from './program/load.ts';
import { registerMarket } from './program/market.ts';
import { registerModel } from './program/model.ts';
import { registerProfile } from './program/profile.ts';
import type { Registrar } from './program/registrar.ts';
import { registerReport } from './program/report.ts';
import { registerRun } from './program/run.ts';
import { registerServe } from './program/serve.ts';
import { registerWatch } from './program/watch.ts';
import { type Streams, stylesOf } from './streams.ts';
import { fittedText } from './terminal/fitted-text.ts';
import { readTool } from './tool.ts';

const introduction = `preopen tells whether a prediction pipeline for the Taiwan stock market is ready for production, proves it with measurements, and keeps what it saw.

  preopen run                      try it: the reference pipeline on a simulated market, about a minute
  preopen run --suite quick --config preopen.config.json --validate-requirements
                                   your own system, verdicts as exit code
  preopen load http://127.0.0.1:8080/score
                                   how much any address sustains with P95 below 100 ms
  preopen init                     write a config for what is in this folder
  preopen list                     what there is: suites, checks, metrics`;

/** The commands, in the order of the help. */
const registrars: readonly Registrar[] = [
  registerInit,
  registerDoctor,
  registerRun,
  registerLoad,
  registerLatency,
  registerAgent,
  registerProfile,
  registerFailover,
  registerList,
  registerExplain,
  registerReport,
  registerCompare,
  registerAb,
  registerWatch,
  registerCertificate,
  registerServe,
  registerMarket,
  registerModel,
  registerCompletion,
];

function buildProgram(streams: Streams, finish: (code: ExitCode) => void): Command {
  const { version } = readTool();
  const { columns } = stylesOf(streams, 'auto').out;
  const program = new Command('preopen')
    .description(fittedText(introduction, columns))
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.err.write(text),
      getOutHelpWidth: () => columns,
    })
    .addHelpText('after', () => fittedText(exitCodeHelp, columns));

  for (const register of registrars) register(program, streams, finish);
  suggestChoices(program);
  return program;
}

/** Errors of the user's making carry this name in every package; a check by class would fail across copies. */
const isInputError = (cause: unknown): cause is Error & { code?: string } =>
  cause instanceof Error && cause.name === 'InputError';

/** A target that cannot be started or does not answer as it should is no defect of ours either. */
const isTargetError = (cause: unknown): cause is Error & { code?: string } =>
  cause instanceof Error && cause.name === 'TargetError';

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
  if (streams.out === process.stdout) {
    process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EPIPE') process.exit(code);
      throw cause;
    });
  }
  // What was said on the way may have no reader any more; the command goes on, and its exit code stays what it means.
  if (streams.err === process.stderr) {
    process.stderr.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EPIPE') throw cause;
    });
  }
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
    if (isTargetError(cause)) return fail(cause.message, cause.code, exitCodes.targetNotStarted);
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return fail(
      `a defect of preopen: ${args.includes('debug') ? stack : (cause as Error).message}. Please report it, with the output of --log-level debug.`,
      'E500',
      exitCodes.defect,
    );
  }
}
