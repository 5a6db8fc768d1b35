import { forwardReturns, type Panel } from '@preopen/market-tw';
import { informationCoefficients } from '../information-coefficient.ts';
import { neweyWest } from '../newey-west.ts';
import { crossSectionalMean, type Shape } from '../operators.ts';

/** Mean coefficient of a part of the data. */
export interface PartIc {
  readonly part: string;
  readonly mean: number;
  /** Newey–West. */
  readonly t: number;
  readonly days: number;
}

/** Mean and t of a part's days; fewer than 5 say nothing. */
function partOf(part: string, daily: Float64Array): PartIc {
  const values = daily.filter((value) => !Number.isNaN(value));
  if (values.length < 5) return { part, mean: Number.NaN, t: Number.NaN, days: values.length };
  const { mean, t } = neweyWest(values);
  return { part, mean, t, days: values.length };
}

const shapeOf = (panel: Panel): Shape => ({ days: panel.dates.length, stocks: panel.stocks.length });

/** Rank IC against the returns over several horizons: how fast what was known is used up. */
export function icDecay(panel: Panel, predictions: Float64Array, horizons: readonly number[]): PartIc[] {
  return horizons.map((horizon) =>
    partOf(String(horizon), informationCoefficients(predictions, forwardReturns(panel, horizon), shapeOf(panel))),
  );
}

/** Rank IC within each sector that has 20 stocks on at least five days, by sector. */
export function icBySector(panel: Panel, predictions: Float64Array, returns: Float64Array): PartIc[] {
  const n = panel.stocks.length;
  const sectors = [...new Set(panel.stocks.map(({ sector }) => sector))].sort();
  return sectors
    .map((sector) => {
      const own = predictions.map((value, at) => (panel.stocks[at % n]!.sector === sector ? value : Number.NaN));
      return partOf(sector === '' ? 'unknown' : sector, informationCoefficients(own, returns, shapeOf(panel)));
    })
    .filter(({ days }) => days >= 5);
}

/** The market's state on each day as seen that evening: terciles of its volatility over the last 20 sessions. */
export const regimes = ['calm', 'normal', 'stormy'] as const;

/** Rank IC of the days on which the market was calm, normal or stormy. */
export function icByRegime(panel: Panel, daily: Float64Array): PartIc[] {
  const shape = shapeOf(panel);
  const { close, reference } = panel.fields;
  const returns = close.map((value, at) => value / reference[at]! - 1);
  const cells = crossSectionalMean(returns, shape);
  const market = Float64Array.from({ length: shape.days }, (_, t) => {
    const row = cells.subarray(t * shape.stocks, (t + 1) * shape.stocks);
    return row.find((value) => !Number.isNaN(value)) ?? Number.NaN;
  });
  const volatility = market.map((_, t) => deviationOf(market.subarray(Math.max(0, t - 19), t + 1)));
  const sorted = volatility.filter((value, t) => !Number.isNaN(value) && !Number.isNaN(daily[t]!)).sort();
  const low = sorted[Math.floor(sorted.length / 3)]!;
  const high = sorted[Math.floor((2 * sorted.length) / 3)]!;
  return regimes.map((regime) => {
    const isIn = (value: number): boolean =>
      regime === 'calm' ? value < low : regime === 'normal' ? value >= low && value < high : value >= high;
    return partOf(
      regime,
      daily.filter((_, t) => isIn(volatility[t]!)),
    );
  });
}

function deviationOf(values: Float64Array): number {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length < 5) return Number.NaN;
  const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
  return Math.sqrt(there.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (there.length - 1));
}
