import { InputError, type Random } from '@preopen/core';
import type { Stock } from './panel.ts';
import { exp } from './simulation/deterministic-math.ts';
import { type Industry, industries } from './simulation/industries.ts';
import { model } from './simulation/model.ts';
import { createNormalStream } from './simulation/normal-stream.ts';

/** How TWSE's capitalisation is spread: the semiconductors' share, and the largest company's (2330). */
export interface Weights {
  readonly semiconductorShare: number;
  readonly largestShare: number;
  /** Semiconductors’ share of turnover. Default 0.33: 29 to 36 % in 20 sessions running of the second half of 2019. */
  readonly semiconductorTurnover?: number;
}

/** Spreads of capitalisation by name: the specification's, and the market of 2026, in which one stock is 44 %. */
export type WeightsName = 'specification' | '2026';

/** Spreads of capitalisation that have a name. */
export const namedWeights: Readonly<Record<WeightsName, Weights>> = {
  /**
   * Semiconductors at 35 %, as between the year-ends 2019 (33 %, TSMC 25 %) and 2020 (42 %, 33 %): paid-in capital × close
   * of the companies that survived to 2022.
   */
  specification: { semiconductorShare: 0.35, largestShare: 0.26 },
  /**
   * TSMC at 44 % of TWSE (Economic Daily News, 2026-02-26). The rest of its sector is held at the 10 points of the year-ends
   * 2020–2022, which is an assumption.
   */
  '2026': { semiconductorShare: 0.54, largestShare: 0.44 },
};

/** A simulated security: what the panel tells of it, and what drives it. */
export interface SimulatedStock extends Stock {
  /** Capitalisation as a share of TWSE's; those of the TWSE stocks sum to 1. */
  readonly weight: number;
  readonly sharesOutstanding: number;
  /** Size, value: scores with mean 0 and deviation 1 that style factors act on. */
  readonly size: number;
  readonly value: number;
  /** Own part of what a stock’s betas and its volatility are, in deviations. */
  readonly betaScore: number;
  readonly volatilityScore: number;
  readonly startPriceTwd: number;
  /** Hardly moves, whatever the market does. */
  readonly isQuiet: boolean;
  /** Turnover of a usual day, NT$. */
  readonly usualTurnoverTwd: number;
  /** Dividends of a year over the price; 0 for companies that pay none. */
  readonly dividendYield: number;
}

/** TSMC’s code. */
const largestCode = '2330';
/** Turnover of a usual day over capitalisation, but for what sets a company and semiconductors apart. */
const usualTurnoverRatio = 0.0014;
/**
 * No company but TSMC trades more than so many mean ones: the ten largest have 19 % of the turnover in the second half of
 * 2019, 21 % in March 2020 and 17 % in April 2025.
 */
const mostMeanTurnovers = 70;
/** Four digits, from 1101 on. */
const mostStocks = 8899;

/** Draws codes as the exchanges give them: the first two digits hint at the industry, the rest is what is free. */
function codeDrawer(random: Random): (industry: Industry) => string {
  const taken = new Set<number>([Number(largestCode)]);
  let nextFree = 1101;
  return ({ prefixes }) => {
    const entries = Object.entries(prefixes);
    const total = entries.reduce((sum, [, count]) => sum + count, 0);
    for (let attempt = 0; attempt < 12; attempt++) {
      let at = random.integer(total);
      const [prefix] = entries.find(([, count]) => {
        at -= count;
        return at < 0;
      })!;
      const code = Number(prefix) * 100 + 1 + random.integer(99);
      if (taken.has(code)) continue;
      taken.add(code);
      return String(code);
    }
    while (taken.has(nextFree)) nextFree++;
    taken.add(nextFree);
    return String(nextFree);
  };
}

/**
 * A universe with Taiwan's proportions: companies by industry and exchange as in March 2026, codes of the true form, one
 * company that dominates the semiconductor sector, and a long tail. Ascending by code.
 * @param options.capitalisationTwd of TWSE, NT$; the default is that of 2024-01-01, 56.84 trillion
 */
