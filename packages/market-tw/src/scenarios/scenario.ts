import { InputError } from '@preopen/core';
import { haltStates, type Panel } from '../panel.ts';
import { type SimulatedMarket, type SimulationRequest, simulateMarket } from '../simulate.ts';
import type { SessionEvents } from '../simulation/session-events.ts';
import { dropSessions } from './drop-sessions.ts';
import { scaleEvents } from './scale-events.ts';

/** What a scenario is asked for. */
export interface ScenarioRequest extends Pick<SimulationRequest, 'stocks' | 'days' | 'seed' | 'signalStrength'> {
  /** 0 is the calm market, byte for byte; 1, the default, is the scenario in full. */
  readonly severity?: number;
  readonly lastDate?: string;
}

/** A market under stress, and where the stress is. */
export interface StressedMarket extends SimulatedMarket {
  /** Sessions of the panel that the stress befalls, by number. Closed ones are gone from the panel. */
  readonly stressDays: readonly number[];
  /** Dates of sessions that were to take place and did not. */
  readonly closedDates: readonly string[];
  /** Stock-days of the stress: halted, and closed at a limit. */
  readonly haltedCells: number;
  readonly limitCells: number;
}

/** A market in distress: a story that is told with its source, and the panel it makes. */
export interface Scenario {
  /** As in metric names: letters and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What happens, in a sentence. */
  readonly story: string;
  /** Where it comes from: a rule, a day, a measurement. */
  readonly source: string;
  /** Without precedent in Taiwan's market, in kind or in extent. */
  readonly hypothetical: boolean;
  /** @throws InputError if the days do not hold the scenario, or the severity lies outside 0 to 1 */
  simulate(request: ScenarioRequest): StressedMarket;
}

/** A scenario told session by session. */
export interface ScriptedScenario extends Scenario {
  /** What befalls the market on its sessions, at full severity. */
  readonly sessions: readonly SessionEvents[];
  /** The universe that it is told of. */
  readonly universe: Pick<SimulationRequest, 'weights'>;
  /** This one, and the other right after it. */
  then(other: ScriptedScenario): ScriptedScenario;
}

/** Ordinary sessions that follow the last of a scenario, so that what comes after can be seen. */
export const sessionsAfterStress = 5;

/** Makes a scenario of its script. */
export function defineScenario(
  script: Omit<ScriptedScenario, 'simulate' | 'then' | 'universe'> & Partial<Pick<ScriptedScenario, 'universe'>>,
): ScriptedScenario {
  const { sessions, universe = {} } = script;
  const scenario: ScriptedScenario = {
    ...script,
    universe,
    simulate: (request) => simulateScript({ id: script.id, sessions, universe }, request),
    // biome-ignore lint/suspicious/noThenProperty: `a.then(b)` is how it is said; the guard is for `await`
    then(other) {
      if (typeof other !== 'object')
        throw new InputError(`a scenario is no promise: ${script.id} was awaited. Wrap it in an object to pass it on.`);
      return defineScenario({
        id: `${scenario.id}-then-${other.id}`,
        title: `${scenario.title}, then: ${other.title}`,
        story: `${scenario.story} Then: ${other.story}`,
        source: scenario.source === other.source ? scenario.source : `${scenario.source}; ${other.source}`,
        hypothetical: scenario.hypothetical || other.hypothetical,
        sessions: [...sessions, ...other.sessions],
        universe: { ...universe, ...other.universe },
      });
    },
  };
  return scenario;
}

function simulateScript(
  { id, sessions, universe }: Pick<ScriptedScenario, 'id' | 'sessions' | 'universe'>,
  { severity = 1, ...request }: ScenarioRequest,
): StressedMarket {
  if (!(severity >= 0 && severity <= 1))
    throw new InputError(`scenario ${id}: severity is a number from 0 (calm) to 1 (in full), got ${severity}.`);
  const needed = sessions.length + sessionsAfterStress + 1;
  if (request.days < needed)
    throw new InputError(
      `scenario ${id}: takes ${needed} sessions with those around it; ${request.days} days are asked.`,
    );
  const first = request.days - sessionsAfterStress - sessions.length;
  const events = severity === 0 ? [] : sessions.map((session) => scaleEvents(session, severity));
  const market = simulateMarket({
    ...request,
    ...universe,
    events: events.map((session, k) => ({ daysFromEnd: request.days - first - k, events: session })),
  });
  const closed = events.flatMap(({ isClosed }, k) => (isClosed ? [first + k] : []));
  const open = dropSessions(market, closed);
  const stressDays = sessions
    .map((_, k) => first + k)
    .filter((day) => !closed.includes(day))
    .map((day) => day - closed.filter((other) => other < day).length);
  return {
    ...open,
    origin: `${market.origin}; scenario ${id}, severity ${severity}`,
    stressDays,
    closedDates: closed.map((day) => market.panel.dates[day]!),
    ...stressedCells(open.panel, stressDays),
  };
}

/** Counts what the stress did to stock-days. */
export function stressedCells(
  panel: Panel,
  stressDays: readonly number[],
): Pick<StressedMarket, 'haltedCells' | 'limitCells'> {
  const n = panel.stocks.length;
  let haltedCells = 0;
  let limitCells = 0;
  for (const day of stressDays) {
    for (let at = day * n; at < (day + 1) * n; at++) {
      if (panel.fields.haltState[at]! >= haltStates.halted) haltedCells++;
      if (Math.abs(panel.fields.limitState[at]!) > 0) limitCells++;
    }
  }
  return { haltedCells, limitCells };
}
