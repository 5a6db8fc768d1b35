const data = (mistake, fault, planted, form = 'csv') => ({
  mistake,
  planted,
  fault: 'wrong data',
  label: `data.${fault}.swallowed`,
  form,
});
const kill = (mistake, figure, planted) => ({
  mistake,
  planted,
  fault: 'kills',
  label: `recovery.pipeline-kill.${figure}`,
  form: 'csv',
});

/** Pipelines with one mistake each, and the figure that must name it. */
export const pipelines = [
  data('swallows-errors', 'missing-prices', 'every error ends in an empty file and code 0'),
  data('says-nothing', 'corrupted-prices', 'an error ends it without a word'),
  data('leaves-old-output', 'negative-prices', 'predictions of before stay after an error'),
  data('ignores-cut-off', 'truncated-prices', 'a line that is cut off is the end'),
  data('swallows-errors', 'truncated-prices', 'a damaged Parquet file ends in an empty file and code 0', 'parquet'),
  data('words-are-zero', 'wrong-types', 'words count as a price of 0'),
  data('swallows-infinities', 'infinite-prices', 'infinities count as a price of 0'),
  data('swallows-negatives', 'negative-prices', 'negative prices are used'),
  data('counts-rows-twice', 'duplicated-rows', 'a second row counts as another day'),
  data('takes-the-last-row', 'contradicting-rows', 'of two rows the second counts, without a word'),
  data('trusts-the-order', 'out-of-order-rows', 'rows are taken to be in order'),
  data('believes-the-future', 'time-travel', 'days to come are days'),
  data('reads-roc-dates', 'roc-dates', 'the year 114 is a year'),
  data('takes-any-code', 'mojibake', 'a garbled code is a new stock'),
  kill('writes-in-place', 'tornOutputs', 'writes under the final name'),
  kill('stale-lock', 'failedResumes', 'the lock of a process that is gone counts'),
  kill('skips-a-day', 'differentResults', 'keeps a day as done before it is written'),
  kill('appends-again', 'differentResults', 'begins again behind what is there'),
];
