import { feedPrintFaults } from './faults/prints-feed.ts';
import { marketPrintFaults } from './faults/prints-market.ts';
import type { PrintTaiwanFault } from './prints.ts';

/** The failure scenarios that come in the prints of a session, by number. */
export const printTaiwanFaults: readonly PrintTaiwanFault[] = [...feedPrintFaults, ...marketPrintFaults].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
