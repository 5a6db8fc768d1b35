import { pooledExceedanceBound, quantile, shareAboveInterval, sortedCopy } from '@preopen/core';
import { type CapacityEstimate, fitCapacity } from './capacity-fit.ts';

/** What one rate showed. */
export interface RateReading {
  readonly offeredPerSecond: number;
  /** Share of the requests above the latency limit, failed ones included. */
  readonly shareAbove: number;
  /** Independent requests that would tell as much about that share. */
  readonly effectiveSamples: number;
  readonly requests: number;
  /** What `exceedanceBound` found, where more is known by it than by the effective samples. */
  readonly exceedance?: { readonly clusters: number; readonly worth: number };
  /**
   * Share above the limit and the generator's longest lag together: what the service is to blame for whatever the lag did.
   * Default: `shareAbove`.
   */
  readonly shareBeyondLag?: number;
  /** Why the rate cannot be sustained whatever the share: a growing backlog, or too many failures. */
  readonly overloaded?: string;
  /** That the generator was late, where it was. */
  readonly late?: string;
  /** Why the reading says nothing at all: its books do not balance, or a part of them was lost. */
  readonly spoiled?: string;
}

/** Held: surely below the allowed share. Refuted: surely above. */
export type RateVerdict = 'held' | 'refuted' | 'undecided' | 'spoiled';

/** One rate that was tried, what it gave, and what that says. */
export interface JudgedRate<R extends RateReading = RateReading> {
  readonly reading: R;
  readonly verdict: RateVerdict;
}

/** How the highest sustained rate is looked for. */
export interface CapacitySearch<R extends RateReading> {
  /**
   * Tries a rate. `effort` grows from 1 as the search closes in: a longer try tells more. `undefined` ends the search with
   * what is known.
   */
  readonly probe: (ratePerSecond: number, effort: number) => Promise<R | undefined>;
  /** First rate; well below what is expected. */
  readonly startPerSecond: number;
  /** Rate that surely cannot be sustained, such as a little more than saturation; grows freely without. */
  readonly ceilingPerSecond?: number;
  /** Share of the requests that may be above the limit: 0.05 for a P95. */
  readonly allowedShare: number;
  /** Relative half-width of the interval that is enough. Default 0.03. */
  readonly precision?: number;
  /** Default 12. */
  readonly maxProbes?: number;
  /** Asked before each further probe. */
  readonly mayGoOn?: (found: CapacityEstimate | undefined) => boolean;
  /** Asked as well, while no rate is surely held: what is left from here on is kept for one. Default: always. */
  readonly mayCloseIn?: () => boolean;
  /** Asked before each rate far below those that were tried, where none of them was surely held. Default: always. */
  readonly mayLookLower?: () => boolean;
}

/** What the search came to. */
export interface CapacityFound<R extends RateReading> {
  readonly rates: readonly JudgedRate<R>[];
  /** `undefined` if no rate was held, or none refuted: then only a bound is known. */
  readonly estimate: CapacityEstimate | undefined;
  readonly heldPerSecond: number | undefined;
  readonly refutedPerSecond: number | undefined;
  /** Why no higher rate could be tried. */
  readonly limitedBy: string | undefined;
  /** A rate was held above one that was refuted: the service is faster under more load, or something disturbed it. */
  readonly isMonotone: boolean;
}

/** Two-sided 98 % for each probe. */
const z = 2.33;
/** Attempts at a rate whose reading was spoiled, before the generator is taken for the limit. */
const attempts = 2;

/** Further tries for a rate that is surely held, and by how much each is lower than the one before. */
const surelyHeldTries = 4;
const surelyHeldStep = 4;
const surelyHeldEffort = 3;

/** Probes that are kept for it. */
const keptForHeld = 3;
/** So far beside what looked held or refuted lies what is surely so, without which no curve has ends. */
const surelyAside = 0.1;

