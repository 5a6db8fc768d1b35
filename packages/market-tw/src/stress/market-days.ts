import { quantile, type Series } from '@preopen/core';
import { haltStates, type Panel } from '../panel.ts';

/** Requests that one point of a small chart stands for. */
const requestsAPoint = 20;

/**
 * A market under stress session by session: how far the mean stock has moved since the first session, the shares of the
 * traded stocks that closed at a limit and of the listed ones that were halted, the rank IC of the day's predictions with
 * the return that followed, and whether the session is one of the stress.
 * @param ics one a session, `NaN` where there is none
 */
export function marketDaysSeries(
  { dates, stocks, fields }: Panel,
  { stressDays, ics }: { readonly stressDays: readonly number[]; readonly ics: ArrayLike<number> },
): Series {
  const stressed = new Set(stressDays);
  const columns = { market: [] as number[], atLimit: [] as number[], halted: [] as number[] };
  let level = 1;
  for (let t = 0; t < dates.length; t++) {
    let [sum, moved, traded, limits, listed, halted] = [0, 0, 0, 0, 0, 0];
    for (let at = t * stocks.length; at < (t + 1) * stocks.length; at++) {
      const state = fields.haltState[at]!;
      if (!Number.isNaN(state)) listed++;
      if (state >= haltStates.halted) halted++;
      if (Number.isNaN(fields.close[at]!)) continue;
      traded++;
      if (Math.abs(fields.limitState[at]!) > 0) limits++;
      const change = fields.close[at]! / fields.reference[at]! - 1;
      if (Number.isNaN(change)) continue;
      sum += change;
      moved++;
    }
    if (moved > 0) level *= 1 + sum / moved;
    columns.market.push(level - 1);
    columns.atLimit.push(traded > 0 ? limits / traded : 0);
    columns.halted.push(listed > 0 ? halted / listed : 0);
  }
  return {
    id: 'taiwan.market',
    title: 'The market session by session, and the rank IC of its predictions',
    columns: [
      { name: 'date', values: [...dates] },
      { name: 'mean stock', unit: 'ratio', values: columns.market },
      { name: 'at a limit', unit: 'ratio', values: columns.atLimit },
      { name: 'halted', unit: 'ratio', values: columns.halted },
      { name: 'rank IC', unit: 'ratio', values: dates.map((_, t) => (Number.isFinite(ics[t]!) ? ics[t]! : null)) },
      { name: 'stress', unit: 'count', values: dates.map((_, t) => (stressed.has(t) ? 1 : 0)) },
    ],
  };
}

/** Response times in the order of the requests: the middle and the slowest of every twenty. */
export function requestsSeries(elapsedMs: readonly number[]): Series {
  const blocks = Array.from({ length: Math.ceil(elapsedMs.length / requestsAPoint) }, (_, k) =>
    Float64Array.from(elapsedMs.slice(k * requestsAPoint, (k + 1) * requestsAPoint)).sort(),
  );
  return {
    id: 'taiwan.requests',
    title: 'Response times in the order of the requests',
    columns: [
      { name: 'request', unit: 'count', values: blocks.map((_, k) => k * requestsAPoint + 1) },
      { name: 'median', unit: 'ms', values: blocks.map((block) => quantile(block, 0.5)) },
      { name: 'slowest', unit: 'ms', values: blocks.map((block) => block.at(-1)!) },
    ],
  };
}
