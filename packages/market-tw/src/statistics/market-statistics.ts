import { priceGrid } from '../limit-columns.ts';
import type { Panel } from '../panel.ts';
import { correlation, deviationOfFinite, excessKurtosis, hillIndex, meanOfFinite, medianOfFinite } from './series.ts';

/** What a market looks like in numbers. `NaN` is what a panel cannot tell. */
export interface MarketStatistics {
  readonly stocks: number;
  readonly days: number;
  /** Median over the stocks, of a year of 245 sessions. */
  readonly annualVolatility: number;
  /** Standard deviation of the mean return of a day. */
  readonly marketVolatility: number;
  /** Of all returns together. */
  readonly excessKurtosis: number;
  /** Tail index of the largest 2 % of absolute returns less the day's mean. */
  readonly hillTail: number;
  /** Means over the stocks: autocorrelation of returns and of absolute returns from one session to the next, and over five. */
  readonly returnAutocorrelation: number;
  readonly absoluteAutocorrelation1: number;
  readonly absoluteAutocorrelation5: number;
  /** Mean over the stocks of the correlation of a return with the next absolute return; below 0 is the leverage effect. */
  readonly leverage: number;
  /** Mean correlation of returns over all pairs of stocks, over pairs within a sector, and among semiconductors. */
  readonly pairCorrelation: number;
  readonly sectorCorrelation: number;
  readonly semiconductorCorrelation: number;
  /** Median over the days of the standard deviation across the stocks. */
  readonly crossSectionalDeviation: number;
  /** Median of (high − low) / reference. */
  readonly range: number;
  /** Shares of stock-days that moved by 93 % of the limit or more, that closed at a limit, and that traded only there. */
  readonly largeMoves: number;
  readonly limitCloses: number;
  readonly limitLocks: number;
  /** Mean over the stocks of the correlation of absolute return and log volume. */
  readonly volumeVolatility: number;
  /** Mean volume of limit-locked days over the stock’s median. */
  readonly lockedVolume: number;
  /** Share of the stock-days between a stock’s first and last that have no trade. */
  readonly withoutTrade: number;
  /** Share of stock-days beyond any limit: splits and unlabelled references. They are left out of the returns. */
  readonly uncompared: number;
  /** Share of unchanged prices. */
  readonly unchanged: number;
  /** Semiconductors’ and the largest sector’s share of turnover. */
  readonly semiconductorTurnover: number;
  /** Share of prices that lie between ticks: above a few per mille the panel is adjusted, and limits are not counted. */
  readonly offTick: number;
}

/** Prices may lie between ticks by so much before a panel counts as adjusted: odd-lot and block closes do. */
const mostOffTick = 0.002;
const sessionsPerYear = 245;
/** A stock takes part where it trades on so many of the sessions. */
const leastPresence = 0.8;

/**
 * Statistics of a panel, or of its sessions `from` to `to` (first and one past the last).
 * Sectors are those of the panel's stocks; without them what needs sectors is `NaN`.
 */
