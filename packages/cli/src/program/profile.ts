import { withAdHocFlags } from './ad-hoc-flags.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { durationMs, sizeBytes, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

const examples = `
Examples:
  preopen profile -- python3 train.py                  peak, timeline and growth of a command and all that it starts
  preopen profile --duration 30s -- node serve.js      the same for a service, with heap spaces and garbage collection
  preopen profile --pid 4711 --duration 10s            processes that run already
  preopen profile --limit 512MB -- python3 train.py    the same work under a memory limit: does it break, and how
  preopen profile --json --require "memory.profile.peak < 16 GB" -- ./pipeline
${exitCodeHelp}`;

/** `preopen profile`. */
export const registerProfile: Registrar = (program, streams, finish) => {
  const command = program
    .command('profile')
    .summary('memory of a command or a process, with all that it starts')
    .description(
      'Start a command and watch the memory of its whole process tree until it ends, or watch processes that run. The peak is\nthe kernel’s own where there is one, and says how sure it is. Write -- before the command.',
    )
    .argument('[command...]', 'the command and its arguments, after --')
    .option('--pid <n>', 'a process that runs, and its descendants', wholeNumber(1))
    .option('--interval <time>', 'pause between looks, 10ms or more', durationMs, 20)
    .option('--duration <time>', 'end after this: 30s, 2min (default: when the command ends)', durationMs)
    .option(
      '--limit <size>',
      'memory limit for the command, as 512MB; needs the rights for a control group',
      sizeBytes,
    );
  withAdHocFlags(command)
    .addHelpText('after', examples)
    .action(async (words: string[], flags) => {
      const { profileCommand } = await import('../commands/profile.ts');
      finish(await profileCommand(words, flags, streams));
    });
};
