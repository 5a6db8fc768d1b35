import type { Random } from '@preopen/core';
import type { Stock } from './panel.ts';

/** A simulated security: what the panel tells of it, and what drives it. */
export interface SimulatedStock extends Stock {
  /** Share of the market's capitalisation; all sum to 1. */
  readonly weight: number;
  readonly beta: number;
  /** Daily volatility of its own. */
  readonly ownVolatility: number;
  readonly startPriceTwd: number;
  /** Shares traded on a usual day. */
  readonly usualVolume: number;
}

/**
 * Industries with their usual share of all companies; codes are the exchange's. Semiconductors get their share of the
 * capitalisation by parameter. Source of the code list: TWSE industry classification; shares rounded from the company lists.
 */
const industries: readonly { readonly sector: string; readonly share: number }[] = [
  { sector: '24', share: 0.1 },
  { sector: '28', share: 0.12 },
  { sector: '26', share: 0.07 },
  { sector: '25', share: 0.07 },
  { sector: '27', share: 0.05 },
  { sector: '31', share: 0.06 },
  { sector: '22', share: 0.1 },
  { sector: '05', share: 0.06 },
  { sector: '14', share: 0.06 },
  { sector: '17', share: 0.03 },
  { sector: '10', share: 0.04 },
  { sector: '04', share: 0.04 },
  { sector: '03', share: 0.03 },
  { sector: '21', share: 0.03 },
  { sector: '15', share: 0.02 },
  { sector: '18', share: 0.02 },
  { sector: '02', share: 0.02 },
  { sector: '12', share: 0.02 },
  { sector: '20', share: 0.06 },
];

/** TSMC’s code, and its weight within the semiconductor sector (two thirds at the end of 2016, more since). */
const largest = { code: '2330', name: 'simulated 2330', shareOfSector: 0.7 };

/** Codes of four digits, ascending, from 1101 on; the largest company’s among them. */
function codes(count: number): string[] {
  const step = Math.max(1, Math.floor(8800 / count));
  const all = new Set<string>([largest.code]);
  for (let code = 1101; all.size < count; code += step) all.add(String(code));
  return [...all].sort();
}

/**
 * A universe with Taiwan's proportions: about half on each exchange, one company that dominates the semiconductor sector,
 * and a long tail.
 * @param options.semiconductorShare share of capitalisation; the specification's 0.35 fits 2019–2020 and 2022
 */
export function simulateUniverse(options: {
  readonly stocks: number;
  readonly random: Random;
  readonly semiconductorShare?: number;
}): SimulatedStock[] {
  const { stocks, random, semiconductorShare = 0.35 } = options;
  const drawn = codes(stocks).map((code) => {
    const isLargest = code === largest.code;
    let at = random.uniform();
    const industry = industries.find(({ share }) => {
      at -= share;
      return at < 0;
    });
    // Capitalisations are log-normal with a heavy right end; prices are loosely tied to size.
    const size = Math.exp(1.6 * random.normal());
    return {
      code,
      name: `simulated ${code}`,
      market: isLargest || random.uniform() < 0.55 ? ('TWSE' as const) : ('TPEx' as const),
      sector: isLargest ? '24' : (industry?.sector ?? '20'),
      size,
      isLargest,
      beta: Math.max(0.2, 1 + 0.3 * random.normal()),
      ownVolatility: 0.016 * Math.exp(0.3 * random.normal()),
      startPriceTwd: isLargest ? 600 : Math.min(3000, Math.max(6, 38 * size ** 0.25 * Math.exp(0.7 * random.normal()))),
      usualVolume: Math.max(20_000, 900_000 * size ** 0.7 * Math.exp(0.8 * random.normal())),
    };
  });
  const sectorSize = (inSector: boolean): number =>
    drawn
      .filter((stock) => !stock.isLargest && (stock.sector === '24') === inSector)
      .reduce((sum, { size }) => sum + size, 0);
  const chips = sectorSize(true);
  const others = sectorSize(false);
  return drawn.map(({ size, isLargest, ...stock }) => {
    const weight = isLargest
      ? semiconductorShare * largest.shareOfSector
      : stock.sector === '24'
        ? (semiconductorShare * (1 - largest.shareOfSector) * size) / chips
        : ((1 - semiconductorShare) * size) / others;
    return { ...stock, weight, listed: '', delisted: null };
  });
}
