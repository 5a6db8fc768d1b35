import { InputError } from '@preopen/core';

/** A halt of the whole market that no exchange of Taiwan has. */
export interface HypotheticalHalt {
  readonly hypothetical: true;
  readonly fromSecond: number;
  readonly toSecond: number;
  /** The threshold that was crossed, in per mille. */
  readonly thresholdPerMille: number;
}

/** A breaker on the index, as other markets have. */
export interface HypotheticalBreaker {
  /** Falls of the index from its previous close that halt the market, each once a day. */
  readonly thresholdsPerMille: readonly number[];
  readonly haltSeconds: number;
}

/**
 * HYPOTHETICAL: what a market-wide circuit breaker would do. TWSE and TPEx have none: the limits of each stock stand in
 * for it, and no article of the Operating Rules sets one. For scenarios of one's own only.
 * @param index index levels by second since midnight, ascending
 * @throws InputError for thresholds that are not above 0
 */
export function hypotheticalIndexHalts(
  { thresholdsPerMille, haltSeconds }: HypotheticalBreaker,
  previousClose: number,
  index: readonly { readonly second: number; readonly level: number }[],
): HypotheticalHalt[] {
  if (thresholdsPerMille.length === 0 || thresholdsPerMille.some((threshold) => !(threshold > 0)))
    throw new InputError(`hypotheticalIndexHalts: expected thresholds above 0 per mille, got ${thresholdsPerMille}.`);
  const ascending = [...thresholdsPerMille].sort((a, b) => a - b);
  const halts: HypotheticalHalt[] = [];
  let crossed = 0;
  for (const { second, level } of index) {
    if (second < (halts.at(-1)?.toSecond ?? 0)) continue;
    const fallPerMille = (1 - level / previousClose) * 1000;
    const reached = ascending.filter((threshold) => fallPerMille >= threshold - 1e-9).length;
    if (reached <= crossed) continue;
    crossed = reached;
    halts.push({
      hypothetical: true,
      fromSecond: second,
      toSecond: second + haltSeconds,
      thresholdPerMille: ascending[reached - 1]!,
    });
  }
  return halts;
}
