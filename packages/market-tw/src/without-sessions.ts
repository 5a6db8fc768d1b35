import { createPanel, type Panel, panelFields } from './panel.ts';

/** A panel without some of its sessions, given by number. */
export function withoutSessions(panel: Panel, dropped: readonly number[]): Panel {
  if (dropped.length === 0) return panel;
  const n = panel.stocks.length;
  const gone = new Set(dropped);
  const kept = [...panel.dates.keys()].filter((day) => !gone.has(day));
  const out = createPanel(
    kept.map((day) => panel.dates[day]!),
    panel.stocks,
  );
  kept.forEach((day, t) => {
    for (const field of panelFields) out.fields[field].set(panel.fields[field].subarray(day * n, (day + 1) * n), t * n);
  });
  return out;
}

/**
 * Days of a panel, by number, on which not one stock traded: a typhoon closed the market after its calendar was made, or the
 * exchange stopped. They are no sessions, and lags that counted them would count one too many.
 */
export function daysWithoutTrade({ dates, stocks, fields }: Panel): number[] {
  const n = stocks.length;
  return [...dates.keys()].filter((day) =>
    fields.close.subarray(day * n, (day + 1) * n).every((close) => Number.isNaN(close)),
  );
}
