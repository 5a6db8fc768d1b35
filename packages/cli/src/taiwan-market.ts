import type { TaiwanMarket } from '@preopen/failover';
import {
  eventsOf,
  intradayDay,
  type Panel,
  readDataset,
  scenario,
  serviceScenarios,
  writeDataset,
} from '@preopen/market-tw';

/** The Taiwan market, as the failover package takes it. */
export const taiwanMarket: TaiwanMarket<Panel> = {
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
