import type { Explanation } from './explanation.ts';

const beside =
  'The pipeline runs on a small dataset with the failure in it and on the same data without it; the value counts what does not hold, of as many as were judged. What a failure does, and where it happened, says `preopen explain tw-06` and the like.';

/** Failures of the Taiwan market; `tw-*` is one of twenty. */
export const taiwanFaultMetrics: readonly Explanation[] = [
  {
    metric: 'taiwan.tw-*.service.refused',
    what: 'Cross-sections of a failure of the market that a service does not answer.',
    how: 'Its rows are asked for as they are; a refusal, an error and no answer count alike.',
    whenItFails: 'The rows are right: few, many, equal or extreme, as the market makes them.',
  },
  {
    metric: 'taiwan.tw-*.service.outOfOrder',
    what: 'Rows whose prediction depends on where they stand in a request.',
    how: 'The same rows are asked for once more in another order. A service that answers one request differently twice is not judged.',
    whenItFails: 'Rows are taken for others, or ranks within a request break ties by position.',
  },
  {
    metric: 'taiwan.tw-*.service.p95',
    what: 'Response time of the cross-sections of a failure of the market, 95th percentile.',
    how: 'Its rows are asked for one request after the other. The frontier counts it where it is proved to lie beyond the limit.',
    whenItFails:
      'A cross-section of the failure is larger, or takes another way through the code, than that of a calm day.',
  },
  {
    metric: 'taiwan.tw-*.service.slow',
    what: 'Whether the response time of a failure’s cross-sections is proved to be beyond the specification’s 100 ms.',
    how: 'Counted where the whole interval of their 95th percentile is above the limit.',
    whenItFails: 'Equal or extreme rows take another way through the code: time it on them alone.',
  },
  {
    metric: 'taiwan.tw-*.service.throughput',
    what: 'Predictions a second for the cross-sections of a failure of the market.',
    how: 'Eight rounds of ten requests, four under way at a time; the mean with its interval over the rounds.',
    whenItFails: 'See taiwan.tw-*.service.tooFew.',
  },
  {
    metric: 'taiwan.tw-*.service.tooFew',
    what: 'Whether the throughput under a failure of the market is proved to be below the specification’s 1500 predictions a second.',
    how: 'Counted where the whole interval of the throughput is below the limit. Where rows are not there (tw-02) it is not asked.',
    whenItFails: 'As for the response time; or requests wait for one another.',
  },
  {
    metric: 'taiwan.tw-*.service.unversioned',
    what: 'Answers that say of no version of the model, or of that of another one.',
    how: 'Another version is put in the place of the model’s file, and back; each answer must say of a version (model_version, or the header x-model-version) that fits its predictions. A service that refuses the other model is as good; one that states no version is not measured.',
    whenItFails:
      'Take the version from what is served, such as a digest of the model, rather than from the configuration.',
  },
  {
    metric: 'taiwan.tw-*.service.*',
    what: 'What does not hold of a service under a failure of the market: finite predictions, equal ones for equal rows.',
    how: 'The cross-sections of the failure are asked for, with some rows twice; the frontier is the largest intensity at which all holds.',
    whenItFails: 'The note has the first row and its predictions.',
  },
  {
    metric: 'taiwan.tw-*.prints.unflaggedStale',
    what: 'Predictions from a price older than the greatest age, without a flag.',
    how: 'At moments in a silence, in its backlog and later, for each stock whose newest regular print that was received is older than as-of.csv allows.',
    whenItFails: 'Take the age from the exchange’s time of the print, not from when something was received.',
  },
  {
    metric: 'taiwan.tw-*.prints.falseAlarm',
    what: 'Stocks with a fresh price that are flagged or not predicted.',
    how: 'At the same moments, for each stock whose newest regular print is young enough.',
    whenItFails: 'A backlog that is not drained, or an age by the order in which prints come.',
  },
  {
    metric: 'taiwan.tw-*.prints.unflaggedLocked',
    what: 'Predictions without a flag for stocks that are locked at their limit.',
    how: 'Of stocks that states.csv has as limit-down at the moment that is asked.',
    whenItFails: 'Read the exchange’s mark: at the lower limit there is no buyer, however fresh the price.',
  },
  {
    metric: 'taiwan.tw-*.prints.flatVolatility',
    what: 'Volatilities that fall because the last print repeats.',
    how: 'The column “volatility” of live.csv against that from the same prints without the repeats; more than a tenth below counts. Without the column it is not measured.',
    whenItFails: 'Know a print by stock, time and number, and leave out what comes again.',
  },
  {
    metric: 'taiwan.tw-*.prints.resumeJump',
    what: 'Volatilities that take the auction after an interruption for a step from one trade to the next.',
    how: 'The column “volatility” of live.csv against that where the auction is at the price before it; half as much again counts. Without the column it is not measured.',
    whenItFails: 'Begin returns anew at each auction.',
  },
  {
    metric: 'taiwan.tw-*.prints.lateUncounted',
    what: 'Counts of late prints that are not those that came late.',
    how: 'The column “late” of live.csv: prints of the stock that were received after one of it that happened later, each number once. Without the column it is not measured.',
    whenItFails: 'Compare the exchange’s time of each print with the newest of its stock.',
  },
  {
    metric: 'taiwan.tw-*.prints.restartLost',
    what: 'Predictions that lack what came after the exchange started again.',
    how: 'After the restart numbers begin at 1 again; predictions are held against those to the same prints numbered on.',
    whenItFails: 'A number alone does not know a print: take its stock and time, too.',
  },
  {
    metric: 'taiwan.tw-*.prints.closingMissed',
    what: 'Predictions after the close that lack the closing auction where clocks are off.',
    how: 'Of stocks that the closing auction moves where clocks are right: the prediction must not be that from prints without it.',
    whenItFails: 'A print that seems to come before it happens, or after the close, counts all the same.',
  },
  {
    metric: 'taiwan.tw-*.prints.backwards',
    what: 'Rows of live.csv that are not in the order of the moments that were asked, or of others.',
    how: 'Row by row.',
    whenItFails: 'Answer as-of.csv line by line.',
  },
  {
    metric: 'taiwan.tw-*.prints.*',
    what: 'What does not hold of a pipeline that takes the prints of a session one by one.',
    how: 'Prints that come again, late, or from other sessions say the same as those without: the predictions are held against those to the latter.',
    whenItFails: 'Take each number once, order by the exchange’s time, and only prints of the regular session.',
  },
  {
    metric: 'taiwan.tw-*.ic',
    what: 'Rank information coefficient of what a pipeline still predicts under a failure of the market.',
    how: 'Of each day that is predicted with the failure and without it, against the next session’s true return; the mean with its interval over the days. The frontier counts it where it is proved to have lost over 30 %.',
    whenItFails: 'What the failure spoils goes into every prediction: leave it out, or fall back on what is known.',
  },
  {
    metric: 'taiwan.tw-*.ranking',
    what: 'Whether what is still predicted under a failure is proved to rank less than 70 % as well as without it.',
    how: 'Of the days of taiwan.tw-*.ic, where the whole interval says so; not measured of a pipeline that is not proved to rank without the failure.',
    whenItFails: 'What the failure spoils goes into every prediction: leave it out, or fall back on what is known.',
  },
  {
    metric: 'taiwan.tw-*.settlement',
    what: 'Trade dates before a day that a typhoon closed whose settlement day is wrong.',
    how: 'Settlement is on the second settlement day after the trade, of which the closed day is none. Read from settlement.csv (date, settlesOn); not measured without it.',
    whenItFails: 'Count from the sessions that were, not from the calendar that was made before.',
  },
  {
    metric: 'taiwan.tw-*.closedAfternoon',
    what: 'Predictions that are lost, or others, on a day of which only the afternoon is off.',
    how: 'notices.csv has the day as suspended in the afternoon; the session is over by then, and its data are whole.',
    whenItFails: 'Only a day, or a morning, that is suspended closes the market.',
  },
  {
    metric: 'taiwan.tw-*.codeReused',
    what: 'Stocks that are predicted from the history of the company that had their code before.',
    how: 'The universe says since when the code is listed. Beside it stands the same market in which the company before had another code.',
    whenItFails: 'Rows before the listing are of another company: leave them out.',
  },
  {
    metric: 'taiwan.tw-*.frontier',
    what: 'The resilience frontier: the largest intensity of a failure, 0 to 1, at which everything required still holds.',
    how: 'Intensity 1 is tried first; where something does not hold there, the range is halved again and again. The interval is the last bracket: its low end held, its high end did not.',
    whenItFails: 'The measurement says what did not hold at the high end; that is what to mend first.',
  },
  {
    metric: 'taiwan.tw-*.handled',
    what: 'Wrong data that a pipeline took without a word.',
    how: 'Refused in words that name the place, repaired to the predictions of right data, left out, or named on the way is handled. A word that it says of right data, too, does not count.',
    whenItFails:
      'The note says which form of the failure and what became of it. Check units, repeats, references and dates at the reading.',
  },
  {
    metric: 'taiwan.tw-*.survived',
    what: 'Runs that a failure of the market brought down, although the data were right.',
    how: beside,
    whenItFails: 'The note has its last words.',
  },
  {
    metric: 'taiwan.tw-*.nonFinite',
    what: 'Predictions that are no finite numbers.',
    how: beside,
    whenItFails: 'A division by nothing traded, the logarithm of 0, or a price too large for its type.',
  },
  {
    metric: 'taiwan.tw-*.duplicated',
    what: 'Second predictions for one stock and one moment.',
    how: beside,
    whenItFails: 'Key what is written by stock and moment.',
  },
  {
    metric: 'taiwan.tw-*.missing',
    what: 'Stocks that trade and lost their prediction by the failure.',
    how: beside,
    whenItFails:
      'A filter takes a limit move for an outlier or a rare match for an outage: use the limits of the day and the mode of matching.',
  },
  {
    metric: 'taiwan.tw-*.claimedLive',
    what: 'Predictions for what did not trade: a halted stock, a silent exchange, a closed day.',
    how: beside,
    whenItFails: 'Prices are filled forward: predict only what traded today, and flag the rest.',
  },
  {
    metric: 'taiwan.tw-*.tied',
    what: 'Pairs of stocks with the same data and different predictions.',
    how: 'Some stocks get a twin with the same rows under another code. On a limit-down day most of the cross-section is such a tie.',
    whenItFails: 'Ranks break ties by position: use midranks.',
  },
  {
    metric: 'taiwan.tw-*.changed',
    what: 'Predictions that changed although the data say the same: over a holiday, or a day that was closed after all.',
    how: beside,
    whenItFails: 'Lags and windows count days of the calendar: count sessions on which something traded.',
  },
  {
    metric: 'taiwan.tw-*.lookAhead',
    what: 'Predictions before a corporate action that are not those of a market without it.',
    how: beside,
    whenItFails:
      'Prices were adjusted backwards, or scaled by figures of the whole sample: adjust forwards, from the ex-day on.',
  },
  {
    metric: 'taiwan.tw-*.jumped',
    what: 'Stocks that a corporate action moved in the ranking, although their holders gained and lost nothing.',
    how: 'The mean move over five sessions from the ex-day on, against the run without the action; a quarter of the ranking and more counts.',
    whenItFails: 'Returns are taken from raw closes: take them from the exchange’s reference, or from adjusted closes.',
  },
];