export function marketStatistics(
  panel: Panel,
  { from = 0, to = panel.dates.length }: { readonly from?: number; readonly to?: number } = {},
): MarketStatistics {
  const n = panel.stocks.length;
  const days = to - from;
  const { close, reference, high, low, volume, turnoverTwd } = panel.fields;
  const returns = new Float64Array(days * n).fill(Number.NaN);
  const ranges = new Float64Array(days * n).fill(Number.NaN);
  let uncompared = 0;
  for (let t = 0; t < days; t++) {
    const grid = priceGrid({ date: panel.dates[from + t]! }).perMille!;
    const most = (1.25 * Math.max(grid.down, grid.up)) / 1000;
    for (let k = t * n; k < (t + 1) * n; k++) {
      const at = from * n + k;
      if (!(volume[at]! > 0) || !(reference[at]! > 0)) continue;
      const change = close[at]! / reference[at]! - 1;
      // What no limit allows is a split or a reference that the source does not give; new listings go with it.
      if (Math.abs(change) > most) {
        uncompared++;
        continue;
      }
      returns[k] = change;
      ranges[k] = (high[at]! - low[at]!) / reference[at]!;
    }
  }
  const dayMean = new Float64Array(days);
  const dayDeviation = new Float64Array(days);
  for (let t = 0; t < days; t++) {
    const day = returns.subarray(t * n, t * n + n);
    dayMean[t] = meanOfFinite(day);
    dayDeviation[t] = deviationOfFinite(day);
  }
  const own = returns.map((value, k) => value - dayMean[Math.floor(k / n)]!);
  const limits = limitCounts(panel, from, to);
  const perStock = stockSeries(panel, returns, from, days);
  const semiconductors = panel.stocks.map(({ sector }) => sector === '24');
  return {
    stocks: n,
    days,
    annualVolatility: medianOfFinite(perStock.deviation) * Math.sqrt(sessionsPerYear),
    marketVolatility: deviationOfFinite(dayMean),
    excessKurtosis: excessKurtosis(returns),
    hillTail: hillIndex(own, 0.02),
    returnAutocorrelation: meanOfFinite(perStock.autocorrelation),
    absoluteAutocorrelation1: meanOfFinite(perStock.absolute1),
    absoluteAutocorrelation5: meanOfFinite(perStock.absolute5),
    leverage: meanOfFinite(perStock.leverage),
    ...pairCorrelations(panel, returns, days),
    crossSectionalDeviation: medianOfFinite(dayDeviation),
    range: medianOfFinite(ranges),
    ...limits,
    volumeVolatility: meanOfFinite(perStock.volumeVolatility),
    lockedVolume: limits.offTick > mostOffTick ? Number.NaN : lockedVolume(panel, from, to),
    withoutTrade: holes(panel, from, to),
    uncompared: uncompared / (days * n),
    unchanged: meanOfFinite(returns.map((value) => (Number.isNaN(value) ? value : value === 0 ? 1 : 0))),
    semiconductorTurnover: share(panel, from, to, semiconductors),
  };

  function share(of: Panel, first: number, end: number, isChosen: readonly boolean[]): number {
    let chosen = 0;
    let all = 0;
    for (let at = first * n; at < end * n; at++) {
      const given = turnoverTwd[at]!;
      const value = Number.isNaN(given) ? of.fields.close[at]! * volume[at]! : given;
      if (Number.isNaN(value)) continue;
      all += value;
      if (isChosen[at % n]) chosen += value;
    }
    return of.stocks.every(({ sector }) => sector === '') ? Number.NaN : chosen / all;
  }
}

/** Per stock: what its own series shows; NaN for stocks that trade too seldom. */
function stockSeries(panel: Panel, returns: Float64Array, from: number, days: number) {
  const n = panel.stocks.length;
  const column = (): Float64Array => new Float64Array(n).fill(Number.NaN);
  const out = {
    deviation: column(),
    autocorrelation: column(),
    absolute1: column(),
    absolute5: column(),
    leverage: column(),
    volumeVolatility: column(),
  };
  const series = new Float64Array(days);
  const sizes = new Float64Array(days);
  const logVolume = new Float64Array(days);
  for (let i = 0; i < n; i++) {
    let present = 0;
    for (let t = 0; t < days; t++) {
      series[t] = returns[t * n + i]!;
      sizes[t] = Math.abs(series[t]!);
      logVolume[t] = Math.log(panel.fields.volume[(from + t) * n + i]!);
      if (!Number.isNaN(series[t]!)) present++;
    }
    if (present < leastPresence * days) continue;
    const last = days - 1;
    out.deviation[i] = deviationOfFinite(series);
    out.autocorrelation[i] = correlation(series.subarray(0, last), series.subarray(1));
    out.absolute1[i] = correlation(sizes.subarray(0, last), sizes.subarray(1));
    out.absolute5[i] = correlation(sizes.subarray(0, days - 5), sizes.subarray(5));
    out.leverage[i] = correlation(series.subarray(0, last), sizes.subarray(1));
    out.volumeVolatility[i] = correlation(sizes, logVolume);
  }
  return out;
}

