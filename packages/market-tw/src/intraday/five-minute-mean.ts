const windowSeconds = 300;

/**
 * Volume-weighted mean price of each stock's last five minutes, to the second: what the intraday interruption compares
 * with since 2020-03-23 (Operating Rules Art. 58-3). Sums of whole numbers, so they are exact.
 */
export interface FiveMinuteMean {
  add(stock: number, second: number, cents: number, volume: number): void;
  /** Whether a price lies more than 3.5 % from the mean; `undefined` if there was no trade in the window. */
  isFar(stock: number, second: number, cents: number): boolean | undefined;
  /** Forgets a stock's trades: after an interruption the mean begins anew with the auction. */
  reset(stock: number): void;
}

/** More than 35 per mille of the price compared with. */
export const farPerMille = 35;

/** Means for so many stocks. */
export function createFiveMinuteMean(stocks: number): FiveMinuteMean {
  const volumes = new Float64Array(stocks * windowSeconds);
  const values = new Float64Array(stocks * windowSeconds);
  const volumeSum = new Float64Array(stocks);
  const valueSum = new Float64Array(stocks);
  const last = new Int32Array(stocks).fill(-1);

  const clear = (at: number, stock: number): void => {
    volumeSum[stock]! -= volumes[at]!;
    valueSum[stock]! -= values[at]!;
    volumes[at] = 0;
    values[at] = 0;
  };
  const advance = (stock: number, second: number): void => {
    const from = last[stock]!;
    if (from >= second) return;
    const base = stock * windowSeconds;
    if (from >= 0) {
      const passed = Math.min(windowSeconds, second - from);
      for (let k = 1; k <= passed; k++) clear(base + ((from + k) % windowSeconds), stock);
    }
    last[stock] = second;
  };
  return {
    add(stock, second, cents, volume) {
      advance(stock, second);
      const at = stock * windowSeconds + (second % windowSeconds);
      volumes[at]! += volume;
      values[at]! += cents * volume;
      volumeSum[stock]! += volume;
      valueSum[stock]! += cents * volume;
    },
    isFar(stock, second, cents) {
      advance(stock, second);
      const volume = volumeSum[stock]!;
      if (volume === 0) return undefined;
      const value = valueSum[stock]!;
      return Math.abs(cents * volume - value) * 1000 > farPerMille * value;
    },
    reset(stock) {
      const base = stock * windowSeconds;
      volumes.fill(0, base, base + windowSeconds);
      values.fill(0, base, base + windowSeconds);
      volumeSum[stock] = 0;
      valueSum[stock] = 0;
    },
  };
}
