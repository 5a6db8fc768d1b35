import type { Catalogue, Counts } from './catalogue.ts';
import { englishGlossary } from './english-glossary.ts';
import { englishScenarios } from './english-scenarios.ts';

const when = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Taipei',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** Names of percentiles and figures behind the last dot of a metric. */
const percentile = (id: string): string | undefined => /\.p(\d+)$/.exec(id)?.[1];

const names: Readonly<Record<string, string>> = {
  'latency.inference': 'Inference latency',
  'latency.service': 'Service time',
  'latency.response': 'Response time',
  'latency.users': 'Latency of concurrent users',
  'latency.batch.fixed': 'Fixed cost of a request',
  'latency.batch.perStock': 'Cost of one more stock',
  'latency.eventLoop.utilisation': 'Event loop in use',
  'latency.eventLoop.delay': 'Event-loop delay',
  'latency.gc.share': 'Garbage collection, of busy time',
  'errors.rate': 'Failed requests',
  'throughput.predictions': 'Predictions per second',
  'throughput.requests': 'Single-stock requests per second',
  'throughput.users': 'Predictions per second of concurrent users',
  'capacity.contention': 'Share of work that waits its turn',
  'capacity.coherency': 'Share of work lost to agreement',
  'capacity.knee': 'Throughput at the knee',
  'capacity.peak': 'Highest throughput',
  'memory.pipeline.peakRss': 'Peak memory of the pipeline',
  'memory.service.peakRss': 'Peak memory of the service',
  'memory.service.leak': 'Memory kept per 1,000 requests',
  'memory.pipeline.largestUniverse': 'Most stocks that the memory holds',
  'ic.mean': 'Mean rank IC',
  'ic.ir': 'Information ratio of the IC',
  'ic.t': 't-statistic of the IC',
  'ic.pearson': 'Mean Pearson IC',
  'ic.oracleShare': 'Share of the best possible IC',
  'ic.null': 'IC where nothing can be known',
  'ic.nullDeviations': 'Distance of that IC from zero',
  'portfolio.grossExcess': 'Daily excess return before costs',
  'portfolio.netExcess': 'Daily excess return after costs',
  'portfolio.turnover': 'Daily turnover of the portfolio',
  'features.duration': 'Time of a full feature cycle',
  'universe.stocks': 'Stocks processed without loss',
  'universe.lostPredictions': 'Lost predictions',
  'pipeline.duration': 'Time of the whole pipeline',
  'pipeline.rowsPerSecond': 'Stock-days per second',
  'scale.exponent': 'Growth of time with the universe',
  'scale.durationAt5000': 'Time at 5,000 stocks',
  'pit.violations': 'Predictions that know the future',
  'pit.differences': 'Differences between two equal runs',
  'pit.survivorship': 'Predictions lost of stocks that left',
};

const faults: Readonly<Record<string, string>> = {
  kill: 'kill and restart',
  terminate: 'terminate and restart',
  pause: 'freeze',
  memory: 'memory exhaustion',
  cpu: 'CPU overload',
  corruption: 'data corruption',
  'disk-full': 'disk full',
  writes: 'writes fail',
  'read-only': 'read-only disk',
  descriptors: 'no file descriptors left',
  exceptions: 'exception cascade',
  timeout: 'operation time-out',
  'data-gap': 'market-data gap',
  'breaker-cascade': 'circuit-breaker cascade',
  latency: 'slow network',
  'memory-limit': 'memory limit',
  'cpu-quota': 'CPU limit',
  clock: 'clock moved',
  down: 'connections refused',
  'reset-peer': 'connections reset',
  'slow-close': 'connections that close late',
  slicer: 'answers in small pieces',
  'limit-data': 'connections cut off after some bytes',
  corrupt: 'bytes corrupted on the way',
  'half-open': 'connections half open',
  delay: 'slow network',
  jitter: 'network jitter',
  loss: 'packet loss',
  bandwidth: 'narrow network',
  reset: 'connections reset',
  partition: 'network partition',
  blackhole: 'no answer from the network',
  dns: 'names not resolved',
};
const endings: Readonly<Record<string, string>> = {
  timeToDetect: 'time until it shows',
  lostRequests: 'lost requests',
  lostAfterAnswer: 'answered, then lost',
  duplicatedRequests: 'done more than once',
  unexplainedRequests: 'done and never asked for',
  frontier: 'intensity that is borne',
  'service.frontier': 'intensity that the service bears',
  'prints.frontier': 'intensity that is borne in prints',
  wrongAnswers: 'wrong answers',
  wrongShare: 'share of wrong answers',
  degradedAnswers: 'answers marked as degraded',
  degradedShare: 'share marked as degraded',
  rightAnswers: 'right answers',
  slowestResponse: 'slowest response',
  errorBudget: "of a day's error budget",
  relapses: 'relapses',
  findings: 'proved mistakes',
  tornOutputs: 'torn outputs',
  failedResumes: 'failed resumes',
  differentResults: 'different results',
  resumeTime: 'time of a resume',
  retryAmplification: 'requests per request sent',
  memoryGrowth: 'memory kept',
  machinePauses: 'pauses of the machine, not charged',
  timeToSteadyState: 'time to steady state',
  timeToFirstSuccess: 'time to the first good answer',
  outage: 'longest outage',
  failedRequests: 'failed requests',
  failedShare: 'share that failed',
  errorShare: 'failed requests',
  missingPredictions: 'missing predictions',
  nonFinitePredictions: 'predictions that are not numbers',
  duration: 'time of the pipeline',
  missingAfterHalt: 'missing after a halt',
  peakRss: 'peak memory',
  predictedWhileHalted: 'predicted while halted',
  icStress: 'rank IC under stress',
  icCalm: 'rank IC in calm',
  icChange: 'change of the rank IC',
  semiconductorShare: 'share of semiconductors',
  semiconductorRisk: 'risk share of semiconductors',
  staleAnswers: 'answers to an earlier day',
  complete: 'share that was answered',
};