/** Mean correlation over pairs, from the variance of sums of standardised returns: no pair is visited on its own. */
function pairCorrelations(
  panel: Panel,
  returns: Float64Array,
  days: number,
): Pick<MarketStatistics, 'pairCorrelation' | 'sectorCorrelation' | 'semiconductorCorrelation'> {
  const n = panel.stocks.length;
  const groups = new Map<string, { count: number; sum: Float64Array }>();
  const all = { count: 0, sum: new Float64Array(days) };
  const series = new Float64Array(days);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < days; t++) series[t] = returns[t * n + i]!;
    const present = series.filter((value) => !Number.isNaN(value)).length;
    const deviation = deviationOfFinite(series);
    if (present < leastPresence * days || !(deviation > 0)) continue;
    const mean = meanOfFinite(series);
    const { sector } = panel.stocks[i]!;
    const group = groups.get(sector) ?? { count: 0, sum: new Float64Array(days) };
    groups.set(sector, group);
    all.count++;
    group.count++;
    for (let t = 0; t < days; t++) {
      // A missing session counts as an average one; few are missing.
      const score = Number.isNaN(series[t]!) ? 0 : (series[t]! - mean) / deviation;
      all.sum[t]! += score;
      group.sum[t]! += score;
    }
  }
  const pairs = ({ count, sum }: { count: number; sum: Float64Array }): { total: number; pairs: number } => {
    const square = sum.reduce((total, value) => total + value * value, 0) / (days - 1);
    return { total: square - count, pairs: count * (count - 1) };
  };
  const ratio = ({ total, pairs: count }: { total: number; pairs: number }): number =>
    count > 0 ? total / count : Number.NaN;
  const bySector = [...groups].filter(([sector]) => sector !== '').map(([, group]) => pairs(group));
  const semiconductors = groups.get('24');
  return {
    pairCorrelation: ratio(pairs(all)),
    sectorCorrelation: ratio({
      total: bySector.reduce((sum, { total }) => sum + total, 0),
      pairs: bySector.reduce((sum, { pairs: count }) => sum + count, 0),
    }),
    semiconductorCorrelation: semiconductors ? ratio(pairs(semiconductors)) : Number.NaN,
  };
}

/** Moves near the limit, closes at it, locks; and whether prices are on their ticks at all. */
function limitCounts(
  panel: Panel,
  from: number,
  to: number,
): Pick<MarketStatistics, 'largeMoves' | 'limitCloses' | 'limitLocks' | 'offTick'> {
  const n = panel.stocks.length;
  const { close, high, low, reference, volume } = panel.fields;
  let cells = 0;
  let large = 0;
  let closes = 0;
  let locks = 0;
  let off = 0;
  for (let t = from; t < to; t++) {
    const grid = priceGrid({ date: panel.dates[t]! });
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      if (!(volume[at]! > 0) || !(reference[at]! > 0)) continue;
      cells++;
      const move = close[at]! / reference[at]! - 1;
      const limit = (move < 0 ? grid.perMille!.down : grid.perMille!.up) / 1000;
      if (Math.abs(move) >= 0.93 * limit) large++;
      const cents = Math.round(close[at]! * 100);
      const tick = grid.tick(cents);
      if (Math.abs(close[at]! * 100 - cents) > 1e-6 * cents + 1e-6 || cents % tick !== 0) off++;
      if (move === 0) continue;
      const base = Math.round(reference[at]! * 100);
      const limitCents = move < 0 ? grid.limitDown(base) : grid.limitUp(base);
      if (cents !== limitCents) continue;
      closes++;
      if (high[at] === low[at]) locks++;
    }
  }
  const offTick = off / cells;
  const isAdjusted = offTick > mostOffTick;
  return {
    largeMoves: large / cells,
    limitCloses: isAdjusted ? Number.NaN : closes / cells,
    limitLocks: isAdjusted ? Number.NaN : locks / cells,
    offTick,
  };
}

/** Volume of days that were locked at a limit, over the stock's median. */
function lockedVolume(panel: Panel, from: number, to: number): number {
  const n = panel.stocks.length;
  const { close, high, low, reference, volume } = panel.fields;
  const ratios: number[] = [];
  const series = new Float64Array(to - from);
  for (let i = 0; i < n; i++) {
    let median = Number.NaN;
    for (let t = from; t < to; t++) {
      const at = t * n + i;
      const isLock = high[at] === low[at] && Math.abs(close[at]! / reference[at]! - 1) > 0.03 && volume[at]! > 0;
      if (!isLock) continue;
      if (Number.isNaN(median)) {
        for (let k = from; k < to; k++) series[k - from] = volume[k * n + i]!;
        median = medianOfFinite(series);
      }
      ratios.push(volume[at]! / median);
    }
  }
  return medianOfFinite(Float64Array.from(ratios));
}

function holes(panel: Panel, from: number, to: number): number {
  const n = panel.stocks.length;
  const { volume } = panel.fields;
  let cells = 0;
  let empty = 0;
  for (let i = 0; i < n; i++) {
    let first = from;
    let last = to - 1;
    while (first <= last && !(volume[first * n + i]! > 0)) first++;
    while (last > first && !(volume[last * n + i]! > 0)) last--;
    for (let t = first; t <= last; t++) {
      cells++;
      if (!(volume[t * n + i]! > 0)) empty++;
    }
  }
  return empty / cells;
}
