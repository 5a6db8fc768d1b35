import { InputError } from '@preopen/core';
import { type HistoricalPeriod, historicalPeriods } from '../history/periods.ts';
import { simulatePeriod } from '../history/simulate-period.ts';
import { simulateMarket } from '../simulate.ts';
import { type Scenario, stressedCells } from './scenario.ts';

/** A period of history as a scenario; its severity scales the index's changes. */
export function historicalScenario(period: HistoricalPeriod): Scenario {
  const { id, title, story, source } = period;
  return {
    id,
    title,
    story,
    source,
    hypothetical: false,
    simulate({ severity = 1, lastDate: _, ...request }) {
      if (!(severity >= 0 && severity <= 1))
        throw new InputError(`period ${id}: severity is a number from 0 (calm) to 1 (in full), got ${severity}.`);
      if (severity === 0)
        return { ...simulateMarket(request), stressDays: [], closedDates: [], haltedCells: 0, limitCells: 0 };
      const market = simulatePeriod({ ...request, period: id, severity });
      return { ...market, closedDates: [], ...stressedCells(market.panel, market.stressDays) };
    },
  };
}

/** Every sourced period as a scenario, oldest first. */
export const historicalScenarios: readonly Scenario[] = historicalPeriods.map(historicalScenario);
