import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** Adds one command, or one family of commands, to the program; what it runs is imported when it is called. */
export type Registrar = (program: Command, streams: Streams, finish: (code: ExitCode) => void) => void;
