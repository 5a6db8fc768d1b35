import type { MarketColumns } from './market-columns.ts';

/** What a factor looks at. */
export type FactorGroup = 'price-volume' | 'technical' | 'fundamental' | 'microstructure' | 'cross-sectional' | 'risk';

/** A named column that is computed from a market. */
export interface Factor {
  /** Unique, in lower case with its window: `momentum_20d`. */
  readonly name: string;
  readonly group: FactorGroup;
  readonly formula: string;
  /** Unit of the value: `ratio`, `sessions`, `NT$` … */
  readonly unit: string;
  /** Paper or book. */
  readonly source: string;
  /** Sessions of history that it needs to say what it is meant to. */
  readonly windowDays: number;
  /** `[days × stocks]`, of operators only, so that it cannot look ahead. */
  compute(market: MarketColumns): Float64Array;
}

/** Declares a factor; the type is checked here. */
export function defineFactor(factor: Factor): Factor {
  return factor;
}

/** One factor for each window. */
export function forWindows(windows: readonly number[], make: (days: number) => Factor): Factor[] {
  return windows.map(make);
}
