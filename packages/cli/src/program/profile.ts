import type { ClinicTool, LimitKind } from '@preopen/profiler';
import { Option } from 'commander';
import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { withAdHocFlags } from './ad-hoc-flags.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { durationMs, durationOption, sizeBytes, twoDurationsMs, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

// Said again here, so that --help need not load the package.
const limitKinds: readonly LimitKind[] = ['heap', 'address-space', 'control-group'];
const clinicTools: readonly ClinicTool[] = ['doctor', 'flame', 'heapprofiler'];

const examples = `
Examples:
  preopen profile -- python3 train.py                  peak, timeline and growth of a command and all that it starts
  preopen profile --duration 30s -- node serve.js      the same for a service, with heap spaces and garbage collection
  preopen profile --pid 4711 --duration 10s            processes that run already
  preopen profile --limit 512MB -- python3 train.py    the same work under a memory limit: does it break, and how
  preopen profile --pressure -- python3 train.py {output}
                                                       lower and lower limits: where it slows, where it breaks, how
  preopen profile --gc-experiment -- node train.js     other settings of V8's collector in turns, beside its own
  preopen profile --gc-experiment --url :8080/score -- node serve.js
  preopen profile --cpu --allocations --output-dir look --duration 20s -- node serve.js
                                                       flame graphs, .cpuprofile, .heapprofile
  preopen profile --heap-marks 10s,40s --duration 60s -- node serve.js
                                                       what its heap holds more at 40 s than at 10 s, and what holds it
  preopen profile --clinic doctor --output-dir look -- node serve.js
                                                       Clinic.js, where it is installed, under our load
  preopen profile --json --require "memory.profile.peak < 16 GB" -- ./pipeline
${exitCodeHelp}`;

/** `preopen profile`. */
export const registerProfile: Registrar = (program, streams, finish) => {
  const command = program
    .command('profile')
    .summary('memory of a command or a process, with all that it starts')
    .description(
      'Start a command and watch the memory of its whole process tree until it ends, or watch processes that run. The peak is the kernel’s own where there is one, and says how sure it is. Write -- before the command.',
    )
    .argument('[command...]', 'the command and its arguments, after --')
    .option('--pid <n>', 'a process that runs, and its descendants', wholeNumber(1))
    .addOption(
      durationOption(
        '--interval <time>',
        'pause between looks, 10ms or more; 20ms or more while the size stands still, and as long as it takes for looks to cost less than 1 % of a core',
        20,
      ),
    )
    .option('--duration <time>', 'end after this: 30s, 2min (default: when the command ends)', durationMs)
    .option('--limit <size>', 'memory limit for the command, as 512MB; needs the rights for a control group', sizeBytes)
    .option('--cpu', 'CPU profile and flame graph of Node processes; needs --output-dir')
    .option('--allocations', 'live allocations of Node processes, sampled, with a flame graph; needs --output-dir')
    .option('--heap-snapshot', 'heap snapshot at the end, if its predicted cost fits; needs --output-dir')
    .option(
      '--heap-marks <times>',
      'compare the heap of a Node process at two times, as 10s,40s: what became more, and what holds it',
      twoDurationsMs,
    )
    .option('--pprof', 'with --cpu or --allocations: also as pprof files; needs the package pprof-format')
    .addOption(
      new Option(
        '--pressure [kinds...]',
        'do the same work under lower and lower limits, of these kinds (default: all)',
      ).choices(limitKinds),
    )
    .option('--gc-experiment', 'do the same work under other settings of V8’s garbage collector, in turns')
    .option('--rounds <n>', 'with --gc-experiment: rounds in which the settings take turns, 5 or more', wholeNumber(5))
    .addOption(
      new Option('--clinic <tool>', 'run it under Clinic.js, which must be installed; needs --output-dir').choices(
        clinicTools,
      ),
    )
    .option(
      '--url <address>',
      'with --clinic or --gc-experiment: where a service answers (default: / on the first port that it listens on)',
    );
  withAdHocFlags(command)
    .addHelpText('after', () => fittedText(examples, stylesOf(streams, 'auto').out.columns))
    .action(async (words: string[], flags) => {
      const { profileCommand } = await import('../commands/profile.ts');
      finish(await profileCommand(words, flags, streams));
    });
};