/** Why a rate was neither held nor refuted. */
const whyNothing = ({ spoiled, late }: RateReading): string => spoiled ?? `generator-limited: ${late}`;

/**
 * Judges a rate by both ends of what the generator's lag may have done. Response times count from the intended start, so
 * that a lag only makes them longer: a rate that was held in spite of it was held. And where requests are served in turn, a
 * lag of at most L lets no answer end more than L later: what is above the limit by more than L is the service's own. Only
 * what lies between the two is the generator's and says nothing.
 */
export function judgeRate(reading: RateReading, allowedShare: number): RateVerdict {
  const { spoiled, overloaded, late, shareAbove, shareBeyondLag = shareAbove, exceedance } = reading;
  if (spoiled !== undefined) return 'spoiled';
  if (overloaded !== undefined) return 'refuted';
  const { high } = shareInterval(shareAbove, reading.effectiveSamples);
  if (high < allowedShare || pooledExceedanceBound(exceedance ? [exceedance] : []) < allowedShare) return 'held';
  if (shareInterval(shareBeyondLag, reading.effectiveSamples).low > allowedShare) return 'refuted';
  const isBetween = shareAbove >= allowedShare && shareBeyondLag < allowedShare;
  return late !== undefined && isBetween ? 'spoiled' : 'undecided';
}

/** Wilson's interval of a share. */
function shareInterval(share: number, n: number): { low: number; high: number } {
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / scale;
  return { low: centre - half, high: centre + half };
}

/**
 * Rates that are held by what was seen at them and at higher ones together: the share above a limit does not fall as the
 * rate rises, so that what bounds its mean over several rates bounds it at the lowest of them. Every undecided reading from
 * a rate up to the lowest refuted one counts, whatever it showed.
 */
export function pooledVerdicts<R extends RateReading>(
  rates: readonly JudgedRate<R>[],
  allowedShare: number,
): JudgedRate<R>[] {
  const lowestRefuted = Math.min(...ratesOf(rates, 'refuted'));
  const isBelow = ({ reading, verdict }: JudgedRate): boolean =>
    (verdict === 'undecided' || verdict === 'held') && reading.offeredPerSecond < lowestRefuted;
  return rates.map((judged) => {
    if (judged.verdict !== 'undecided' || !isBelow(judged)) return judged;
    const pool = rates.filter(
      (other) => isBelow(other) && other.reading.offeredPerSecond >= judged.reading.offeredPerSecond,
    );
    const atMost = pooledExceedanceBound(pool.flatMap(({ reading: { exceedance } }) => exceedance ?? []));
    return atMost < allowedShare ? { ...judged, verdict: 'held' } : judged;
  });
}

/** What batches that still depend on each other, or hold nothing above the limit, are worth: one observation each. */
const batchesAlone = 20;

/**
 * Independent requests that would tell as much about the share above a limit, by the batches of `shareAboveInterval`.
 * Where none or few are above, the same is asked at lower levels: long answers come in longer clumps than very long ones.
 */
export function effectiveSamplesAbove(responseMs: Float64Array, limitMs: number): number {
  const atLimit = shareAboveInterval(responseMs, limitMs);
  if ('effectiveSamples' in atLimit) return atLimit.effectiveSamples;
  if (responseMs.length === 0) return 0;
  const ascending = sortedCopy(responseMs);
  for (const q of [0.9, 0.75, 0.5]) {
    const level = quantile(ascending, q);
    const below = level < limitMs ? shareAboveInterval(responseMs, level) : atLimit;
    if ('effectiveSamples' in below) return below.effectiveSamples;
  }
  return Math.min(responseMs.length, batchesAlone);
}

/**
 * Looks for the highest rate at which no more than a share of the requests is above a limit: doubles or halves until a
 * rate is held and a higher one refuted, closes in, and lets a curve through all readings carry the result, since near
 * the limit a single reading decides nothing.
 */
