import type { Results } from '@preopen/core';
import { environmentClass } from '../environment-class.ts';
import { attemptValues } from './attempts.ts';
import { type Bytes, sha256 } from './bytes.ts';
import { appendToLedger } from './ledger.ts';

/**
 * Notes in the ledger that a run has begun, before it has measured anything: from then on it counts, however it ends.
 * @returns the entry's number, for `recordFinished`
 */
export function recordStarted(
  dir: string,
  facts: Pick<Results, 'run' | 'target'> & { readonly environment: Omit<Results['environment'], 'noise'> },
): Promise<number> {
  const { run, target, environment } = facts;
  return appendToLedger(dir, {
    kind: 'started',
    at: run.startedAt,
    run: run.id,
    target: target.digest,
    suite: run.suite,
    scale: run.scale,
    environmentClass: environmentClass(environment),
  });
}

/**
 * Notes what a run came to.
 * @param options.started what `recordStarted` gave
 * @param options.at ISO date and time
 */
export async function recordFinished(
  dir: string,
  results: Results,
  options: { readonly started: number; readonly resultsBytes: Bytes; readonly at: string },
): Promise<void> {
  await appendToLedger(dir, {
    kind: 'finished',
    at: options.at,
    started: options.started,
    status: results.run.status,
    results: await sha256(options.resultsBytes),
    values: attemptValues(results),
  });
}
