import type { MarketStatistics } from './market-statistics.ts';

/** Lowest and highest value of statistics over windows of 20 sessions. */
export type ObservedRanges = Readonly<Partial<Record<keyof MarketStatistics, readonly [low: number, high: number]>>>;

/**
 * What the whole market showed, every window of 20 sessions: of the second half of 2019 (calm), those that hold 2020-03-19,
 * and those that hold 2025-04-07. Common stocks with codes of four digits. Panels: github.com/f121t2917/stocksdata @1c89a16
 * (raw prices of TWSE and TPEx) and github.com/brianchen222/tw-stock-screener @0e8265a (adjusted prices, of which limits
 * cannot be counted). Three digits, rounded outwards; a test works them out again where the panels are.
 */
export const observedRanges: Readonly<Record<'calm-2019' | 'covid-2020' | 'tariffs-2025', ObservedRanges>> = {
  'calm-2019': {
    annualVolatility: [0.176, 0.246],
    marketVolatility: [0.00215, 0.00666],
    excessKurtosis: [6.23, 10.6],
    hillTail: [2.76, 3.71],
    returnAutocorrelation: [-0.132, -0.00591],
    absoluteAutocorrelation1: [0.0165, 0.0551],
    absoluteAutocorrelation5: [-0.0664, -0.0316],
    leverage: [-0.00241, 0.0538],
    pairCorrelation: [0.0208, 0.148],
    sectorCorrelation: [0.0474, 0.186],
    semiconductorCorrelation: [0.0581, 0.276],
    crossSectionalDeviation: [0.0169, 0.0197],
    range: [0.0135, 0.0173],
    largeMoves: [0.00714, 0.0111],
    limitCloses: [0.00566, 0.0101],
    limitLocks: [0.000298, 0.00223],
    volumeVolatility: [0.412, 0.468],
    lockedVolume: [0.652, 1.5],
    withoutTrade: [0.00804, 0.0142],
    unchanged: [0.109, 0.147],
    semiconductorTurnover: [0.292, 0.357],
  },
  'covid-2020': {
    annualVolatility: [0.509, 0.698],
    marketVolatility: [0.0237, 0.0342],
    excessKurtosis: [0.0604, 1.47],
    hillTail: [4.5, 7.42],
    returnAutocorrelation: [-0.296, 0.222],
    absoluteAutocorrelation1: [0.215, 0.355],
    absoluteAutocorrelation5: [-0.121, 0.35],
    leverage: [-0.32, -0.144],
    pairCorrelation: [0.501, 0.596],
    sectorCorrelation: [0.538, 0.63],
    semiconductorCorrelation: [0.572, 0.685],
    crossSectionalDeviation: [0.0231, 0.03],
    range: [0.0276, 0.0397],
    largeMoves: [0.0646, 0.0897],
    limitCloses: [0.0476, 0.0698],
    limitLocks: [0.00259, 0.00534],
    volumeVolatility: [0.443, 0.572],
    lockedVolume: [0.549, 0.845],
    withoutTrade: [0.00684, 0.00902],
    unchanged: [0.0566, 0.0759],
    semiconductorTurnover: [0.322, 0.349],
  },
  'tariffs-2025': {
    annualVolatility: [0.458, 0.776],
    marketVolatility: [0.0244, 0.0412],
    excessKurtosis: [0.176, 2.95],
    hillTail: [3.29, 5.94],
    returnAutocorrelation: [-0.111, 0.243],
    absoluteAutocorrelation1: [0.0493, 0.484],
    absoluteAutocorrelation5: [-0.204, 0.294],
    leverage: [-0.452, -0.0215],
    pairCorrelation: [0.612, 0.73],
    sectorCorrelation: [0.661, 0.768],
    semiconductorCorrelation: [0.668, 0.804],
    crossSectionalDeviation: [0.02, 0.0242],
    range: [0.0215, 0.0302],
    largeMoves: [0.06, 0.157],
    volumeVolatility: [0.126, 0.276],
    withoutTrade: [0.00561, 0.00919],
    unchanged: [0.048, 0.0759],
    semiconductorTurnover: [0.287, 0.305],
  },
};
