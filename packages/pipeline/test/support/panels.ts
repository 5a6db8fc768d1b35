import { createPanel, type Panel, type Stock, simulateMarket } from '@preopen/market-tw';

/** A simulated market with listings, halts and limit days. */
export function aPanel({
  stocks = 40,
  days = 150,
  seed = 7,
}: {
  stocks?: number;
  days?: number;
  seed?: number;
} = {}): Panel {
  return simulateMarket({ stocks, days, seed }).panel;
}

/** A panel of so many stocks with nothing in it. */
export function anEmptyPanel(dates: readonly string[], codes: readonly string[]): Panel {
  const stocks: Stock[] = codes.map((code) => ({
    code,
    name: code,
    market: 'TWSE',
    sector: '24',
    listed: '',
    delisted: null,
  }));
  return createPanel(dates, stocks);
}
