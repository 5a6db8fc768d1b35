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
    metric: 'recovery.*',
    what: 'A figure of the time around a fault.',
    how: 'Open-loop requests go on through steady state, fault, undoing and recovery; every one of them is in the ledger.',
    whenItFails: 'See the timeline in the report.',
  },
];
