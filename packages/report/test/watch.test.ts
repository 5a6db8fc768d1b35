import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../src/history/history-entry.ts';
import { historySeries } from '../src/history/history-series.ts';
import { fitsBudget, type Spent } from '../src/watch/request-budget.ts';
import { nextSlot } from '../src/watch/schedule.ts';
import { recentSuspicions, type WatchedMetrics, watchEntry, watchedSoFar } from '../src/watch/suspicions.ts';
import { newWatch, renderWatchMetrics } from '../src/watch/watch-metrics.ts';

describe('the schedule', () => {
  it('takes the next slot after a run that was quick, and counts those that a slow one ran over', () => {
    expect(nextSlot(0, 300, 12)).toEqual({ dueMs: 300, missed: 0 });
    expect(nextSlot(300, 300, 950)).toEqual({ dueMs: 1200, missed: 2 });
    expect(nextSlot(300, 300, 900)).toEqual({ dueMs: 900, missed: 1 });
  });
  it('never has a run due before the one before has ended, loses no slot and stays on the grid', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 1e6 }), fc.nat(1e7), (lastMs, periodMs, tookMs) => {
        const { dueMs, missed } = nextSlot(lastMs, periodMs, lastMs + tookMs);
        expect(dueMs).toBeGreaterThanOrEqual(lastMs + tookMs);
        expect(dueMs).toBe(lastMs + (missed + 1) * periodMs);
        expect(dueMs - periodMs < lastMs + tookMs || missed === 0).toBe(true);
      }),
    );
  });
});

describe('the request budget', () => {
  it('lets no hour hold more than it allows, whatever each run takes', () => {
    const run = fc.record({ afterMs: fc.nat(2_000_000), requests: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 40 }), fc.integer({ min: 100, max: 500 }), (runs, requestsPerHour) => {
        const spent: Spent[] = [];
        let nowMs = 0;
        for (const { afterMs, requests } of runs) {
          nowMs += afterMs;
          if (fitsBudget(spent, nowMs, { requestsPerHour, mostPerRun: 100 })) spent.push({ atMs: nowMs, requests });
        }
        for (const { atMs: endMs } of spent) {
          const hour = spent.filter(({ atMs }) => atMs > endMs - 3_600_000 && atMs <= endMs);
          expect(hour.reduce((sum, { requests }) => sum + requests, 0)).toBeLessThanOrEqual(requestsPerHour);
        }
      }),
    );
  });
});

const entryAt = (index: number, value: number, spoilt = false): HistoryEntry => ({
  id: `run-${index}`,
  startedAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
  environmentClass: 'a machine',
  suite: 'watch',
  scale: { stocks: 1, days: 0, users: 1 },
  target: { name: 'mine', digest: 'x' },
  dataset: null,
  tool: 'preopen 0.1.0',
  seed: 42,
  status: 'completed',
  verdict: 'not-measured',
  metrics: [{ metric: 'latency.inference.p95', value, unit: 'ms', low: null, high: null, spoilt }],
});
const rise = Array.from({ length: 24 }, (_, i) => entryAt(i, i < 14 ? 10 + (i % 3) / 10 : 13 + (i % 3) / 10));

/** Runs taken one by one, and where each change came to light. */
function watchAll(entries: readonly HistoryEntry[]): {
  watched: WatchedMetrics;
  alerts: { at: number; change: number }[];
} {
  let watched: WatchedMetrics = new Map();
  const alerts: { at: number; change: number }[] = [];
  for (const [at, entry] of entries.entries()) {
    const after = watchEntry(watched, entry);
    watched = after.watched;
    alerts.push(...after.found.map(({ change }) => ({ at, change })));
  }
  return { watched, alerts };
}

describe('suspicions', () => {
  it('come to light once, some runs after the change, and name the run with which it began', () => {
    const { watched, alerts } = watchAll(rise);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]!.change).toBeCloseTo(0.3, 1);
    expect(recentSuspicions(watched)).toEqual([
      { metric: 'latency.inference.p95', change: alerts[0]!.change, since: 'run-14' },
    ]);
  });
  it('are those that the history shows of the same runs, also with spoilt values between', () => {
    const value = fc.record({
      level: fc.constantFrom(10, 10, 10, 14),
      jitter: fc.nat(9),
      spoilt: fc.constantFrom(false, false, true),
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 70 }), (values) => {
        let level = 10;
        const entries = values.map((one, i) => {
          // A level is kept for some time, as releases are.
          if (i % 15 === 0) level = one.level;
          return entryAt(i, level + one.jitter / 20, one.spoilt);
        });
        const shown = historySeries(entries)[0]!.changes.map(({ foundAt, change }) => ({ at: foundAt, change }));
        expect(watchAll(entries).alerts).toEqual(shown);
      }),
    );
  });
  it('are no news after twelve more runs, and outlive a restart of the watch until then', () => {
    const like = {
      target: 'mine',
      suite: 'watch',
      scale: { stocks: 1, days: 0, users: 1 },
      environmentClass: 'a machine',
    };
    expect(recentSuspicions(watchedSoFar(rise, like))).toEqual(recentSuspicions(watchAll(rise).watched));
    const more = Array.from({ length: 12 }, (_, i) => entryAt(24 + i, 13 + (i % 3) / 10));
    expect(recentSuspicions(watchedSoFar([...rise, ...more], like))).toEqual([]);
    expect(watchedSoFar(rise, { ...like, target: 'another' }).size).toBe(0);
  });
});

describe('what a watch serves', () => {
  const fresh = newWatch({ target: 'mine', periodMs: 300_000, requestsPerHour: 4000 });
  it('claims nothing of the target before the first run', () => {
    const text = renderWatchMetrics(fresh);
    expect(text).not.toMatch(/preopen_watch_up|preopen_watch_last_run|preopen_latency|preopen_verdict/);
    expect(text).toContain('preopen_watch_runs_total{target="mine",outcome="up"} 0\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });
  it('says 0 of a target that is down', () => {
    expect(renderWatchMetrics({ ...fresh, up: false })).toContain('\npreopen_watch_up{target="mine"} 0\n');
  });
});
