// What factors are made of. Every operator keeps to the rule of `operators/shape.ts`: no value looks ahead.
export { asOf, type PublishedFigure } from './operators/as-of.ts';
export {
  crossSectionalMean,
  crossSectionalRank,
  crossSectionalScore,
  demean,
  groupMean,
  neutralise,
  winsorise,
} from './operators/cross-section.ts';
export {
  absolute,
  add,
  change,
  delay,
  divide,
  fillForward,
  isAbove,
  larger,
  logarithm,
  map,
  multiply,
  positivePart,
  scale,
  smaller,
  squareRoot,
  subtract,
} from './operators/elementwise.ts';
export { exponentialMean, runningSum, streak } from './operators/recursive.ts';
export { rollingExtreme, rollingHighest, rollingLowest } from './operators/rolling-extremes.ts';
export { rollingDeviation, rollingMean, rollingMoments } from './operators/rolling-moments.ts';
export { rollingQuantile, rollingRank } from './operators/rolling-order.ts';
export { rollingCorrelation, rollingPair, rollingTrend } from './operators/rolling-pair.ts';
export type { Shape } from './operators/shape.ts';
