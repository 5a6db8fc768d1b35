import type { Random } from '@preopen/core';
import { createPanel, type Panel, panelFields, type Stock } from '@preopen/market-tw';

/**
 * A panel as it looked on one of its days: nothing later, no stock that was listed later, and no word of who will leave.
 * @param days that are kept, from the first
 */
export function cutPanel(panel: Panel, days: number): Panel {
  const n = panel.stocks.length;
  const keep: number[] = [];
  for (let i = 0; i < n; i++) {
    let t = 0;
    while (t < days && Number.isNaN(panel.fields.close[t * n + i]!)) t++;
    if (t < days) keep.push(i);
  }
  const lastDate = panel.dates[days - 1]!;
  const known = ({ delisted, ...stock }: Stock): Stock => ({
    ...stock,
    delisted: delisted !== null && delisted <= lastDate ? delisted : null,
  });
  const cut = createPanel(
    panel.dates.slice(0, days),
    keep.map((i) => known(panel.stocks[i]!)),
  );
  for (const field of panelFields) {
    const [from, to] = [panel.fields[field], cut.fields[field]];
    for (let t = 0; t < days; t++)
      for (let j = 0; j < keep.length; j++) to[t * keep.length + j] = from[t * n + keep[j]!]!;
  }
  return cut;
}

/** A stock and the day after which it is gone. */
export interface Departure {
  readonly stock: number;
  /** Its last session, as number of the panel's day. */
  readonly lastDay: number;
}

/** The panel with some stocks taken from the market: nothing after their last day, which the universe states. */
export function delist(panel: Panel, departures: readonly Departure[]): Panel {
  const n = panel.stocks.length;
  const lastDays = new Map(departures.map(({ stock, lastDay }) => [stock, lastDay]));
  const stocks = panel.stocks.map((stock, i) =>
    lastDays.has(i) ? { ...stock, delisted: panel.dates[lastDays.get(i)!]! } : stock,
  );
  const changed = createPanel(panel.dates, stocks);
  for (const field of panelFields) {
    const column = changed.fields[field];
    column.set(panel.fields[field]);
    for (const { stock, lastDay } of departures)
      for (let t = lastDay + 1; t < panel.dates.length; t++) column[t * n + stock] = Number.NaN;
  }
  return changed;
}

/**
 * A market without any signal, made of a real one: each day's bars are dealt out at random to the stocks that trade that
 * day, and prices are built up anew from them. The day's returns, ranges and volumes are all there; but which stock gets
 * which is chance, so that nothing that was known before can rank them.
 */
export function dealPanel(panel: Panel, random: Random): Panel {
  const n = panel.stocks.length;
  const dealt = createPanel(panel.dates, panel.stocks);
  const { fields: from } = panel;
  const { fields: to } = dealt;
  const last = new Float64Array(n).fill(Number.NaN);
  for (let t = 0; t < panel.dates.length; t++) {
    const trading: number[] = [];
    for (let i = 0; i < n; i++) if (!Number.isNaN(from.close[t * n + i]!)) trading.push(i);
    const givers = random.shuffle([...trading]);
    for (const [k, i] of trading.entries()) {
      const own = t * n + i;
      const given = t * n + givers[k]!;
      // The first price is the stock's own, so that levels stay what they were.
      const reference = Number.isNaN(last[i]!) ? referenceOf(from, own) : last[i]!;
      const scale = reference / referenceOf(from, given);
      to.reference[own] = reference;
      for (const field of ['open', 'high', 'low', 'close'] as const) to[field][own] = from[field][given]! * scale;
      to.volume[own] = from.volume[given]!;
      to.turnoverTwd[own] = from.turnoverTwd[given]! * scale;
      to.trades[own] = from.trades[given]!;
      to.foreignNetBuy[own] = from.foreignNetBuy[given]!;
      to.marginBalance[own] = from.marginBalance[given]!;
      to.limitState[own] = from.limitState[given]!;
      to.haltState[own] = from.haltState[given]!;
      // Prices are built up without dividends, so that they are adjusted as they are.
      to.adjustedFactor[own] = Number.isNaN(from.adjustedFactor[given]!) ? Number.NaN : 1;
      last[i] = to.close[own]!;
    }
  }
  return dealt;
}

/** What a cell's return starts from; its own close where the source gives none, so that the return is 0. */
function referenceOf({ reference, close }: Panel['fields'], at: number): number {
  return Number.isNaN(reference[at]!) ? close[at]! : reference[at]!;
}
