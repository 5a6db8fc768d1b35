import type { Explanation } from './explanation.ts';

/** Behaviour in Taiwan’s market stress. `*` is a scenario or a period: preopen market scenarios tells them. */
export const marketMetrics: readonly Explanation[] = [
  {
    metric: 'taiwan.*.p95',
    what: 'Service time of the cross-sections of a stress scenario, P95.',
    how: 'One request at a time, failed ones included: stress changes the data, not the load.',
    whenItFails: 'Slower than on a calm day: a slow path for missing, tied or extreme values.',
  },
  {
    metric: 'taiwan.*.errorShare',
    what: 'Share of the requests of a stress scenario without a right answer.',
    how: 'No answer, an error, another number of predictions than rows, or predictions that are not finite.',
    whenItFails: 'Rows with halted or locked stocks are legal: mask them, do not divide by their volume or spread.',
  },
  {
    metric: 'taiwan.*.staleAnswers',
    what: 'Answers that repeat the one to another cross-section.',
    how: 'Bit for bit the same predictions for different rows, without a mark of staleness.',
    whenItFails: 'A cache whose key is too coarse, or a fallback that does not say that it is one.',
  },
  {
    metric: 'taiwan.*.missingPredictions',
    what: 'Share of stocks that traded in a stressed market and have no prediction.',
    how: 'Over the stressed days, for stocks with enough sessions of their own.',
    whenItFails: 'Stocks locked at a limit still trade: do not drop rows for zero range or zero volume.',
  },
  {
    metric: 'taiwan.*.missingAfterHalt',
    what: 'Share of predictions that are missing once a halted stock trades again.',
    how: 'On the days after the halt.',
    whenItFails: 'Windows counted in calendar days, or that want every day: count sessions of the stock’s own.',
  },
  {
    metric: 'taiwan.*.nonFinitePredictions',
    what: 'Predictions that are NaN or infinite.',
    how: 'Counted in the whole output; an empty cell is a missing prediction, not one of these.',
    whenItFails: 'A division by a volume, range or deviation of zero: all happen on limit-locked days.',
  },
  {
    metric: 'taiwan.*.duration',
    what: 'Time of the pipeline on the stressed market.',
    how: 'From the start of its process to its end.',
    whenItFails: 'Compare with pipeline.duration: a slow path for gaps.',
  },
  {
    metric: 'taiwan.*.peakRss',
    what: 'Peak memory of the pipeline on the stressed market.',
    how: 'As memory.pipeline.peakRss.',
    whenItFails: 'As memory.pipeline.peakRss.',
  },
  {
    metric: 'taiwan.*.predictedWhileHalted',
    what: 'Predictions for stock-days on which the stock was halted.',
    how: 'A count; nobody can trade on them, and some pipelines mean to make them.',
    whenItFails: 'Mask halted stocks before ranks and neutralisation: they move everybody’s score.',
  },
  {
    metric: 'taiwan.*.ic*',
    what: 'Rank IC on the stressed days, on the calm days of the same market, and the change.',
    how: 'As ic.mean, with its interval; few stressed days make it wide.',
    whenItFails: 'Signals of reversal and of liquidity turn round in stress: judge them apart.',
  },
  {
    metric: 'taiwan.*.semiconductor*',
    what: 'Weight of semiconductors in the top tenth of the predictions, and their share of its risk.',
    how: 'Each day’s top tenth; risk is the share of the variance of its return.',
    whenItFails: 'Neutralise by sector, or cap the sector, before the predictions are used.',
  },
  {
    metric: 'taiwan.*',
    what: 'A figure of a Taiwan stress scenario.',
    how: 'See preopen market scenarios for what the scenario is and where it comes from.',
    whenItFails: 'See the notes of its check.',
  },
];
