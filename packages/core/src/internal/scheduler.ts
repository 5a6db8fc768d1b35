import type { Check, Resource } from '../check.ts';

/** Whether two checks may run at once: never beside one that holds the CPU, nor two that hold the same resource. */
export function mayRunTogether(a: Pick<Check, 'exclusive'>, b: Pick<Check, 'exclusive'>): boolean {
  if (a.exclusive.includes('cpu') || b.exclusive.includes('cpu')) return false;
  return !a.exclusive.some((resource: Resource) => b.exclusive.includes(resource));
}

/**
 * Runs jobs as their resources allow, in order as far as possible: a job that must wait is passed by a later one that
 * need not. Jobs never reject.
 * @param parallel most jobs at once
 */
export async function runScheduled<Job extends Pick<Check, 'exclusive'>>(
  jobs: readonly Job[],
  work: (job: Job) => Promise<void>,
  parallel: number,
): Promise<void> {
  const waiting = [...jobs];
  const running = new Map<Job, Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    for (let i = 0; i < waiting.length && running.size < parallel; ) {
      const job = waiting[i]!;
      if ([...running.keys()].every((other) => mayRunTogether(job, other))) {
        waiting.splice(i, 1);
        running.set(
          job,
          work(job).finally(() => running.delete(job)),
        );
        // A job that holds the CPU waits for the others to end: later ones must not slip in before it for ever.
      } else if (job.exclusive.includes('cpu')) break;
      else i++;
    }
    if (running.size > 0) await Promise.race(running.values());
  }
}
