import { Option } from 'commander';
import { withEndpointFlags } from './ad-hoc-flags.ts';
import { wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

/** `preopen ab`. */
export const registerAb: Registrar = (program, streams, finish) => {
  const command = program
    .command('ab')
    .summary('two services under the same interleaved requests: better, worse, same or unsure')
    .description(
      'Measure two services beside each other: the same requests to both, one right after the other, in rounds. Services that are started by us are started anew for each round. Looks after 5, 8 and 12 rounds; at most 0.1 % wrong of better and worse.',
    )
    .argument('<a>', 'name of a target of the config, or an address')
    .argument('<b>', 'the one that is judged against it')
    .option('--batch <rows>', 'rows of a request', wholeNumber(1), 100)
    .option('--pairs <n>', 'requests to each in a round', wholeNumber(20), 200)
    .option('--rounds <n>', 'rounds at most', wholeNumber(1), 12)
    .option('--seed <n>', 'seed of the rows (default: 42)', wholeNumber(0))
    .option('--config <file>', 'config file whose targets are named (default: searched upwards)')
    .addOption(
      new Option('--fail-on <what>', 'end with 1 if b is worse (regression), and with 3 too if unsure').choices([
        'regression',
        'unsure',
      ]),
    )
    .option('--json', 'print as JSON');
  withEndpointFlags(command).action(async (a: string, b: string, flags) => {
    const { abCommand } = await import('../commands/ab.ts');
    finish(await abCommand(a, b, flags, streams));
  });
};
