import type { Measurement, Random } from '@preopen/core';
import type { PredictionMap } from '../data/predictions-file.ts';
import type { PriceTable } from '../data/price-table.ts';
import { type DayRankings, dayRankings, rankingMeasurement } from './degraded-ranking.ts';
import type { TaiwanFaultId } from './taiwan-fault.ts';

/** Two exchanges with systems of their own, of which one is silent. */
export interface Boards {
  readonly live: ReadonlySet<string>;
  readonly silent: ReadonlySet<string>;
  /** First session in which one of them is. */
  readonly fromDate: string;
}

const boardNames = ['live', 'silent'] as const;

/** What a target has for one board with the fault, beside what it has without it. */
export interface BoardShown {
  /** Predictions without the fault from the silence on, and those of them that are there with it, finite. */
  readonly owed: number;
  readonly given: number;
  readonly rankings: DayRankings;
}

/** What a target has for each board. */
export type ByBoard = Readonly<Record<(typeof boardNames)[number], BoardShown>>;

const dateOf = (key: string): string => key.slice(0, key.indexOf(','));
const stockOf = (key: string): string => key.slice(key.indexOf(',') + 1);

/** Tells boards apart in what a target predicts. @param table prices without the fault */
export function shownByBoard(boards: Boards, table: PriceTable, clean: PredictionMap, faulty: PredictionMap): ByBoard {
  const shown = (stocks: ReadonlySet<string>): BoardShown => {
    const ofBoard = (predictions: PredictionMap): PredictionMap =>
      new Map([...predictions].filter(([key]) => stocks.has(stockOf(key))));
    const [before, after] = [ofBoard(clean), ofBoard(faulty)];
    const owed = [...before.keys()].filter((key) => dateOf(key) >= boards.fromDate);
    const given = owed.filter((key) => Number.isFinite(after.get(key)));
    return { owed: owed.length, given: given.length, rankings: dayRankings(table, before, after) };
  };
  return { live: shown(boards.live), silent: shown(boards.silent) };
}

const boardMetric = (id: TaiwanFaultId, board: string, figure: 'coverage' | 'ic'): string =>
  `taiwan.${id}.${board}.${figure}`;

/** The metrics that tell boards apart. */
export const boardMetrics = (id: TaiwanFaultId): readonly string[] =>
  boardNames.flatMap((board) => [boardMetric(id, board, 'coverage'), boardMetric(id, board, 'ic')]);

/** Coverage and rank information coefficient of each board, or why there is none. */
export function boardMeasurements(
  id: TaiwanFaultId,
  byBoard: ByBoard | undefined,
  random: Random,
): { readonly measurements: Measurement[]; readonly notMeasured: { metric: string; reason: string }[] } {
  const measurements: Measurement[] = [];
  const notMeasured: { metric: string; reason: string }[] = [];
  for (const board of boardNames) {
    const [coverage, ic] = [boardMetric(id, board, 'coverage'), boardMetric(id, board, 'ic')];
    const shown = byBoard?.[board];
    if (!shown || shown.owed === 0) {
      const reason = 'needs predictions for this board without the fault, and a target that ends well with it';
      notMeasured.push({ metric: coverage, reason }, { metric: ic, reason });
      continue;
    }
    measurements.push({
      metric: coverage,
      value: shown.given / shown.owed,
      unit: 'ratio',
      samples: shown.owed,
      how: `share of the predictions for the ${board} board that are there while one of the two is silent; ${shown.given} of ${shown.owed}`,
    });
    const ranking = rankingMeasurement(id, shown.rankings, random);
    if ('reason' in ranking) notMeasured.push({ metric: ic, reason: ranking.reason });
    else measurements.push({ ...ranking, metric: ic });
  }
  return { measurements, notMeasured };
}
