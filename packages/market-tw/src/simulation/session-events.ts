/**
 * What befalls the market on one session, on top of its ordinary course. Every part is left out where nothing happens, and
 * none moves a random draw: a session without events is the session of the calm market, bit for bit.
 */
export interface SessionEvents {
  /** Log return added to the market factor. */
  readonly marketReturn?: number;
  /** Log return added to a sector's factor. */
  readonly sectorReturn?: { readonly sector: string; readonly logReturn: number };
  /** Log return added to the largest company (2330). */
  readonly largestReturn?: number;
  /** Log return added to TPEx companies below the mean size. */
  readonly smallTpexReturn?: number;
  /** Multiply the stocks' own volatility, the day's range, and turnover; 1 is as usual. */
  readonly ownVolatility?: number;
  readonly range?: number;
  readonly turnover?: number;
  /** Standard deviation of a gap at the open that the day takes back, as a log return. */
  readonly openGap?: number;
  /** Share of the stocks that are halted all day. */
  readonly haltedShare?: number;
  /** Added to each stock's foreign flow of the day, in its standard deviations. */
  readonly foreignFlow?: number;
  /** Share of the dividend-paying stocks that go ex-dividend. */
  readonly exDividendShare?: number;
  /** Part of each fall that only comes with the next session. */
  readonly slowFalls?: number;
  /** Trading ends where the market factor has fallen so far (log return above 0); what is left comes with the next session. */
  readonly indexFloor?: number;
  /** The session does not take place; what would have moved prices comes with the next one. */
  readonly isClosed?: boolean;
}
