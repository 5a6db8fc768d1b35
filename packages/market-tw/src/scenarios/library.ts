import { didYouMean, InputError } from '@preopen/core';
import type { SessionEvents } from '../simulation/session-events.ts';
import { defineScenario, type ScriptedScenario } from './scenario.ts';

const repeated = (count: number, events: SessionEvents): SessionEvents[] => Array.from({ length: count }, () => events);

/** A fall through a threshold at which an index breaker would end the session. Taiwan has none. */
export function indexBreaker(thresholdRatio: number): ScriptedScenario {
  const percent = Math.round(thresholdRatio * 1000) / 10;
  return defineScenario({
    id: `index-breaker-${String(percent).replace('.', '-')}`,
    title: `Hypothetical: an index breaker at ${percent} %`,
    story: `The market falls through ${percent} % and trading ends for the day there; what was left of the fall comes with the next session.`,
    source:
      'none: no article of the Operating Rules sets an index-wide breaker, the daily limit of each stock stands in for it',
    hypothetical: true,
    sessions: [
      { marketReturn: -1.5 * thresholdRatio, indexFloor: thresholdRatio, ownVolatility: 1.3 },
      { marketReturn: -0.3 * thresholdRatio, indexFloor: thresholdRatio, ownVolatility: 1.3 },
      { marketReturn: 0.4 * thresholdRatio },
    ],
  });
}

const semiconductorSessions: readonly SessionEvents[] = [
  { sectorReturn: { sector: '24', logReturn: -0.08 }, marketReturn: -0.01 },
  { sectorReturn: { sector: '24', logReturn: -0.06 }, largestReturn: -0.03, marketReturn: -0.01 },
  { sectorReturn: { sector: '24', logReturn: -0.04 }, foreignFlow: -1.5 },
  { sectorReturn: { sector: '24', logReturn: 0.03 } },
];

