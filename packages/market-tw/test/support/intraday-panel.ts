import fc from 'fast-check';
import { priceGrid } from '../../src/limit-columns.ts';
import { createPanel, type Panel, type Stock } from '../../src/panel.ts';

const stock = (code: string): Stock => ({ code, name: code, market: 'TWSE', sector: '24', listed: '', delisted: null });

/** One stock's day, drawn as places between its limits. */
interface DrawnBar {
  readonly reference: number;
  readonly places: readonly [number, number, number, number];
  readonly volume: number;
  readonly trades: number;
}

const bar: fc.Arbitrary<DrawnBar> = fc.record({
  reference: fc.integer({ min: 150, max: 150_000 }),
  places: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000)),
  volume: fc.oneof(fc.integer({ min: 4, max: 6000 }), fc.integer({ min: 5000, max: 3_000_000 })),
  trades: fc.integer({ min: 1, max: 400 }),
});

/** A panel of one day whose bars lie on the tick grid within the limits: calm ones, wide ones, locked ones. */
export const anyDay = (date: string): fc.Arbitrary<Panel> =>
  fc.array(bar, { minLength: 1, maxLength: 6 }).map((bars) => {
    const grid = priceGrid({ date });
    const panel = createPanel(
      [date],
      bars.map((_, i) => stock(String(1101 + i))),
    );
    bars.forEach(({ reference, places, volume, trades }, i) => {
      const rounded = grid.round(reference);
      const [down, up] = [grid.limitDown(rounded), grid.limitUp(rounded)];
      const prices = places
        .map((place) => Math.min(up, Math.max(down, grid.round(down + ((up - down) * place) / 1000))))
        .toSorted((a, b) => a - b);
      const [low, one, two, high] = prices as [number, number, number, number];
      const [open, close] = places[0] < places[1] ? [one, two] : [two, one];
      for (const [field, cents] of Object.entries({ open, high, low, close, reference: rounded }))
        panel.fields[field as 'open'][i] = cents / 100;
      panel.fields.volume[i] = volume;
      panel.fields.trades[i] = trades;
    });
    return panel;
  });

/** Three stocks on 2020-03-23: one calm, one from limit to limit, one locked at its upper limit. */
export function threeStocks(date = '2020-03-23'): Panel {
  const panel = createPanel([date], ['1101', '2330', '3008'].map(stock));
  const bars = [
    { reference: 40, open: 40.1, high: 40.3, low: 39.9, close: 40, volume: 5_000_123, trades: 900 },
    { reference: 270, open: 243, high: 297, low: 243, close: 255, volume: 76_963_709, trades: 4162 },
    { reference: 100, open: 110, high: 110, low: 110, close: 110, volume: 41_000, trades: 12 },
  ];
  bars.forEach(({ volume, trades, ...prices }, i) => {
    for (const [field, price] of Object.entries(prices)) panel.fields[field as 'open'][i] = price;
    panel.fields.volume[i] = volume;
    panel.fields.trades[i] = trades;
  });
  return panel;
}
