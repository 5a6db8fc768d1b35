import type { SimulatedMarket } from '../simulate.ts';
import { withoutSessions } from '../without-sessions.ts';

/** A market without some of its sessions, given by number: they did not take place. */
export function dropSessions(market: SimulatedMarket, dropped: readonly number[]): SimulatedMarket {
  if (dropped.length === 0) return market;
  const { panel, oracle } = market;
  const n = panel.stocks.length;
  const kept = [...panel.dates.keys()].filter((day) => !dropped.includes(day));
  const narrowed = new Float64Array(kept.length * n);
  kept.forEach((day, t) => {
    narrowed.set(oracle.subarray(day * n, (day + 1) * n), t * n);
  });
  return { ...market, panel: withoutSessions(panel, dropped), oracle: narrowed };
}
