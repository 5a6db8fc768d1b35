import type { ProbeLog } from './probe-log.ts';

/** A time in which an unbroken instance beside the target got nothing done: the machine stood still, or the load generator. */
export interface Standstill {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Times in ascending order, those that touch made one. */
export function merged(times: readonly Standstill[]): readonly Standstill[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of times.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else found.push({ fromMs, toMs });
  }
  return found;
}

/** How much of `[fromMs, toMs)` lies in standstills, which are ascending and apart. */
export function stoodStillMs(standstills: readonly Standstill[], fromMs: number, toMs: number): number {
  let low = 0;
  let high = standstills.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (standstills[middle]!.toMs <= fromMs) low = middle + 1;
    else high = middle;
  }
  let totalMs = 0;
  for (let i = low; i < standstills.length && standstills[i]!.fromMs < toMs; i++) {
    const { fromMs: beginMs, toMs: endMs } = standstills[i]!;
    totalMs += Math.min(endMs, toMs) - Math.max(beginMs, fromMs);
  }
  return totalMs;
}

/**
 * The log on a clock that stands still with the machine. A good answer that was due or under way in a standstill is left out
 * if it was otherwise within the limit: it says nothing, neither for nor against the target. If it took longer than that even
 * so, it stays, with the time that was the target's own. A request that failed stays always.
 * @param limitMs above it a response time is the target's
 */
export function withoutStandstills(log: ProbeLog, standstills: readonly Standstill[], limitMs: number): ProbeLog {
  if (standstills.length === 0) return log;
  const { count, dueMs, doneMs, good } = log;
  const kept = new Uint32Array(count);
  const ownDoneMs = new Float64Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) {
    // A failed one is charged as it was; one that is under way has no end yet.
    const stoodMs = good[i] ? stoodStillMs(standstills, dueMs[i]!, doneMs[i]!) : 0;
    const tookMs = doneMs[i]! - dueMs[i]! - stoodMs;
    if (stoodMs > 0 && tookMs <= limitMs) continue;
    kept[length] = i;
    ownDoneMs[length++] = doneMs[i]! - stoodMs;
  }
  const pick = <Column extends Float64Array | Uint8Array>(column: Column, into: Column): Column => {
    for (let k = 0; k < length; k++) into[k] = column[kept[k]!]!;
    return into;
  };
  return {
    count: length,
    dueMs: pick(dueMs, new Float64Array(length)),
    doneMs: ownDoneMs.subarray(0, length),
    good: pick(good, new Uint8Array(length)),
    ...(log.quality && { quality: pick(log.quality, new Uint8Array(length)) }),
    ...(log.lost && { lost: pick(log.lost, new Uint8Array(length)) }),
  };
}
