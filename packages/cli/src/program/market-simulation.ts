import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { wholeNumber } from './flags.ts';

/** `preopen market simulate`, `compare` and `plot`. */
export function registerMarketSimulation(market: Command, streams: Streams, finish: (code: ExitCode) => void): void {
  market
    .command('simulate')
    .summary('write a simulated market as a dataset folder')
    .option('--stocks <n>', 'size of the universe', wholeNumber(2), 2000)
    .option('--days <n>', 'trading days', wholeNumber(2), 252)
    .option('--seed <n>', 'seed', wholeNumber(0), 42)
    .option('--scenario <id>', 'put the market under a stress scenario')
    .option('--period <id>', 'follow the real index through a period, such as covid-2020')
    .option('--severity <x>', 'of the scenario or period, 0 (calm) to 1', Number, 1)
    .requiredOption('--out <dir>', 'folder to make')
    .option('--json', 'print the dataset’s description as JSON')
    .action(async (flags) => {
      const { simulateCommand } = await import('../commands/market-simulation.ts');
      finish(await simulateCommand(flags, streams));
    });
  market
    .command('scenarios')
    .summary('stress scenarios and periods of history that markets can be simulated under')
    .option('--json', 'print as JSON')
    .action(async (flags) => {
      const { scenariosCommand } = await import('../commands/market-simulation.ts');
      finish(scenariosCommand(flags, streams));
    });
  market
    .command('compare')
    .summary('statistics of two panels side by side')
    .argument('<a>', 'a dataset folder or a price file')
    .argument('<b>', 'another')
    .option('--json', 'print as JSON')
    .action(async (a: string, b: string, flags: { json?: boolean }) => {
      const { compareMarketsCommand } = await import('../commands/market-simulation.ts');
      finish(await compareMarketsCommand(a, b, flags, streams));
    });
  market
    .command('plot')
    .summary('draw panels, or a simulated period beside the real index, as SVG')
    .argument('[data...]', 'dataset folders or price files')
    .option('--period <id>', 'simulate a period and draw it beside the real index')
    .option('--stocks <n>', 'size of the simulated universe', wholeNumber(2), 2000)
    .option('--seed <n>', 'seed', wholeNumber(0), 42)
    .requiredOption('--out <file>', 'SVG file to write')
    .action(async (data: string[], flags) => {
      const { plotCommand } = await import('../commands/market-simulation.ts');
      finish(await plotCommand(data, flags, streams));
    });
}