/** Scenarios that come with the package. */
export const scenarioLibrary: readonly ScriptedScenario[] = [
  defineScenario({
    id: 'limit-down-cascade',
    title: 'A cascade of limit-down sessions',
    story:
      'The market falls by 9, 6 and 5 % and rises by 6: most stocks lock at their limit, what it cuts off is carried into the next session, and hardly anything is traded.',
    source: '7 to 10 April 2025: −9.7, −4.0, −5.8 and +9.2 %, 1,702 stocks closing limit-down on the first day',
    hypothetical: false,
    sessions: [
      { marketReturn: -0.12, ownVolatility: 1.2, turnover: 0.7 },
      { marketReturn: -0.03, ownVolatility: 1.3 },
      { marketReturn: -0.055, ownVolatility: 1.3 },
      { marketReturn: 0.08, ownVolatility: 1.2 },
    ],
  }),
  defineScenario({
    id: 'halt-storm',
    title: 'A storm of halts and resumptions',
    story:
      'Three stocks in ten are halted pending news, other three the next day, fewer on the third; those that come back gap by what they missed.',
    source:
      'halts of one to three sessions: TWSE Procedures for Material Information, Art. 13-2; that so many come at once is assumed',
    hypothetical: true,
    sessions: [
      { haltedShare: 0.3, ownVolatility: 1.6 },
      { haltedShare: 0.3, ownVolatility: 1.6 },
      { haltedShare: 0.15, ownVolatility: 1.4 },
      { ownVolatility: 1.3 },
    ],
  }),
  defineScenario({
    id: 'interruption-storm',
    title: 'A storm of volatility interruptions at the open',
    story:
      'Stocks open far from their references, up and down, beyond the 3.5 % that interrupt matching, and take most of it back by the close.',
    source:
      '2020-03-13: 973 of 1,708 stocks touched limit-down and 117 closed there; interruptions: TWSE Operating Rules, Art. 58-3',
    hypothetical: false,
    sessions: [
      { openGap: 0.06, range: 1.8, marketReturn: -0.028, turnover: 1.3 },
      { openGap: 0.04, range: 1.5, turnover: 1.1 },
    ],
  }),
  defineScenario({
    id: 'semiconductor-shock',
    title: 'A semiconductor shock, the sector at 35 %',
    story:
      'The sector falls by 8, 6 and 4 % while the rest of the market hardly moves; semiconductors are 35 % of the capitalisation.',
    source: 'weights between the year-ends 2019 and 2020; the size of the shock is assumed',
    hypothetical: true,
    sessions: semiconductorSessions,
    universe: { weights: 'specification' },
  }),
  defineScenario({
    id: 'semiconductor-shock-2026',
    title: 'A semiconductor shock at the weight of 2026',
    story: 'The same with TSMC alone at 44 % of the capitalisation.',
    source: 'TSMC at 44 % of NT$110 trillion: Economic Daily News, 2026-02-26; the size of the shock is assumed',
    hypothetical: true,
    sessions: semiconductorSessions,
    universe: { weights: '2026' },
  }),
  defineScenario({
    id: 'liquidity-evaporation',
    title: 'Liquidity evaporates',
    story: 'Turnover falls to a tenth for three sessions, more stocks find no trade at all, and ranges widen.',
    source:
      'NT$147 billion on 2025-04-07 where several hundred are usual; a tenth for three sessions goes beyond what was seen',
    hypothetical: true,
    sessions: repeated(3, { turnover: 0.1, range: 1.6 }),
  }),
  defineScenario({
    id: 'small-cap-squeeze',
    title: 'A squeeze in small TPEx companies',
    story: 'Small TPEx stocks go limit-up for three sessions and limit-down for two, the rest of the market stands by.',
    source: 'assumed; disposition measures exist for such runs: TWSE FL007225, TPEx the same',
    hypothetical: true,
    sessions: [
      ...repeated(3, { smallTpexReturn: 0.11 }),
      { smallTpexReturn: -0.13, ownVolatility: 1.3 },
      { smallTpexReturn: -0.12, ownVolatility: 1.3 },
    ],
  }),
  defineScenario({
    id: 'foreign-outflow',
    title: 'Foreign investors leave',
    story:
      'For six sessions foreign investors sell at three deviations of their usual flow, the large companies most; the market loses 1.2 % a day.',
    source: 'assumed; foreign investors’ share of turnover is why such a week moves the market',
    hypothetical: true,
    sessions: repeated(6, { foreignFlow: -3, marketReturn: -0.012, largestReturn: -0.008, turnover: 1.2 }),
  }),
  defineScenario({
    id: 'short-selling-ban',
    title: 'Short selling is banned',
    story:
      'For eight sessions falls come slower, two fifths of each only the day after, on less turnover and wider ranges.',
    source:
      'ban of 2008-10-15 to 12-31 (FSC 0970055607) and limits of 2015, 2020, 2022, 2025; effects: Beber & Pagano, Journal of Finance 68(1), 2013',
    hypothetical: false,
    sessions: [
      { marketReturn: -0.03, slowFalls: 0.4, turnover: 0.8, range: 1.2 },
      ...repeated(7, { slowFalls: 0.4, turnover: 0.8, range: 1.2 }),
    ],
  }),
  defineScenario({
    id: 'typhoon-closure',
    title: 'A typhoon closes the market, announced at dawn',
    story: 'A session that every calendar had is not held; what would have moved prices comes with the next one.',
    source: 'TWSE Measures for Responding to Natural Disasters, FL007347; Typhoon Kong-rey on 2024-10-31',
    hypothetical: false,
    sessions: [{ isClosed: true }, {}],
  }),
  indexBreaker(0.035),
  indexBreaker(0.07),
  indexBreaker(0.1),
  defineScenario({
    id: 'mass-ex-dividend',
    title: 'A mass ex-dividend day',
    story:
      'Three in five of the companies that pay go ex-dividend on one day: their references lie a year’s dividend below the closes before.',
    source: 'most of the year’s ex-days fall into July and August; that so many share one day is assumed',
    hypothetical: true,
    sessions: [{ exDividendShare: 0.6 }],
  }),
];

/** A scenario by its id. @throws InputError for an unknown one */
export function scenario(id: string): ScriptedScenario {
  const found = scenarioLibrary.find((one) => one.id === id);
  if (found) return found;
  const ids = scenarioLibrary.map((one) => one.id);
  throw new InputError(`unknown scenario “${id}”. Known are ${ids.join(', ')}.${didYouMean(id, ids)}`, {
    code: 'E109',
  });
}
