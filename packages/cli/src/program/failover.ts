import { Option } from 'commander';
import type { FaultProxyFlags } from '../commands/failover-proxy.ts';
import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { collect, withAdHocFlags, withEndpointFlags } from './ad-hoc-flags.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { aboveZero, durationOption, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

const examples = `
Examples:
  preopen failover --fault kill                          a target of the config, killed and started again
  preopen failover mine --fault pause:500ms --fault cpu  two faults, one after the other, each on a fresh start
  preopen failover mine --fault kill --restart supervisor --require "recovery.kill.outage < 5 s"
  preopen failover :8080/v2/models/alpha --fault pause:1s --pid 4711 --allow-external-pid
  preopen failover --fault tw-06:0.4                     a failure of the Taiwan market, at two fifths of its intensity
  preopen failover --fault tw-06 --frontier              how much of it the target bears
  preopen failover list                                  what faults there are
  preopen failover undo                                  undo what a run left behind that was killed
${exitCodeHelp}`;

const proxyExamples = `
Examples:
  preopen failover proxy --upstream 127.0.0.1:8080 --listen 127.0.0.1:8081
  curl -d '{"type":"latency","attributes":{"latency":200,"jitter":50}}' 127.0.0.1:8474/proxies/proxy/toxics
  curl -X DELETE 127.0.0.1:8474/proxies/proxy/toxics/latency_downstream
  curl -X POST 127.0.0.1:8474/reset                      all toxics away`;

/** `preopen failover`. */
export const registerFailover: Registrar = (program, streams, finish) => {
  const command = program
    .command('failover')
    .summary('break a target on purpose and time its recovery')
    .description(
      'Find the steady state of a target under load, break it on purpose, undo that, and measure until it serves steadily again. Faults touch the target’s own processes alone; what a killed run leaves behind is undone by a guardian, or by the next start.',
    )
    .argument('[target]', 'address, or name of a target (default: the config’s first, else the reference)')
    .option('--fault <fault>', 'what is broken, as pause:500ms; can be repeated', collect)
    .addOption(durationOption('--duration <time>', 'how long a fault lasts: 10s, 500ms', 5000))
    .addOption(
      new Option('--restart <by>', 'who starts a service again that was ended')
        .choices(['us', 'supervisor'])
        .default('us'),
    )
    .option('--restart-command <command>', 'starts it again, as "systemctl restart alpha"; no shell sees it')
    .option('--pid <n>', 'the service’s process, where Preopen did not start it', wholeNumber(1))
    .option('--allow-external-pid', 'touch that process and all that it started')
    .option('--rate <n>', 'requests a second, open-loop', aboveZero, 200)
    .option('--batch <rows>', 'rows of a request', wholeNumber(1), 10)
    .addOption(durationOption('--timeout <time>', 'a request fails after this', 2000))
    .option('--frontier', 'failures of the market (tw-…): look for the largest intensity that is borne')
    .option('--model-file <file>', 'tw-19: the file of the model that the service serves')
    .option('--reload <how>', 'tw-19: how the service reads it again: SIGHUP, or an address that takes POST')
    .addOption(durationOption('--horizon <time>', 'longest wait for the recovery', 30_000));
  withAdHocFlags(withEndpointFlags(command))
    .addHelpText('after', () => fittedText(examples, stylesOf(streams, 'auto').out.columns))
    .action(async (target: string | undefined, flags) => {
      const { failoverCommand } = await import('../commands/failover.ts');
      finish(await failoverCommand(target, flags, streams));
    });
  // The parent has the same flag, and takes it wherever it stands.
  const asJson = (): boolean => command.opts<{ json?: boolean }>().json === true;
  command
    .command('list')
    .description('what faults there are')
    .option('--json', 'print as JSON')
    .action(async (flags: { json?: boolean }) => {
      const { failoverListCommand } = await import('../commands/failover.ts');
      finish(failoverListCommand(flags.json === true || asJson(), streams));
    });
  command
    .command('proxy')
    .summary('a proxy whose connections are broken over HTTP')
    .description(
      'Run a TCP proxy before a service, and change what it does to connections over HTTP, by the paths and names of Toxiproxy’s API, so that its clients work. Ctrl-C ends it.',
    )
    .requiredOption('--upstream <address>', 'the service that connections are passed on to, as 127.0.0.1:8080')
    .option('--listen <address>', 'where it listens on this machine', '127.0.0.1:0')
    .option('--name <name>', 'name of the proxy in the API', 'proxy')
    .option('--api <address>', 'where it is told what to break', '127.0.0.1:8474')
    .option('--allow-remote', 'pass on to other machines, and be told by them')
    .addHelpText('after', () => fittedText(proxyExamples, stylesOf(streams, 'auto').out.columns))
    .action(async (flags: Omit<FaultProxyFlags, 'seed'>) => {
      const { failoverProxyCommand } = await import('../commands/failover-proxy.ts');
      // As below: `--seed` is the parent's.
      const { seed = 42 } = command.opts<{ seed?: number }>();
      finish(await failoverProxyCommand({ ...flags, seed }, streams));
    });
  command
    .command('undo')
    .description('undo what runs left behind that were killed')
    .option('--json', 'print as JSON')
    .action(async (flags: { json?: boolean }) => {
      const { failoverUndoCommand } = await import('../commands/failover.ts');
      finish(await failoverUndoCommand(flags.json === true || asJson(), streams));
    });
};
