import { createPanel, panelFields } from '../panel.ts';
import type { SimulatedMarket } from '../simulate.ts';

/** A market without some of its sessions, given by number: they did not take place. */
export function dropSessions(market: SimulatedMarket, dropped: readonly number[]): SimulatedMarket {
  if (dropped.length === 0) return market;
  const { panel, oracle } = market;
  const n = panel.stocks.length;
  const kept = [...panel.dates.keys()].filter((day) => !dropped.includes(day));
  const out = createPanel(
    kept.map((day) => panel.dates[day]!),
    panel.stocks,
  );
  const narrowed = new Float64Array(kept.length * n);
  kept.forEach((day, t) => {
    for (const field of panelFields) out.fields[field].set(panel.fields[field].subarray(day * n, (day + 1) * n), t * n);
    narrowed.set(oracle.subarray(day * n, (day + 1) * n), t * n);
  });
  return { ...market, panel: out, oracle: narrowed };
}
