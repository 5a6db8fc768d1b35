import type { Explanation } from './explanation.ts';

/** Faults on purpose, and the time after them. `*` is a fault. */
export const recoveryMetrics: readonly Explanation[] = [
  {
    metric: 'recovery.*.timeToSteadyState',
    what: 'Time from the undoing of a fault until the target serves as it did before it.',
    how: 'Open-loop requests go on all the time. Steady is when response times and failures are equivalent to those before the fault and stay so: a first good answer or one good percentile can be luck. Where it never came, the time waited is a lower bound and fails the limit. Without a steady state before the fault it is not measured.',
    whenItFails:
      'The timeline of the report tells which: no answer at all (a restart that is slow: load the model faster, keep a second process), answers that are slow (a backlog that drains: shed load, bound the queue), or failures that come back (retries without back-off, a breaker that never closes).',
  },
  {
    metric: 'recovery.*.timeToFirstSuccess',
    what: 'Time from the undoing of a fault to the first good answer to a request due after it.',
    how: 'Exact to the spacing of the requests.',
    whenItFails: 'See recovery.*.timeToSteadyState.',
  },
  {
    metric: 'recovery.*.outage',
    what: 'Longest time without any good answer.',
    how: 'Between two good answers, exact to the spacing of the requests.',
    whenItFails: 'A second process behind a balancer, health checks that fail fast, time-outs shorter than the users’.',
  },
  {
    metric: 'recovery.*.failedRequests',
    what: 'Requests that got no right answer because of a fault.',
    how: 'Counted from the fault to the end of the observation.',
    whenItFails: 'Retry what may be retried, once and with a pause; queue what can wait.',
  },
  {
    metric: 'recovery.*.failedShare',
    what: 'Share of the requests from a fault to the end of the observation that got no right answer.',
    how: 'With an interval for another fault of the same kind: failures come in stretches, and a stretch counts as little more than one observation. A single outage therefore says little of the share in the next one.',
    whenItFails: 'See recovery.*.failedRequests.',
  },
  {
    metric: 'recovery.*.timeToDetect',
    what: 'Time from a fault until the target itself says that it is not well: a health check that fails, or an answer that is marked.',
    how: 'Its health endpoint is asked beside the load. Where nothing showed the fault it is not measured, with that as the reason.',
    whenItFails: 'A balancer goes on sending requests to it: let readiness depend on what answers depend on.',
  },
  {
    metric: 'recovery.*.lostRequests',
    what: 'Requests that were sent and never got any answer.',
    how: 'From the ledger, in which every request that was due is answered, failed, timed out or lost.',
    whenItFails: 'A worker that dies with its requests: answer 503 before the end, and finish what was taken.',
  },
  {
    metric: 'recovery.*.errorBudget',
    what: 'Share of a trading day’s error budget that one such fault burns.',
    how: 'Requests that got no right answer, scaled to a session of 16,200 seconds.',
    whenItFails: 'See recovery.*.outage and recovery.*.failedRequests.',
  },
  {
    metric: 'recovery.*.relapses',
    what: 'How often the target was steady again and then was not.',
    how: 'Stretches within tolerance that were followed by one outside of it, before the end of the observation.',
    whenItFails:
      'Retries that come in step, a breaker that opens again, a cache that is built anew: add jitter and back-off.',
  },
  {
    metric: 'recovery.*.findings',
    what: 'Mistakes in how the target is made that the experiment has proved, each by what only that mistake looks like.',
    how: 'Known are: does-not-end, does-not-start, crashed, never-recovers, stays-degraded, flapping, stale-as-fresh, wrong-answers, unusable-answers, no-deadline, retry-storm, unbounded-queue, held-up-by-wrong-requests, not-drained, memory-kept, lost-after-answer and done-twice. A slow recovery alone is no mistake but a figure.',
    whenItFails: 'The notes of the check name each with what was seen and what to do.',
  },
  {
    metric: 'recovery.*.wrongAnswers',
    what: 'Answers during a fault that differ from those of the same requests without it, and are not marked.',
    how: 'The same rows, before and during the fault, bit for bit. An answer that says it is stale or degraded is counted apart.',
    whenItFails: 'A wrong number that looks right is worse than none: mark fallbacks, refuse what cannot be computed.',
  },
  {
    metric: 'recovery.*.wrongShare',
    what: 'Share of the requests from a fault on whose answer was wrong and not marked.',
    how: 'As recovery.*.wrongAnswers, with an interval for requests that come in stretches.',
    whenItFails: 'See recovery.*.wrongAnswers.',
  },
  {
    metric: 'recovery.*.degradedAnswers',
    what: 'Answers during a fault that the target itself marks as stale or degraded.',
    how: 'By its headers; they count neither as right nor as wrong.',
    whenItFails: 'No limit is set on it: it is how a target degrades gracefully.',
  },
  {
    metric: 'recovery.*.degradedShare',
    what: 'Share of the requests from a fault on whose answer the target itself marks as stale or degraded.',
    how: 'As recovery.*.degradedAnswers, with an interval for requests that come in stretches.',
    whenItFails: 'No limit is set on it: it is how a target degrades gracefully.',
  },
  {
    metric: 'recovery.*.rightAnswers',
    what: 'Share of the answers during a fault that are those of the same requests without it.',
    how: 'Bit for bit.',
    whenItFails: 'See recovery.*.wrongAnswers and recovery.*.failedRequests.',
  },
  {
    metric: 'recovery.*.retryAmplification',
    what: 'Requests that arrive for each one that was sent, from the fault on against before.',
    how: 'Counted behind a fault proxy; not measured where no proxy stands in the way.',
    whenItFails: 'A retry storm: retry once, with jitter, and stop when most of them fail.',
  },
  {
    metric: 'recovery.*.memoryGrowth',
    what: 'Memory of the service after the recovery, less that before the fault.',
    how: 'Of its whole process tree, from /proc.',
    whenItFails: 'Queues or connections that were kept: bound them, and close what timed out.',
  },
  {
    metric: 'recovery.*.machinePauses',
    what: 'Time from a fault to the end of the observation in which the machine stood still, and not the target.',
    how: 'A second instance of the service, without the fault, runs beside the target under a lighter load. When it gets nothing done either, that time is not charged to the target; what only the target shows always is, and so is every failure. Not measured where the fault reaches the second instance as well, the service was not started by Preopen or has a fixed address, or the machine has no room for it.',
    whenItFails: 'No limit is set on it. Much of it: other work on the machine, or too little of it for two instances.',
  },
  {
    metric: 'recovery.*.lostAfterAnswer',
    what: 'Requests that were answered as done and are missing from the target’s own journal.',
    how: 'Every request carries an id; what was answered is held against what the journal of the config holds after the recovery. Only where the target keeps one.',
    whenItFails: 'It answers before it writes: flush the journal first, then answer.',
  },
  {
    metric: 'recovery.*.duplicatedRequests',
    what: 'Requests that stand more than once in the target’s own journal.',
    how: 'By their ids. Only where the target keeps a journal.',
    whenItFails: 'A retry that is not idempotent: write by id.',
  },
  {
    metric: 'recovery.*.unexplainedRequests',
    what: 'Requests in the target’s own journal that nobody sent.',
    how: 'By their ids. Only where the target keeps a journal.',
    whenItFails: 'Somebody else uses the target, or its journal makes up ids.',
  },
  {
    metric: 'recovery.pipeline-kill.*',
    what: 'What becomes of a pipeline that is killed at random moments and run again.',
    how: 'SIGKILL at moments drawn from the seed, then the same command once more in the same folder: no torn file may be taken for whole, the second run must end well, and its predictions must be those of an uninterrupted run, byte for byte.',
    whenItFails: 'Write to a temporary file and rename it at the end; remove locks whose owner is gone.',
  },
  {
    metric: 'recovery.*',
    what: 'A figure of the time around a fault.',
    how: 'Open-loop requests go on through steady state, fault, undoing and recovery; every one of them is in the ledger.',
    whenItFails: 'See the timeline in the report.',
  },
  {
    metric: 'data.*.failed',
    what: 'Whether a service mishandles requests with one thing wrong in them.',
    how: 'One wrong request, then a right one: 1 if the wrong one was answered as if it were right, or the right one is no longer answered as before. A refusal (4xx), a mark, or a finite answer where one is due counts as handled.',
    whenItFails:
      'The note says which request and what a good service does. Validate shapes, types and finiteness before the model.',
  },
  {
    metric: 'data.*.swallowed',
    what: 'Whether a pipeline takes damaged data for good data.',
    how: 'The pipeline runs on a copy of the dataset with one thing wrong. Refusing it (an end with another code than 0) or setting the damaged rows aside is handled; other predictions without a word are swallowed.',
    whenItFails:
      'The note says what was damaged and where. Check types, dates, duplicates and finiteness at the reading, and end with an error.',
  },
];
