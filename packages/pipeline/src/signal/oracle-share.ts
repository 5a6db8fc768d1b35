import { automaticBlockLength, type Interval, type Random, stationaryBootstrapInterval } from '@preopen/core';

/** What part of the possible a pipeline reaches. */
export interface OracleShare {
  /** Mean coefficient of the pipeline over that of the best possible prediction. */
  readonly share: number;
  /** Mean coefficient of the best possible prediction on those days. */
  readonly best: number;
  readonly days: number;
  readonly interval: Interval;
}

/**
 * Share of the best possible information coefficient that was reached, on the days that both have, so that both had the
 * same luck. Its interval draws whole days, the pipeline's coefficient together with the best one's: a day on which the
 * market was easy or hard was so for both. Blocks are as long as the share's linearised errors, own − share × best, ask.
 * Source of the linearisation: Cochran, Sampling Techniques, 3rd ed., 1977, ch. 6
 * @param daily coefficients of the pipeline, `NaN` days are left out
 * @param oracle those of the best possible prediction, same days
 * @returns `undefined` for fewer than 5 days, or where the best possible coefficient is not above zero in every resample:
 * there is no part of nothing
 */
export function oracleShare(
  daily: Float64Array,
  oracle: Float64Array,
  { random, confidence = 0.95 }: { readonly random: Random; readonly confidence?: number },
): OracleShare | undefined {
  const days = Float64Array.from(daily.keys()).filter((t) => !Number.isNaN(daily[t]!) && !Number.isNaN(oracle[t]!));
  if (days.length < 5) return undefined;
  const shareOf = (drawn: Float64Array): number => {
    const best = sumOver(drawn, oracle);
    return best > 0 ? sumOver(drawn, daily) / best : Number.NaN;
  };
  const share = shareOf(days);
  if (Number.isNaN(share)) return undefined;
  const meanBlockLength = automaticBlockLength(days.map((t) => daily[t]! - share * oracle[t]!));
  let isOfNothing = false;
  const interval = stationaryBootstrapInterval(
    days,
    (drawn) => {
      const figure = shareOf(drawn);
      isOfNothing ||= Number.isNaN(figure);
      return figure;
    },
    { random, confidence, resamples: 4000, meanBlockLength },
  );
  if (isOfNothing) return undefined;
  return { share, best: sumOver(days, oracle) / days.length, days: days.length, interval };
}

function sumOver(days: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (const t of days) sum += values[t]!;
  return sum;
}
