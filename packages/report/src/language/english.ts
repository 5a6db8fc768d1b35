import type { Catalogue, Counts } from './catalogue.ts';
import { englishGlossary } from './english-glossary.ts';
import { englishMetric } from './english-metrics.ts';

const when = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Taipei',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

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

/** One number of sessions, or the least and the most of several folds. */
const sessions = ({ least, most }: { least: string; most: string }): string =>
  `${least === most ? least : `${least} to ${most}`} ${most === '1' ? 'session' : 'sessions'}`;

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
    morePassed: (count) => `${count} more passed, with more to spare`,
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
    inThisRun: 'in this run',
    changesHelp:
      'A dotted line marks a run from which on the values seem to lie on another level. It is a suspicion and fails nothing; only measuring both builds again beside each other can.',
    page: 'Page',
    fault: 'fault',
    gcMarks: (count, least, longest) => `garbage collected for ${least} or more (${count}, longest ${longest})`,
    gcPauses: (looks) => `garbage collected (${looks} looks)`,
    withoutLimit: 'without a limit',
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
    failures: (kept, of) => `${kept} of ${of} requirements under faults, failures of the market and wrong data hold.`,
    // Not every fault has one: what a service must bear has no time after it.
    recovery: (count, slowest) =>
      `A time to steady state was measured for ${count} faults; the slowest took ${slowest}.`,
    uncoveredOf: (sections, checks, suite) =>
      `${sections.map((one, k) => (k === 0 ? one : `${one[0]!.toLowerCase()}${one.slice(1)}`)).join(' and ')}: not part of the suite ${suite} (${checks} checks), so nothing is claimed.`,
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
    folds: ({ folds, training, leftOut, test }) =>
      `${folds === '1' ? '1 fold' : `${folds} folds, each`} trained on ${sessions(training)} and tested on the next ${sessions(test)}, with ${sessions(leftOut)} left out between the two.`,
    decay: ({ first, firstAt, last, lastAt }) =>
      `The mean is ${first} ${firstAt === '1' ? 'one session' : `${firstAt} sessions`} ahead and ${last} ${lastAt} sessions ahead.`,
    quantiles: ({ top, bottom }) =>
      `The best-ranked stocks returned ${top} a day on average, the worst-ranked ${bottom}.`,
    sectors: ({ best, most, worst, least }) => `Highest in “${best}”, ${most}; lowest in “${worst}”, ${least}.`,
    growth: ({ after, market, days }) =>
      `After costs it returned ${after} over ${days} days, and all predicted stocks together ${market}.`,
    recovery: ({ failed, answered, slowest }) =>
      `From the fault on ${failed} requests failed and ${answered} were answered; the slowest took ${slowest}.`,
    scale: ({ exponent, interval }) =>
      `Time grows as the number of stocks to the power ${exponent}${withInterval(interval)}.`,
    sameEverywhere: ({ value, of }) => `${value} in all ${of} scenarios.`,
    span: ({ low, high, of }) => `${low} to ${high} over ${of} scenarios.`,
    history: ({ runs, low, high, changes }) =>
      `${runs} ${runs === '1' ? 'run' : 'runs'} between ${low} and ${high}; ${changes.length === 0 ? 'no change is suspected' : `suspected ${changes.length === 1 ? 'change' : 'changes'}: ${changes.join(', ')}`}.`,
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
  missedSince: (runs) => (runs === 1 ? 'in the latest run' : `in the latest ${runs} runs`),
  historyOf: ({ runs, series, changed }) =>
    `${runs} ${runs === '1' ? 'run' : 'runs'}, ${series} ${series === '1' ? 'metric' : 'metrics'} over time; a change is suspected in ${changed === '0' ? 'none' : changed} of them.`,
  seconds: (value) => `${value < 0 ? '−' : ''}${Number(Math.abs(value).toFixed(1))} s`,
  limitOf: (limit) => `limit ${limit}`,
  when: (iso) => when.format(new Date(iso)),
  metric: englishMetric,
  term: (text) => text,
  glossary: englishGlossary,
};
