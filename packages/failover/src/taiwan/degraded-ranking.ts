import {
  type Interval,
  type Measurement,
  type Random,
  rankCorrelation,
  stationaryBootstrapInterval,
} from '@preopen/core';
import type { PredictionMap } from '../data/predictions-file.ts';
import { columnAt, type PriceTable } from '../data/price-table.ts';
import { type Judged, judgeOne, notJudged } from './invariants.ts';
import type { TaiwanFaultId } from './taiwan-fault.ts';

/** Rank information coefficients of the same days with a fault and without it, day by day. */
export interface DayRankings {
  readonly without: readonly number[];
  readonly with: readonly number[];
}

/** Fewer days say nothing of a mean with its interval. */
const fewestDays = 10;
/** A cross-section of fewer stocks has no ranking to speak of. */
const fewestStocks = 10;
/** Share of its information coefficient that a target is to keep of what it still predicts. */
const leastKept = 0.7;

/** Returns to the next session by `date,stock`, of closes that are figures. */
function nextReturns(table: PriceTable): ReadonlyMap<string, number> {
  const [date, stock, close] = ['date', 'stock', 'close'].map((name) => columnAt(table, name));
  const closes = new Map<string, Map<string, number>>();
  for (const row of table.rows) {
    const value = Number(row[close!]);
    if (row[close!] === '' || !(value > 0)) continue;
    const day = closes.get(row[date!]!) ?? new Map<string, number>();
    closes.set(row[date!]!, day.set(row[stock!]!, value));
  }
  const dates = [...closes.keys()].sort();
  const returns = new Map<string, number>();
  dates.slice(0, -1).forEach((day, i) => {
    const next = closes.get(dates[i + 1]!)!;
    for (const [code, value] of closes.get(day)!) {
      const later = next.get(code);
      if (later !== undefined) returns.set(`${day},${code}`, later / value - 1);
    }
  });
  return returns;
}

/** The coefficient of each day of a set of predictions with what followed. */
function coefficients(predictions: PredictionMap, returns: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const days = new Map<string, { readonly predicted: number[]; readonly followed: number[] }>();
  for (const [key, value] of predictions) {
    const followed = returns.get(key);
    if (followed === undefined || !Number.isFinite(value)) continue;
    const day = key.slice(0, key.indexOf(','));
    const pairs = days.get(day) ?? { predicted: [], followed: [] };
    pairs.predicted.push(value);
    pairs.followed.push(followed);
    days.set(day, pairs);
  }
  const found = new Map<string, number>();
  for (const [day, { predicted, followed }] of days) {
    if (predicted.length < fewestStocks) continue;
    const coefficient = rankCorrelation(Float64Array.from(predicted), Float64Array.from(followed));
    if (Number.isFinite(coefficient)) found.set(day, coefficient);
  }
  return found;
}

/**
 * How well two runs rank the stocks by their next return, on the days that both predict.
 * @param table prices without the fault: what followed is what truly did
 */
export function dayRankings(table: PriceTable, clean: PredictionMap, faulty: PredictionMap): DayRankings {
  const returns = nextReturns(table);
  const [before, after] = [coefficients(clean, returns), coefficients(faulty, returns)];
  const days = [...before.keys()].filter((day) => after.has(day)).sort();
  return { without: days.map((day) => before.get(day)!), with: days.map((day) => after.get(day)!) };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const meanInterval = (values: Float64Array, random: Random): Interval =>
  stationaryBootstrapInterval(values, mean, { random });

/** What is missing where there are too few days to rank on. */
const needsDays = (days: number, isRefused: boolean): string =>
  isRefused
    ? 'a target that predicts from these data: this one refuses them and says why, which is right, and ranks nothing then'
    : `${fewestDays} days that are predicted with the fault and without it, of ${fewestStocks} stocks each and with a session after them; there are ${days}`;

/**
 * Whether what is still predicted ranks at least 70 % as well as without the fault. Violated only where the whole interval says
 * so, of a target that is proved to rank at all, on ten days or more.
 * @param isRefused it predicted nothing because the data are wrong, and said so
 */
export function judgeRanking(
  { without, with: under }: DayRankings,
  random: Random,
  isRefused = false,
): readonly Judged[] {
  if (under.length < fewestDays) return [notJudged('ranking', needsDays(under.length, isRefused))];
  const before = Float64Array.from(without);
  const kept = Float64Array.from(under, (value, day) => value - leastKept * without[day]!);
  if (meanInterval(before, random).low <= 0)
    return [
      notJudged(
        'ranking',
        `a target that is proved to rank without the fault; its rank information coefficient is ${mean(before).toFixed(3)} on ${before.length} days`,
      ),
    ];
  const { high } = meanInterval(kept, random);
  return [
    judgeOne(
      'ranking',
      high >= 0
        ? undefined
        : `the rank information coefficient falls from ${mean(before).toFixed(3)} to ${mean(Float64Array.from(under)).toFixed(3)} on ${under.length} days`,
    ),
  ];
}

/** The metric of the coefficient under a fault. */
export const rankingMetric = (id: TaiwanFaultId): string => `taiwan.${id}.ic`;

/** The coefficient under a fault with its interval over the days, or why there is none. */
export function rankingMeasurement(
  id: TaiwanFaultId,
  { without, with: under }: DayRankings,
  random: Random,
  isRefused = false,
): Measurement | { readonly reason: string } {
  if (under.length < fewestDays) return { reason: `needs ${needsDays(under.length, isRefused)}` };
  const values = Float64Array.from(under);
  return {
    metric: rankingMetric(id),
    value: mean(values),
    unit: 'ratio',
    samples: values.length,
    interval: meanInterval(values, random),
    how: `mean rank information coefficient with the next session’s return; ${mean(Float64Array.from(without)).toFixed(4)} on the same days without the fault`,
  };
}
