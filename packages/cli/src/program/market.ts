import { aboveZero, wholeNumber } from './flags.ts';
import { registerMarketData } from './market-data.ts';
import { registerMarketSimulation } from './market-simulation.ts';
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
    .requiredOption('--reference <price>', 'the exchange’s reference price, NT$', aboveZero)
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
  registerMarketSimulation(market, streams, finish);
  registerMarketData(market, streams, finish);
};
