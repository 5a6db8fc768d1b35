import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { wholeNumber } from './flags.ts';

/** `preopen market convert`, `market quality` and `market feed`: market data of the user's own. */
export function registerMarketData(market: Command, streams: Streams, finish: (code: ExitCode) => void): void {
  market
    .command('convert')
    .summary('price files of any format as one dataset, CSV or Parquet')
    .description(
      'Reads price files (TWSE and TPEx CSV or JSON, FinMind, crawlers, CSV, Parquet; files or folders) as one panel and writes it.',
    )
    .argument('<in...>', 'files or folders')
    .requiredOption('--out <path>', 'a dataset folder to make, or a file that ends in .csv or .parquet')
    .option('--format <format>', 'csv or parquet: write one file, whatever its name')
    .option('--quarantine', 'list bad rows in <out>.quarantine.csv and go on; without it the first one is an error')
    .option('--warrants', 'keep warrants too')
    .option('--json', 'print what was read and written as JSON')
    .action(async (inputs: string[], flags) => {
      const { convertCommand } = await import('../commands/market-data.ts');
      finish(await convertCommand(inputs, flags, streams));
    });
  market
    .command('quality')
    .summary('what is wrong with market data')
    .description(
      'Examines market data: duplicates, gaps, closed days, prices off their tick or outside their limits, split-like jumps, zero volume.',
    )
    .argument('<in...>', 'a dataset folder, files, or folders of files')
    .option('--examples <n>', 'places to name of each kind', Number, 5)
    .option('--warrants', 'look at warrants too')
    .option('--json', 'print the report as JSON')
    .action(async (inputs: string[], flags) => {
      const { qualityCommand } = await import('../commands/market-data.ts');
      finish(await qualityCommand(inputs, flags, streams));
    });
  market
    .command('feed')
    .summary('replay a trading day as events')
    .description(
      'A day of market data as a stream of events (auctions, trades, halts, interruptions, limits): one JSON a line on stdout, or over a WebSocket on 127.0.0.1.',
    )
    .argument('<in...>', 'a dataset folder, files, or folders of files')
    .option('--date <date>', 'YYYY-MM-DD (default: the last day)')
    .option('--seed <n>', 'seed', wholeNumber(0), 42)
    .option('--speed <x>', 'market seconds per second: 1 is real time (default: as fast as it is read)', Number)
    .option('--port <n>', 'serve over a WebSocket; 0 takes a free port', wholeNumber(0))
    .option('--clients <n>', 'with --port: begin when so many are there', wholeNumber(1), 1)
    .action(async (inputs: string[], flags) => {
      const { feedCommand } = await import('../commands/market-feed.ts');
      finish(await feedCommand(inputs, flags, streams));
    });
}