function metric(id: string): string | undefined {
  const share = percentile(id);
  const stem = share === undefined ? id : id.slice(0, -share.length - 2);
  const [family, part = '', ...rest] = stem.split('.');
  const ending = rest.join('.');
  const tail = share === undefined ? '' : ` P${share.length > 2 ? `${share.slice(0, 2)}.${share.slice(2)}` : share}`;
  if (names[stem]) return `${names[stem]}${tail}`;
  if (family === 'taiwan' || family === 'recovery') {
    const subject =
      (family === 'taiwan' ? undefined : faults[part]) ?? englishScenarios[part] ?? part.replaceAll('-', ' ');
    const what = ending === '' ? 'latency' : endings[ending];
    if (!subject || !what || (ending === '' && share === undefined)) return undefined;
    return `${subject[0]!.toUpperCase()}${subject.slice(1)}: ${what}${tail}`;
  }
  return undefined;
}

function counts({ required, pass, fail, inconclusive, notMeasured }: Counts): string {
  if (required === pass) return `All ${required} requirements passed.`;
  const parts = [
    ...(fail > 0 ? [`${fail} ${fail === 1 ? 'fails' : 'fail'}`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} ${inconclusive === 1 ? 'is' : 'are'} undecided`] : []),
    ...(notMeasured > 0 ? [`${notMeasured} ${notMeasured === 1 ? 'was' : 'were'} not measured`] : []),
    `${pass} ${pass === 1 ? 'passes' : 'pass'}`,
  ];
  return `Of ${required} requirements ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}.`;
}

const withInterval = (interval: string): string => (interval ? ` (${interval})` : '');

/** English. */
export const english: Catalogue = {
  language: 'en',
  verdicts: { pass: 'passed', fail: 'failed', inconclusive: 'undecided', 'not-measured': 'not measured' },
  standing: {
    pass: 'Ready',
    fail: 'Not ready',
    inconclusive: 'Undecided',
    'not-measured': 'Not shown',
    interrupted: 'Interrupted',
    nothing: 'Nothing required',
  },
  sections: {
    summary: 'Summary',
    requirements: 'Requirements',
    latency: 'Latency',
    throughput: 'Throughput',
    memory: 'Memory',
    signal: 'Signal',
    taiwan: 'Taiwan market stress',
    recovery: 'Recovery from failure',
    scaling: 'Scale',
    other: 'Other checks',
    history: 'History',
    environment: 'Machine and run',
    figures: 'All figures',
    glossary: 'How each figure was got',
  },
  questions: {
    summary: '',
    requirements: 'What was asked, what was measured, and how far the one is from the other.',
    latency: 'How long does an answer take, and what do the slowest wait for?',
    throughput: 'How much can be served before answers come too late?',
    memory: 'How much memory is taken, where, and does it stay so?',
    signal: 'Do the predictions say something of the returns that followed, and do they know only the past?',
    taiwan: 'Does it survive days on which the Taiwan market stands on its head?',
    recovery: 'What happens when something breaks, and how soon is it as before?',
    scaling: 'Does the pipeline carry the whole market, and how does its time grow?',
    other: 'What these checks measured.',
    history: 'Is it better or worse than in earlier runs?',
    environment: 'What was measured, on what, and how quiet the machine was.',
    figures: 'Every measurement of the run with its interval, its sample and how it was got.',
    glossary: 'The terms of this page, and what stands behind them.',
  },
  labels: {
    reportOf: (target, suite) => `${target}: readiness, suite ${suite}`,
    skipToContent: 'Skip to the content',
    menu: 'Sections',
    theme: 'Light or dark',
    print: 'Print',
    verdict: 'Verdict',
    requirement: 'Requirement',
    limit: 'Limit',
    measured: 'Measured',
    interval: 'Interval',
    unbounded: 'no interval',
    margin: 'Margin',
    marginHelp:
      'Distance of the value from the limit, as a share of the limit; the line is the interval, and the broken line the limit.',
    samples: 'Sample',
    askedBy: 'Asked by',
    notRequired: 'not required',
    metric: 'Metric',
    how: 'How',
    reason: 'Reason',
    check: 'Check',
    status: 'Status',
    took: 'Took',
    notMeasured: 'Not measured',
    notRun: 'Not run',
    evidence: 'Evidence',
    notes: 'What the checks noted',
    tableOf: (rows) => `The figures, ${rows} rows`,
    saveCsv: 'Save as CSV',
    chartOf: (title) => `Chart: ${title}. The arrow keys read its figures; all of them follow as a table.`,
    noHistory: 'No earlier run of this target was given to this page.',
    noMeasurement: 'None of the checks of this section was part of this run.',
    allFiguresOf: 'All figures of',
    run: 'Run',
    tool: 'Tool',
    target: 'Target',
    targetDigest: 'Digest of the target',
    data: 'Market data',
    seed: 'Seed',
    seedGiven: 'given by hand',
    system: 'System',
    processor: 'Processor',
    memory: 'Memory',
    otherWork: 'Other work',
    unreadable: 'cannot be read',
    started: 'Started (Taipei)',
    duration: 'Duration',
    scale: 'Scale',
    none: 'none',
    quiet: 'quiet',
    noisy: 'disturbed',
    noiseOf: 'How quiet the machine was, by check',
    foreignCpu: 'CPU taken by others',
    steal: 'Steal',
    pressure: 'Waiting for a CPU',
    calibration: 'Calibration',
    changed: 'changed here',
    spoilt: 'spoilt by other work, not used',
    changesHelp:
      'A dotted line marks a run from which on the values seem to lie on another level. It is a suspicion and fails nothing; only measuring both builds again beside each other can.',
    page: 'Page',
    fault: 'fault',
    gcMarks: (count, least, longest) => `garbage collected for ${least} or more (${count}, longest ${longest})`,
    gcPauses: (looks) => `garbage collected (${looks} looks)`,
    ofChecks: (count) => (count === 1 ? '1 check' : `${count} checks`),
    requestsOverTime: 'requests around the fault',
    answered: 'answered',
    partlyFailed: 'some failed',
    failedRequests: 'all failed',
    allGroups: 'all',
    dayMean: (days) => `${days}-day mean`,
    achievedShare: 'achieved ÷ planned',
    notHeld: 'not held',
    generatorLate: 'generator late, not counted',
    runs: 'run',
    fit: 'fit',
    value: 'value',
    failedCheck: 'The check failed',
    definition: 'Meaning',
  },
  scaleOf: (stocks, days, users) => `${stocks} stocks × ${days} days, ${users} users`,
  completed: { completed: 'completed', failed: 'failed', skipped: 'not run' },
  summary: {
    why: 'Why',
    undecided: 'Undecided',
    unproven: 'Unproven',
    holds: 'Holds',
    beyond: 'Stress, recovery',
    uncovered: 'Not covered',
    next: 'Next',
    conditions: 'Measured',
    counts,
    interrupted: (measured) =>
      `The run was interrupted: ${measured} metrics had been measured until then, and nothing can be concluded from them.`,
    nothingRequired: (measured) =>
      `Nothing was required of this run: its ${measured} metrics are shown, and judge nothing.`,
    failed: ({ name, value, interval, limit, margin }) =>
      `${name}: ${value}${withInterval(interval)}; required is ${limit}${margin ? `, so it is ${margin}` : ''}.`,
    undecidedOf: ({ name, value, interval, limit, reason }) =>
      reason.includes(value)
        ? `${name}: ${reason}.`
        : `${name}, ${value}${withInterval(interval)}, does not settle ${limit}: ${reason}.`,
    unmeasured: ({ name, limit, reason }) => `${name} (${limit}) was not measured: ${reason}.`,
    held: ({ name, value, interval, limit }) => `${name}: ${value}${withInterval(interval)}; required is ${limit}.`,
    more: (count) => `${count} more: see the table.`,
    scenarios: (kept, of) => `${kept} of ${of} requirements under Taiwan market stress hold.`,
    recovery: (count, slowest) =>
      `Recovery was measured for ${count} faults; the slowest took ${slowest} to steady state.`,
    uncoveredOf: (sections, checks, suite) =>
      `${sections.map((one, k) => (k === 0 ? one : `${one[0]!.toLowerCase()}${one.slice(1)}`)).join(' and ')}: the suite ${suite} has ${checks} checks of ${sections.length === 1 ? 'it' : 'them'}, so nothing is claimed.`,
    nextFailed: (count, where) => `Mend what fails (${count}): ${where}.`,
    nextUnmeasured: (count, command) => `Have the rest measured (${count}): ${command}.`,
    nextUndecided: (count) => `Measure again what is undecided (${count}), on a quiet machine or with more samples.`,
    nextPassed: (count) =>
      `Sign and keep the results: the ${count} requirements hold at this scale and on this machine, and nothing is said of others.`,
    machine: (cores, memory, foreign) =>
      `on ${cores} cores with ${memory} of memory, of which other work took at most ${foreign}`,
    scale: (stocks, days, seed, took) => `${stocks} stocks × ${days} days, seed ${seed}, in ${took}`,
    notCertificate: (pass, required) => `${pass} of ${required} requirements passed; this page is no certificate.`,
  },
  captions: {
    percentiles: ({ p95, tail, oneIn }) => `P95 is ${p95}; 1 request in ${oneIn} waits ${tail} or longer.`,
    histogram: ({ low, high, requests }) => `Half of ${requests} requests took between ${low} and ${high}.`,
    overTime: ({ slowest, at, stalls }) =>
      `The slowest response took ${slowest}, ${/^0 /.test(at) ? 'at the very start' : `${at} after the start`}; ${stalls === '0' ? 'nothing stalled' : stalls === '1' ? 'there was one stall' : `there were ${stalls} stalls`}.`,
    stages: ({ stage, middle, tail }) =>
      `“${stage}” takes ${tail} in the slowest requests and ${middle} in typical ones.`,
    batchSize: ({ fixed, perStock }) => `A request costs ${fixed}, and ${perStock} more for each stock.`,
    capacity: ({ held, limit, interval }) => `Holds ${held}${withInterval(interval)} with P95 below ${limit}.`,
    scalability: ({ knee, most, at }) =>
      `The knee is at ${knee}; the most that was measured is ${most}, with ${at} requests under way.`,
    memory: ({ peak, at }) => `The peak, ${peak}, was reached ${at} after the start.`,
    largest: ({ name, value }) => `“${name}” takes the most: ${value}.`,
    icByDate: ({ mean, interval, positive, days }) =>
      `The mean is ${mean}${withInterval(interval)}; it was above zero on ${positive} of ${days} days.`,
    decay: ({ first, firstAt, last, lastAt }) =>
      `The mean is ${first} ${firstAt === '1' ? 'one session' : `${firstAt} sessions`} ahead and ${last} ${lastAt} sessions ahead.`,
    quantiles: ({ top, bottom }) =>
      `The best-ranked stocks returned ${top} a day on average, the worst-ranked ${bottom}.`,
    sectors: ({ best, most, worst, least }) => `Highest in “${best}”, ${most}; lowest in “${worst}”, ${least}.`,
    growth: ({ after, market, days }) =>
      `After costs it returned ${after} over ${days} days, and all predicted stocks together ${market}.`,
    recovery: ({ failed, answered, slowest }) =>
      `${failed} requests failed and ${answered} were answered; the slowest took ${slowest}.`,
    scale: ({ exponent, interval }) =>
      `Time grows as the number of stocks to the power ${exponent}${withInterval(interval)}.`,
    sameEverywhere: ({ value, of }) => `${value} in all ${of} scenarios.`,
    span: ({ low, high, of }) => `${low} to ${high} over ${of} scenarios.`,
    history: ({ runs, low, high, changes }) =>
      `${runs} runs between ${low} and ${high}; ${changes.length === 0 ? 'no change is suspected' : `suspected ${changes.length === 1 ? 'change' : 'changes'}: ${changes.join(', ')}`}.`,
    recoveries: ({ measured, of, slowest, fault }) =>
      `${measured} of ${of} faults were measured; the slowest to be steady again is “${fault}”, after ${slowest}.`,
    functions: ({ name, tail, middle }) =>
      `“${name}” takes ${tail} in the slowest requests and ${middle} in typical ones.`,
  },
  range: (low, high) => `${low} to ${high}`,
  below: (share) => `${share} below the limit`,
  above: (share) => `${share} above the limit`,
  atLimit: 'exactly at the limit',
  times: (factor) => `${factor} × the limit`,
  confidence: (share, method) => `${share} interval, ${method}`,
  historyOf: ({ runs, series, changed }) =>
    `${runs} runs, ${series} metrics over time; a change is suspected in ${changed === '0' ? 'none' : changed} of them.`,
  seconds: (value) => `${value < 0 ? '−' : ''}${Number(Math.abs(value).toFixed(1))} s`,
  limitOf: (limit) => `limit ${limit}`,
  when: (iso) => when.format(new Date(iso)),
  metric,
  term: (text) => text,
  glossary: englishGlossary,
};
