import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { collect, withEndpointFlags, withMeasuringFlags } from './ad-hoc-flags.ts';
import { aboveZero, durationMs, durationOption, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

const examples = `
Examples:
  preopen watch http://127.0.0.1:8080/v2/models/alpha --batch 2000
  preopen watch mine --every 10m --requests-per-hour 2000 --on-alert ./page-somebody
  preopen watch mine --suite taiwan --every 1h --requests-per-hour 20000
  preopen watch mine --max-runs 1 --json                one run, as a JSON line

A change of a metric is a suspicion: it raises an alert and fails nothing.
Ctrl-C ends the watch with exit code 0.`;

/** `preopen watch`. */
export const registerWatch: Registrar = (program, streams, finish) => {
  const command = program
    .command('watch')
    .summary('measure a target lightly for ever, with /metrics for Prometheus and alerts on changes')
    .description(
      'Measure the latency and errors of a target again and again, with few requests and within a budget of them. Serves the figures at /metrics on the loopback interface, adds each run to the history, and raises an alert when a metric changes or the target cannot be measured. Runs never overlap: what falls due meanwhile is skipped and counted.',
    )
    .argument('[target]', 'address, or name of a target (default: the config’s first, else the reference)')
    .option('--suite <name>', 'run the light checks of this suite, not the few requests of a light run')
    .addOption(durationOption('--every <time>', 'from run to run: 30s, 5m, 1h', 300_000))
    .option('--for <time>', 'end after this time (default: never)', durationMs)
    .option('--max-runs <n>', 'end after so many runs (default: never)', wholeNumber(1))
    .option('--requests-per-hour <n>', 'never send more in any hour; runs that could are skipped', aboveZero, 4000)
    .option('--batch <rows>', 'rows of a request', wholeNumber(1), 1)
    .option('--rate <n>', 'requests a second at most', aboveZero, 20)
    .addOption(durationOption('--timeout <time>', 'a request fails after this', 5000))
    .option('--port <n>', 'port of /metrics on 127.0.0.1; 0 is any free one', wholeNumber(0), 9470)
    .option('--history <dir>', 'folder of the history', '.preopen/history')
    .option('--on-alert <program>', 'program to start for each alert, which it reads as JSON from standard input')
    .option('--require <limit>', 'show in /metrics how a metric stands to a limit; can be repeated', collect)
    .option('--json', 'print runs and alerts as JSON lines on standard output');
  withMeasuringFlags(withEndpointFlags(command), 'error')
    .addHelpText('after', () => fittedText(examples, stylesOf(streams, 'auto').out.columns))
    .action(async (target: string | undefined, flags) => {
      const { watchCommand } = await import('../commands/watch.ts');
      finish(await watchCommand(target, flags, streams));
    });
};