export async function searchCapacity<R extends RateReading>(search: CapacitySearch<R>): Promise<CapacityFound<R>> {
  const { probe, startPerSecond, ceilingPerSecond, allowedShare, precision = 0.03, maxProbes = 12 } = search;
  const { mayGoOn = () => true, mayCloseIn = () => true, mayLookLower = () => true } = search;
  const singly: JudgedRate<R>[] = [];
  let rates: JudgedRate<R>[] = [];
  const take = (reading: R): RateVerdict => {
    const verdict = judgeRate(reading, allowedShare);
    singly.push({ reading, verdict });
    rates = pooledVerdicts(singly, allowedShare);
    return verdict;
  };
  let limitedBy: string | undefined;
  let effort = 1;
  // Without a rate that is surely held there is no result: while there is none, the last probes are kept for one.
  const room = (): number => Math.max(1, maxProbes - (bracketOf(rates).held === undefined ? keptForHeld : 0));
  /** The rate to try; `undefined` where the search ends. */
  const next = (): number | undefined => {
    if (rates.length === 0) return startPerSecond;
    const tried = rates.map(({ reading }) => reading.offeredPerSecond);
    // To find the way, an undecided rate counts as what it looks like.
    const { held, refuted } = bracketOf(rates.map((judged) => leaning(judged, allowedShare)));
    const sure = bracketOf(rates);
    const estimate = estimateFrom(rates, allowedShare);
    if (estimate && relativeHalfWidth(estimate) <= precision) return undefined;
    if (!mayGoOn(estimate) || (sure.held === undefined && !mayCloseIn())) return undefined;
    if (refuted === undefined) {
      const highest = Math.max(...tried);
      if (ceilingPerSecond === undefined || highest * 2 <= ceilingPerSecond) return highest * 2;
      // Beyond the ceiling nothing is to be had; just below it is the last that may be.
      return highest >= ceilingPerSecond * 0.97 ? undefined : (highest + ceilingPerSecond) / 2;
    }
    if (held === undefined) return Math.min(...tried) / 2;
    if (refuted / held > 1.3) return Math.sqrt(held * refuted);
    effort = Math.min(8, effort * 1.5);
    return nextNear(estimate, { held, refuted, sure }, rates.length);
  };
  const closeIn = async (): Promise<void> => {
    let rate = next();
    let spoiledHere = 0;
    while (rate !== undefined && rates.length < room()) {
      const reading = await probe(rate, effort);
      if (reading === undefined) {
        limitedBy = 'it was told to end';
        return;
      }
      if (take(reading) === 'spoiled') {
        if (++spoiledHere < attempts) continue;
        limitedBy = whyNothing(reading);
        return;
      }
      spoiledHere = 0;
      rate = next();
    }
  };
  await closeIn();
  const isLeft = (): boolean => rates.length < Math.max(maxProbes, 1 + keptForHeld) && mayLookLower();
  if (rates.length > 0 && bracketOf(rates).held === undefined) {
    let tries = 0;
    for (const rate of surelyHeldCandidates(rates, allowedShare)) {
      if (tries++ === surelyHeldTries || !isLeft()) break;
      const reading = await probe(rate, surelyHeldEffort);
      if (reading === undefined) break;
      take(reading);
      if (bracketOf(rates).held !== undefined) break;
    }
    // What time is left then is for the edge again.
    if (bracketOf(rates).held !== undefined && limitedBy === undefined) await closeIn();
  }
  const { held, refuted, isMonotone } = bracketOf(rates);
  return {
    rates,
    estimate: estimateFrom(rates, allowedShare),
    heldPerSecond: held,
    refutedPerSecond: refuted,
    limitedBy,
    isMonotone,
  };
}

/**
 * Rates that may be surely held if they are tried for longer. A rate that is surely held is worth having, even if it is far
 * below: without one all the others would have been for nothing. First the highest whose longer try would be sure if it went
 * on as it began, else the highest that looked held; then the steps are wide, since the lighter the load, the less do
 * neighbouring requests depend on each other, and the more does each of them tell.
 */
