import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { withAdHocFlags, withEndpointFlags } from './ad-hoc-flags.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { aboveZero, durationMs, durationOption, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

const examples = `
Examples:
  preopen latency http://127.0.0.1:8080/score         P50, P95 and P99 well below its capacity
  preopen latency :8080/v2/models/alpha --batch 2000   a model, scoring 2000 stocks with each request
  preopen latency mine --profile                       which functions own the slowest requests of a Node target
  preopen latency :8080/signal --operation signal --body @day.json   an operation, beside the specification’s limit for it
  preopen latency mine --require "latency.inference.p95 < 100 ms"
${exitCodeHelp}`;

/** `preopen latency`. */
export const registerLatency: Registrar = (program, streams, finish) => {
  const command = program
    .command('latency')
    .summary('response times of an address or a target, with intervals')
    .description(
      'Measure the response time of an HTTP address, or of a target of the config: warm up until it is stationary, then send at random moments well below its capacity, until the P95 is known to 10 % or the requirements are decided.',
    )
    .argument('[target]', 'address, or name of a target (default: the config’s first, else the reference)')
    .option('--batch <rows>', 'rows of a request', wholeNumber(1), 1)
    .option('--rate <n>', 'requests a second at most', aboveZero, 100)
    .addOption(durationOption('--duration <time>', 'longest time: 30s, 2min', 30_000))
    .option('--timeout <time>', 'a request fails after this (default: 5s; of an operation, 3 × its limit)', durationMs)
    .option(
      '--operation <name>',
      'the address does this, and no prediction: features, data-update, signal and risk have limits in the specification',
    )
    .option('--profile', 'start a Node target once more and name the functions that own its slowest requests');
  withAdHocFlags(withEndpointFlags(command))
    .addHelpText('after', () => fittedText(examples, stylesOf(streams, 'auto').out.columns))
    .action(async (target: string | undefined, flags) => {
      const { latencyCommand } = await import('../commands/latency.ts');
      finish(await latencyCommand(target, flags, streams));
    });
};
