import type { InferenceBatch, Random } from '@preopen/core';

/** A panel of the market package that is in use; nothing of it is looked at here. */
export type AnyPanel = unknown;

/** A market in distress, as far as the faults need to know it. */
export interface MarketScenario<Panel = AnyPanel> {
  readonly id: string;
  readonly title: string;
  /** @param request.severity 0 is the calm market, byte for byte; 1 is the scenario in full */
  simulate(request: {
    readonly stocks: number;
    readonly days: number;
    readonly seed: number;
    readonly severity: number;
  }): { readonly panel: Panel; readonly origin: string; readonly stressDays: readonly number[] };
}

/** A cross-section in distress, for a service of which only the number of features is known. */
export interface CrossSection {
  readonly id: string;
  perturb(batch: InferenceBatch, random: Random): InferenceBatch;
}

/** A trading day's prints in the order of time. */
export interface DayPrint {
  /** Milliseconds since midnight in Taipei. */
  readonly timeMs: number;
  readonly stock: string;
  readonly kind: string;
  /** `NaN` where the event has no price. */
  readonly priceTwd: number;
  /** Shares. */
  readonly volume: number;
}

/**
 * What the Taiwan faults take from a market package. `@preopen/market-tw` has all of it; it is handed in as a plain object, so
 * that this package depends on none.
 */
export interface TaiwanMarket<Panel = AnyPanel> {
  readonly limitDownCascade: MarketScenario<Panel>;
  readonly interruptionStorm: MarketScenario<Panel>;
  readonly crossSections: readonly CrossSection[];
  /** Writes a panel as a dataset folder that pipelines are given. */
  writeDataset(
    panel: Panel,
    dir: string,
    options: { readonly source: 'simulated'; readonly origin: string; readonly horizonDays: number },
  ): Promise<unknown>;
  /** Reads the panel of a dataset folder. */
  readDataset(dir: string): Promise<Panel>;
  /** The prints of one session of a panel. */
  dayPrints(panel: Panel, date: string, seed: number): Iterable<DayPrint>;
}
