/** Requests that a run sent. */
export interface Spent {
  readonly atMs: number;
  readonly requests: number;
}

const hourMs = 3_600_000;

/** What was spent in the hour before a moment. */
export const spentWithinHour = (spent: readonly Spent[], nowMs: number): readonly Spent[] =>
  spent.filter(({ atMs }) => atMs > nowMs - hourMs);

/**
 * Whether a run may begin: with the most it can send, no hour that it is part of holds more than the budget.
 * @param spent `atMs` is when a run ended: its requests count for an hour from then
 */
export function fitsBudget(
  spent: readonly Spent[],
  nowMs: number,
  { requestsPerHour, mostPerRun }: { readonly requestsPerHour: number; readonly mostPerRun: number },
): boolean {
  const before = spentWithinHour(spent, nowMs).reduce((sum, { requests }) => sum + requests, 0);
  return before + mostPerRun <= requestsPerHour;
}
