/** When the next run is due, and how many were due while the last one still ran. */
export interface Slot {
  readonly dueMs: number;
  readonly missed: number;
}

/**
 * The first multiple of the period after the present slot that is not over yet. Runs never overlap and are never made up
 * for: what fell due meanwhile is missed, and counted.
 * @param nowMs when the run of the slot `lastDueMs` ended
 */
export function nextSlot(lastDueMs: number, periodMs: number, nowMs: number): Slot {
  const periods = Math.max(1, Math.ceil((nowMs - lastDueMs) / periodMs));
  return { dueMs: lastDueMs + periods * periodMs, missed: periods - 1 };
}
