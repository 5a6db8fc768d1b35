import { type Command, Option } from 'commander';
import { type LogLevel, logLevels } from '../streams.ts';
import { wholeNumber } from './flags.ts';

/** Reads a flag that can be repeated. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** Declares what all commands have that measure something named on the command line. */
export function withMeasuringFlags(command: Command, logLevel: LogLevel): Command {
  return command
    .option('--config <file>', 'config file whose targets may be named (default: searched upwards)')
    .option('--seed <n>', 'seed of everything that is drawn (default: 42)', wholeNumber(0))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(new Option('--log-level <level>', 'how much is said on the way').choices(logLevels).default(logLevel))
    .option('--log-file <file>', 'append every event to this file, as JSON lines');
}

/** Declares the flags that all ad hoc commands have (`AdHocFlags`). */
export function withAdHocFlags(command: Command): Command {
  const withLimits = command.option(
    '--require <limit>',
    'hold a metric to a limit, as "errors.rate < 1 %"; decides the exit code; can be repeated',
    collect,
  );
  return withMeasuringFlags(withLimits, 'info')
    .option('--output-dir <dir>', 'keep results.json, report.html and evidence there (default: keep nothing)')
    .option('--json', 'print the results document, and nothing else, on standard output');
}

/** Declares the flags with which any HTTP endpoint can be the target (`EndpointFlags`). */
export function withEndpointFlags(command: Command): Command {
  return command
    .option('--model <name>', 'the address is the base of the Open Inference Protocol and serves this model')
    .option('--features <n>', 'features of a row, for models that do not say it', wholeNumber(1))
    .option('--method <method>', 'plain HTTP: the method (default: GET, with a body POST)')
    .option('--header <header>', 'plain HTTP: a header, as "name: value"; can be repeated', collect)
    .option('--body <text>', 'plain HTTP: the body; @FILE takes it from a file');
}
