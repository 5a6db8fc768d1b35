// The Taiwan market for the mutation score, as the command has it. By its path: this package depends on no market.
import {
  eventsOf,
  intradayDay,
  readDataset,
  scenario,
  serviceScenarios,
  simulatedDataset,
  writeDataset,
} from '../../market-tw/dist/index.js';

export { simulatedDataset };

export const taiwanMarket = {
  limitDownCascade: scenario('limit-down-cascade'),
  interruptionStorm: scenario('interruption-storm'),
  crossSections: serviceScenarios,
  writeDataset,
  readDataset,
  *dayPrints(panel, date, seed) {
    const day = intradayDay({ panel, date, seed, mostTradesPerStock: 400 });
    for (const batch of day.batches()) yield* eventsOf(batch, day.stocks);
  },
};
