import type { Command } from 'commander';
import { builtinChecks } from '../checks.ts';
import { completionScript, type KnownWords, type Shell } from '../completion.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { builtinSuites } from '../suites.ts';
import { explainable } from './explain.ts';

function knownWords(): KnownWords {
  const checks = builtinChecks().map(({ id }) => id);
  return {
    flags: { '--suite': builtinSuites.map(({ name }) => name), '--only': checks, '--skip': checks },
    arguments: { list: ['suites', 'checks', 'metrics'], explain: explainable() },
  };
}

/** `preopen completion`: the script that completes in a shell. */
export function completionCommand(program: Command, shell: Shell, streams: Streams): ExitCode {
  streams.out.write(completionScript(program, shell, knownWords()));
  return exitCodes.ok;
}
