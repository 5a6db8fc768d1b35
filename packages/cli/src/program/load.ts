import { Option } from 'commander';
import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { withAdHocFlags, withEndpointFlags } from './ad-hoc-flags.ts';
import { withAgentFlags } from './agent-flags.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { aboveZero, durationMs, durationOption, wholeNumber, wholeNumbers } from './flags.ts';
import type { Registrar } from './registrar.ts';

const examples = `
Examples:
  preopen load http://127.0.0.1:8080/score                        how much it sustains with P95 below 100 ms
  preopen load :8080/score --rate 500 --duration 30s              open-loop: 500 requests a second, whatever the answers do
  preopen load :8080/score --body '{"id": 7}' --rate 200          a POST
  preopen load :8080/v2/models/alpha --rate 50 --batch 1,100,2000 a model, with requests of three sizes
  preopen load mine --users 50 --think 500ms                      50 users who wait for their answers
  preopen load mine --arrivals session --rate 50 --duration 5min --require "latency.open.p95 < 100 ms"
  preopen load mine --arrivals trace:access.csv --speed 2         recorded times, twice as fast
  preopen load mine --rate 200 --duration 8h                      a soak: memory stays what it was
  preopen load https://models.example/score --protocol h2 --rate 50
  preopen load mine --rate 5000 --agents 3 --redis redis://10.0.0.5   from three machines
  preopen load mine --rate 500 --require "latency.response.p95 < 100 ms"
${exitCodeHelp}`;

/** `preopen load`. */
export const registerLoad: Registrar = (program, streams, finish) => {
  const command = program
    .command('load')
    .summary('load an address or a target: at a rate, with users, or up to its capacity')
    .description(
      'Load an HTTP address, or a target of the config. With --rate requests go out on schedule whatever the answers do; with --users each user waits for the answer; with neither the highest rate is looked for that keeps P95 below --limit.',
    )
    .argument('[target]', 'address, or name of a target (default: the config’s first, else the reference)')
    .option('--rate <n>', 'requests a second, open-loop', aboveZero)
    .option('--duration <time>', 'how long: 30s, 500ms, 8h (default: 10s; a trace is played to its end)', durationMs)
    .option(
      '--arrivals <shape>',
      'constant, poisson, ramp:A..B, step:A,B,C, spike[:PEAK] (rates per second), session (a trading day), trace:FILE (recorded times)',
      'poisson',
    )
    .option('--speed <n>', 'of a trace: played so many times as fast', aboveZero)
    .option('--users <n>', 'closed loop: so many users', wholeNumber(1))
    .option('--think <time>', 'closed loop: time a user thinks, on average', durationMs)
    .option('--connections <n>', 'connections at most (default: 64)', wholeNumber(1))
    .option('--batch <rows>', 'rows of a request; several sizes are mixed in equal parts (default: 1)', wholeNumbers)
    .addOption(durationOption('--limit <time>', 'without a rate: P95 that is to be kept', 100))
    .addOption(durationOption('--timeout <time>', 'a request fails after this', 5000))
    .addOption(new Option('--protocol <name>', 'HTTP version').choices(['h1', 'h2']).default('h1'))
    .addOption(
      new Option(
        '--pacer <kind>',
        'how a thread waits: sleeping, or asking the clock all the time (a whole core)',
      ).choices(['sleep', 'spin']),
    )
    .option('--threads <n>', 'threads that send (default: 1)', wholeNumber(1));
  withAdHocFlags(withAgentFlags(withEndpointFlags(command)))
    .addHelpText('after', () => fittedText(examples, stylesOf(streams, 'auto').out.columns))
    .action(async (target: string | undefined, flags) => {
      const { loadCommand } = await import('../commands/load.ts');
      finish(await loadCommand(target, flags, streams));
    });
};
