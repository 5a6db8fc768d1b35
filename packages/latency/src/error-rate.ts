import { type Measurement, proportionInterval } from '@preopen/core';
import type { Ledger } from './recorder.ts';

/**
 * Share of failed requests among those that ended, with Wilson's interval and the kinds of failure; `undefined` if none
 * ended. What we cut off ourselves counts neither way.
 */
export function errorRate(metric: string, ledger: Ledger): Measurement | undefined {
  const { scheduled, pending, aborted, ok, ...failures } = ledger;
  const ended = scheduled - pending - aborted;
  if (ended <= 0) return undefined;
  const failed = ended - ok;
  const kinds = Object.entries(failures).filter(([, count]) => count > 0);
  return {
    metric,
    value: failed / ended,
    unit: 'ratio',
    samples: ended,
    interval: proportionInterval(failed, ended),
    how: kinds.length > 0 ? kinds.map(([kind, count]) => `${count} ${kind}`).join(', ') : 'no request failed',
  };
}