export function simulateUniverse(options: {
  readonly stocks: number;
  readonly random: Random;
  readonly weights: Weights;
  readonly capitalisationTwd?: number;
}): SimulatedStock[] {
  const { stocks: count, random, weights, capitalisationTwd = 56.84e12 } = options;
  if (count > mostStocks)
    throw new InputError(`simulateMarket: there are codes of four digits for ${mostStocks} stocks, not for ${count}.`);
  const { normal, uniform } = createNormalStream(random);
  const drawCode = codeDrawer(random);
  const companies = industries.reduce((sum, { twse, tpex }) => sum + twse + tpex, 0);
  const semiconductors = industries.find(({ code }) => code === '24')!;
  const drawn = Array.from({ length: count }, (_, k) => {
    const isLargest = k === 0;
    let at = random.integer(companies);
    const industry = isLargest
      ? semiconductors
      : industries.find(({ twse, tpex }) => {
          at -= twse + tpex;
          return at < 0;
        })!;
    const isTwse = isLargest || random.integer(industry.twse + industry.tpex) < industry.twse;
    // Capitalisations are log-normal with a long right end; TPEx companies are smaller.
    const sizeDraw = normal();
    return {
      code: isLargest ? largestCode : drawCode(industry),
      market: isTwse ? ('TWSE' as const) : ('TPEx' as const),
      sector: industry.code,
      isLargest,
      capitalisation: exp(isTwse ? 1.5 * sizeDraw : 1.2 * sizeDraw - 1),
      size: isLargest ? 3 : isTwse ? sizeDraw + 0.3 : 0.8 * sizeDraw - 0.4,
      value: normal(),
      betaScore: isLargest ? 0 : normal(),
      volatilityScore: isLargest ? 0 : normal(),
      isQuiet: uniform() < model.quietShare && sizeDraw < 1.2 && !isLargest,
      priceScore: normal(),
      tradingScore: isLargest ? 0 : normal(),
      dividendYield: isLargest ? 0.025 : uniform() < 0.78 ? 0.045 * exp(0.5 * normal() - 0.125) : 0,
    };
  });
  const sum = (of: (stock: (typeof drawn)[number]) => number): number =>
    drawn.reduce((total, stock) => total + of(stock), 0);
  const sizeOf = (isChosen: (stock: (typeof drawn)[number]) => boolean): number =>
    sum((stock) => (isChosen(stock) ? stock.capitalisation : 0));
  const chips = sizeOf((stock) => !stock.isLargest && stock.market === 'TWSE' && stock.sector === '24');
  const others = sizeOf((stock) => stock.market === 'TWSE' && stock.sector !== '24');
  const chipShare = chips > 0 ? weights.semiconductorShare - weights.largestShare : 0;
  const otherShare = others > 0 ? 1 - weights.semiconductorShare : 0;
  const all = weights.largestShare + chipShare + otherShare;
  const weightOf = ({ isLargest, market, sector, capitalisation }: (typeof drawn)[number]): number => {
    if (isLargest) return weights.largestShare / all;
    if (market === 'TWSE' && sector === '24') return (chipShare * capitalisation) / chips / all;
    return (otherShare * capitalisation) / Math.max(others, 1e-9) / all;
  };
  const { semiconductorTurnover = 0.33 } = weights;
  const wanted = (stock: (typeof drawn)[number]): number => weightOf(stock) * exp(1.5 * stock.tradingScore - 0.3);
  const mostTraded = (mostMeanTurnovers * sum((stock) => (stock.isLargest ? 0 : wanted(stock)))) / count;
  const traded = (stock: (typeof drawn)[number]): number => wanted(stock) / (1 + wanted(stock) / mostTraded);
  const tradedChips = sum((stock) => (!stock.isLargest && stock.sector === '24' ? traded(stock) : 0));
  const tradedOthers = sum((stock) => (stock.sector === '24' ? 0 : traded(stock)));
  // Turnover by sector is given; within the semiconductors a quarter is TSMC's: 19 % in the second half of 2019, 29 % from
  // February to April 2020.
  const chipTurnover = (semiconductorTurnover / (1 - semiconductorTurnover)) * tradedOthers;
  const turnoverOf = (stock: (typeof drawn)[number]): number => {
    if (stock.sector !== '24') return traded(stock);
    return stock.isLargest ? chipTurnover / 4 : (traded(stock) / tradedChips) * chipTurnover * 0.75;
  };
  return drawn
    .map((stock) => {
      const { code, market, sector, size, value, betaScore, volatilityScore, isQuiet, priceScore, dividendYield } =
        stock;
      const weight = weightOf(stock);
      const startPriceTwd = stock.isLargest
        ? 580
        : Math.min(3500, Math.max(5, exp(3.45 + 0.25 * size + 0.85 * priceScore)));
      return {
        code,
        name: `simulated ${code}`,
        market,
        sector,
        listed: '',
        delisted: null,
        weight,
        sharesOutstanding: Math.max(1000, Math.round((weight * capitalisationTwd) / startPriceTwd / 1000) * 1000),
        size,
        value,
        betaScore,
        volatilityScore,
        isQuiet,
        startPriceTwd,
        usualTurnoverTwd: Math.max(1, turnoverOf(stock) * capitalisationTwd * usualTurnoverRatio),
        dividendYield,
      };
    })
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}
