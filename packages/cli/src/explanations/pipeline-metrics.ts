import type { Explanation } from './explanation.ts';

/** Scale, signal and honesty of a pipeline. */
export const pipelineMetrics: readonly Explanation[] = [
  {
    metric: 'pipeline.duration',
    what: 'Time of the whole pipeline, from the start of its process to its end.',
    how: 'One run on the dataset of the suite.',
    whenItFails: 'The stage chart says where the time goes; scale/universe which stage limits a larger universe.',
  },
  {
    metric: 'features.duration',
    what: 'Time of the full feature cycle.',
    how: 'Between the lines {"stage":"features","event":"start"} and "end" that the pipeline prints. Without them it is not measured.',
    whenItFails:
      'Compute by column over all stocks at once; a loop over stocks in Python costs a thousand times as much. @preopen/pipeline’s benchmark shows what 20 factors cost in several libraries.',
  },
  {
    metric: 'pipeline.rowsPerSecond',
    what: 'Stock-days that the pipeline gets through in a second.',
    how: 'Stock-days of the dataset over the whole duration, starting up included.',
    whenItFails: 'See features.duration and the stage chart.',
  },
  {
    metric: 'universe.stocks',
    what: 'Stocks that were processed without loss.',
    how: 'Stocks with a finite prediction on every predicted day on which they traded, after 25 sessions of their own. Stocks that left or are too new are owed none.',
    whenItFails:
      'universe.lostPredictions says how much is missing. Usual reasons: an inner join with a table that lacks some stocks, a dropna over all columns, a fixed list of stocks.',
  },
  {
    metric: 'universe.lostPredictions',
    what: 'Share of stock-days that traded and have no prediction.',
    how: 'Over the predicted days, for stocks with 25 sessions of their own.',
    whenItFails: 'See universe.stocks.',
  },
  {
    metric: 'scale.exponent',
    what: 'How the time grows with the number of stocks: 1 is in proportion, 2 is with the square.',
    how: 'Power law through runs on an eighth of the universe to all of it; below 400 stocks starting up would hide it.',
    whenItFails: 'Above 1.2 something compares stocks pairwise; the note names the stage that limits.',
  },
  {
    metric: 'scale.durationAt5000',
    what: 'What the fitted curve says of 5000 stocks.',
    how: 'An extrapolation, with its interval.',
    whenItFails: 'See scale.exponent.',
  },
  {
    metric: 'ic.mean',
    what: 'Mean rank information coefficient: Spearman correlation of a day’s predictions with the returns that followed, over all stocks.',
    how: 'Out of sample as the pipeline says, close to close, over its own horizon. Locked and halted stocks have no return to be right about. The interval is a stationary block bootstrap over days, since neighbouring days depend on each other.',
    whenItFails:
      'First ic.oracleShare: on a simulated market it says how much there was to find. Then the charts by sector, regime and horizon. An IC that is too good is a look-ahead until pit/look-ahead says otherwise.',
  },
  {
    metric: 'ic.ir',
    what: 'Information ratio of the daily IC: its mean over its standard deviation.',
    how: 'From the same days as ic.mean.',
    whenItFails: 'A good mean with a poor ratio lives from few days: look at the chart by date.',
  },
  {
    metric: 'ic.t',
    what: 'Mean IC in its standard errors.',
    how: 'Newey–West errors, which allow for days that depend on each other. Source: Newey & West, Econometrica 55, 1987.',
    whenItFails: 'Below 2 it may be chance: more days, or fewer looks at the same days.',
  },
  {
    metric: 'ic.pearson',
    what: 'Mean correlation by values instead of ranks.',
    how: 'As ic.mean; single large returns weigh more.',
    whenItFails: 'Much below ic.mean: the predictions rank well but are off in size.',
  },
  {
    metric: 'ic.oracleShare',
    what: 'Share of the best possible IC that the pipeline reaches.',
    how: 'A simulated market carries a planted signal, so that the IC of the true expected returns is known. Resampled by day, both together. Not measured on real data, where nobody knows it.',
    whenItFails:
      'The information is there and is not used: more history, other features, or a model that is regularised too strongly.',
  },
  {
    metric: 'ic.null',
    what: 'IC in a market in which there is nothing to know.',
    how: 'Each day’s returns are dealt to the stocks at random; only chance or a look-ahead can give an IC.',
    whenItFails: 'See ic.nullDeviations.',
  },
  {
    metric: 'ic.nullDeviations',
    what: 'Distance of that IC from zero, in its standard errors.',
    how: 'Beyond 3.89 by chance once in 10,000 runs: then the interval of ic.null, at 99.99 %, leaves out zero.',
    whenItFails:
      'The pipeline sees the answer: labels among the features, a scaler or a selection fitted on all dates.',
  },
  {
    metric: 'ic.*',
    what: 'A figure of the information coefficient.',
    how: 'See ic.mean.',
    whenItFails: 'See ic.mean.',
  },
  {
    metric: 'portfolio.*',
    what: 'What the top fifth of the predictions would have earned over the market, before (gross) and after (net) Taiwan’s costs, and its turnover.',
    how: '0.1425 % commission each way and 0.3 % tax on sales; what is locked at a limit or halted cannot be traded. No slippage: an upper bound.',
    whenItFails:
      'Net far below gross: the signal decays faster than it can be traded; see the decay chart, and hold longer.',
  },
  {
    metric: 'pit.violations',
    what: 'Predictions that change when the future is taken away.',
    how: 'The pipeline runs again on the panel cut at several dates; every prediction dated before the cut must stay the same, bit for bit.',
    whenItFails:
      'The evidence file names dates and stocks. Look for shift(-1), centred windows, scalers and selections fitted on all dates, revenue used before its publication.',
  },
  {
    metric: 'pit.differences',
    what: 'Predictions that differ between two runs on the same data.',
    how: 'Bit for bit.',
    whenItFails: 'An unseeded shuffle or sample, a sum over threads, or the clock.',
  },
  {
    metric: 'pit.survivorship',
    what: 'Share of predictions that are lost of stocks that leave the market later.',
    how: 'Stocks are taken from the market on days drawn at random; up to their last day their predictions must be there as if they stayed.',
    whenItFails: 'The pipeline works on the list of today’s stocks: take the universe of each day.',
  },
  {
    metric: 'pit.*',
    what: 'A figure of point-in-time honesty.',
    how: 'By running the pipeline again on changed data.',
    whenItFails: 'See the notes of its check.',
  },
  {
    metric: 'pipeline.*',
    what: 'A figure of the pipeline.',
    how: 'From its runs on the dataset of the suite.',
    whenItFails: 'See the stage chart.',
  },
];
