/** Terms of the page with what stands behind their figures. */
export const englishGlossary: readonly (readonly [string, string])[] = [
  ['Requirement', 'A limit on a metric. It comes from the specification, the design, or the configuration of the run.'],
  [
    'passed, failed',
    'The whole interval of the measured value lies on the right, or on the wrong, side of the limit. A value without an interval is held against the limit itself.',
  ],
  [
    'undecided',
    'The interval lies across the limit even after more samples, or other work on the machine made figures of time useless. It never counts as passed.',
  ],
  ['not measured', 'No figure, with the reason. It never counts as passed.'],
  [
    'Interval',
    'Holds the true value with the stated confidence. Latencies under load depend on each other, so that their intervals come from batches of requests, not from the formula for independent ones; looking several times is paid for by a wider interval.',
  ],
  ['Margin', 'Distance of the near end of the interval from the limit, as a share of the limit.'],
  ['Sample', 'Number of observations behind a value: requests, days, stock-days or runs.'],
  [
    'Response time',
    'From the moment at which a request was due to the end of its answer. Requests are sent at random moments whatever became of those before (open loop), so that a stall is charged to everyone who was due during it.',
  ],
  ['Service time', 'From the moment at which a request was sent to the end of its answer, without the wait before.'],
  ['P95, P99', 'Of a hundred requests 95, or 99, take no longer. Failed requests count as slow as the time-out.'],
  ['HDR scale', 'Equal steps for 90, 99 and 99.9 %: the tail, which users remember, gets as much room as the middle.'],
  [
    'Sustained throughput',
    'The highest arrival rate at which P95 stays below its limit, found by probing rates with random arrivals. Rates at which the load generator itself was late do not count.',
  ],
  [
    'Knee',
    'Load at which throughput divided by response time is highest, on the Universal Scalability Law that is fitted to the throughput by requests under way: beyond it, more load buys mostly waiting. Source: Gunther, Guerrilla Capacity Planning, 2007.',
  ],
  ['Resident memory', 'Pages in memory of the process and all that it started, as the kernel counts them.'],
  [
    'Rank IC',
    'Information coefficient: Spearman correlation, over all stocks of a day, of the predictions with the returns that followed, out of sample. Its mean has an interval by the stationary bootstrap.',
  ],
  [
    'Best possible',
    'In a simulated market the true expected returns are known: the IC of that prediction is what nobody can beat.',
  ],
  ['Stall', 'A stretch whose slowest response takes more than ten times the median of the run, and at least 20 ms.'],
  [
    'Time to steady state',
    'From the undoing of the fault until response times and failures stay within tolerance of those before it.',
  ],
  [
    'Change point',
    'A run from which on a metric lies at another level, by ranks, with at least eight runs before and four after. It is a suspicion; only measuring both again, side by side, proves it.',
  ],
  [
    'Other work',
    'CPU time that processes outside of the measurement took, read while a check ran. Beyond a bound, figures of time are undecided.',
  ],
];
