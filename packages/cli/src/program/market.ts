import { wholeNumber } from './flags.ts';
import { registerMarketData } from './market-data.ts';
import type { Registrar } from './registrar.ts';

/** `preopen market …`. */
export const registerMarket: Registrar = (program, streams, finish) => {
  const market = program
    .command('market')
    .summary('the Taiwan market: calendar, price limits, simulated data')
    .description('The Taiwan market: calendar, price limits, simulated data.');
  market
    .command('calendar')
    .summary('sessions and closures of a year')
    .argument('<year>', 'from 1987 on; days to come are marked as estimated', wholeNumber(1987))
    .option('--json', 'print as JSON')
    .action(async (year: number, flags: { json?: boolean }) => {
      const { calendarCommand } = await import('../commands/market.ts');
      finish(calendarCommand(year, flags.json === true, streams));
    });
  market
    .command('limits')
    .summary('lowest and highest price of a day')
    .requiredOption('--reference <price>', 'the exchange’s reference price, NT$', Number)
    .requiredOption('--date <date>', 'YYYY-MM-DD')
    .option(
      '--instrument <kind>',
      'stock, tdr, etf, etf-leveraged-2x, etf-inverse, etf-foreign, reit, etn, convertible-bond, corporate-bond',
      'stock',
    )
    .option('--json', 'print as JSON')
    .action(async (flags) => {
      const { limitsCommand } = await import('../commands/market.ts');
      finish(limitsCommand(flags, streams));
    });
  market
    .command('simulate')
    .summary('write a simulated market as a dataset folder')
    .option('--stocks <n>', 'size of the universe', wholeNumber(2), 2000)
    .option('--days <n>', 'trading days', wholeNumber(2), 252)
    .option('--seed <n>', 'seed', wholeNumber(0), 42)
    .requiredOption('--out <dir>', 'folder to make')
    .option('--json', 'print the dataset’s description as JSON')
    .action(async (flags) => {
      const { simulateCommand } = await import('../commands/market.ts');
      finish(await simulateCommand(flags, streams));
    });
  registerMarketData(market, streams, finish);
};