function* surelyHeldCandidates(rates: readonly JudgedRate[], allowedShare: number): Generator<number> {
  const lowest = Math.min(...rates.map(({ reading }) => reading.offeredPerSecond));
  const leaned = rates.map((judged) => leaning(judged, allowedShare));
  const refuted = Math.min(...ratesOf(leaned, 'refuted'));
  const looked = leaned
    .filter(({ reading, verdict }) => verdict === 'held' && reading.offeredPerSecond < refuted)
    .map(({ reading }) => reading);
  const promising = looked.filter(
    ({ shareAbove, effectiveSamples }) =>
      shareInterval(shareAbove, effectiveSamples * surelyHeldEffort).high < allowedShare,
  );
  const highest = (readings: readonly RateReading[]): number =>
    Math.max(...readings.map(({ offeredPerSecond }) => offeredPerSecond));
  let rate = looked.length === 0 ? lowest / surelyHeldStep : highest(promising.length > 0 ? promising : looked);
  while (true) {
    yield rate;
    rate /= surelyHeldStep;
  }
}

function leaning(judged: JudgedRate, allowedShare: number): JudgedRate {
  return judged.verdict === 'undecided'
    ? { ...judged, verdict: judged.reading.shareAbove < allowedShare ? 'held' : 'refuted' }
    : judged;
}

function relativeHalfWidth({ perSecond, low, high }: CapacityEstimate): number {
  return (high - low) / 2 / perSecond;
}

/**
 * Probes on both sides of the estimate tell the slope; those at it, the level. Before there is one, what it still lacks: a rate
 * that is surely held, or one that is surely refuted.
 */
function nextNear(
  estimate: CapacityEstimate | undefined,
  {
    held,
    refuted,
    sure,
  }: { readonly held: number; readonly refuted: number; readonly sure: ReturnType<typeof bracketOf> },
  turn: number,
): number {
  if (!estimate) {
    // In turns with closing in further: where even a longer probe is sure of nothing, one at the edge is worth as much.
    if (turn % 2 === 0 && sure.held === undefined) return held * (1 - surelyAside);
    if (turn % 2 === 0 && sure.refuted === undefined) return refuted * (1 + surelyAside);
    return Math.sqrt(held * refuted);
  }
  const reach = Math.max(0.02, Math.min(0.08, relativeHalfWidth(estimate)));
  const aside = [-1, 1, 0][turn % 3]! * reach;
  return Math.min(refuted * 1.02, Math.max(held * 0.95, estimate.perSecond * (1 + aside)));
}

function ratesOf(rates: readonly JudgedRate[], verdict: RateVerdict): number[] {
  return rates.filter((rate) => rate.verdict === verdict).map(({ reading }) => reading.offeredPerSecond);
}

/** The highest held rate below the lowest refuted one, and that one. */
function bracketOf(rates: readonly JudgedRate[]): { held?: number; refuted?: number; isMonotone: boolean } {
  const refuted = Math.min(...ratesOf(rates, 'refuted'));
  const held = ratesOf(rates, 'held');
  const below = held.filter((rate) => rate < refuted);
  return {
    ...(below.length > 0 ? { held: Math.max(...below) } : {}),
    ...(Number.isFinite(refuted) ? { refuted } : {}),
    isMonotone: below.length === held.length,
  };
}

function estimateFrom(rates: readonly JudgedRate[], allowedShare: number): CapacityEstimate | undefined {
  const { held, refuted } = bracketOf(rates);
  if (held === undefined || refuted === undefined) return undefined;
  const readings = rates
    // A late generator's share is too high: it may hold a rate, and no curve.
    .filter(({ reading: { spoiled, late, overloaded } }) => (spoiled ?? late ?? overloaded) === undefined)
    .map(({ reading }) => reading);
  return fitCapacity(readings, allowedShare, { held, refuted });
}
