import { haltStates } from '../panel.ts';
import type { SimulatedStock } from '../universe.ts';
import { log } from './deterministic-math.ts';
import { model } from './model.ts';
import type { NormalStream } from './normal-stream.ts';

/** First and last session of each stock, and which sessions it does not trade on. */
export interface Lives {
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** `[days × stocks]`, values of `haltStates`. */
  readonly halts: Uint8Array;
  /** `[days × stocks]`: part of the price that is paid out at the open; empty days hold 0. */
  readonly dividends: Float32Array;
}

/** Shares of the year's ex-dividend days by month: most fall into July and August. */
const exMonths = [0.01, 0.01, 0.03, 0.04, 0.03, 0.12, 0.42, 0.24, 0.07, 0.01, 0.01, 0.01];

/** Draws when stocks come, pause, pay and go. The largest company is always there. */
export function drawLives(universe: readonly SimulatedStock[], dates: readonly string[], stream: NormalStream): Lives {
  const n = universe.length;
  const days = dates.length;
  const { uniform } = stream;
  const first = new Int32Array(n);
  const last = new Int32Array(n).fill(days - 1);
  const halts = new Uint8Array(n * days);
  const dividends = new Float32Array(n * days);
  const years = days / 245;
  const sessionsOf = sessionsByMonth(dates);
  for (let i = 0; i < n; i++) {
    const { code, dividendYield, weight } = universe[i]!;
    const fate = uniform();
    const at = Math.floor(uniform() * days);
    const isLargest = code === '2330';
    if (!isLargest && fate < model.listingsPerYear * years) first[i] = at;
    else if (!isLargest && fate < (model.listingsPerYear + model.delistingsPerYear) * years) last[i] = Math.max(at, 1);
    // News halts last one to three sessions, suspensions (a capital reduction) two to four weeks; the companies that make
    // the index are not among them.
    if (weight < 0.003) {
      drawPauses(model.haltsPerSession, haltStates.halted, 1, 3);
      drawPauses(model.suspensionsPerSession, haltStates.suspended, 8, 20);
    }
    if (dividendYield > 0) drawDividends(dividendYield);

    function drawPauses(rate: number, state: number, least: number, most: number): void {
      for (let t = Math.floor(-log(uniform()) / rate); t < days; t += Math.floor(-log(uniform()) / rate)) {
        const length = least + Math.floor(uniform() * (most - least + 1));
        for (let k = 0; k < length && t < days; k++, t++) halts[t * n + i] = state;
      }
    }
    function drawDividends(yearly: number): void {
      for (const months of sessionsOf) {
        let chance = uniform();
        const month = exMonths.findIndex((share) => {
          chance -= share;
          return chance < 0;
        });
        const place = uniform();
        const sessions = months[month < 0 ? 6 : month]!;
        const paid = yearly * (0.7 + 0.6 * uniform());
        // A month that the panel holds in part only must not gather the dividends of the whole.
        const session = sessions[Math.floor(place * Math.max(sessions.length, 21))];
        if (session !== undefined) dividends[session * n + i] = paid;
      }
    }
  }
  return { first, last, halts, dividends };
}

/** Session numbers by year and month. */
function sessionsByMonth(dates: readonly string[]): number[][][] {
  const years = new Map<string, number[][]>();
  dates.forEach((date, t) => {
    const year = date.slice(0, 4);
    const months = years.get(year) ?? Array.from({ length: 12 }, () => []);
    years.set(year, months);
    months[Number(date.slice(5, 7)) - 1]!.push(t);
  });
  return [...years.values()];
}
