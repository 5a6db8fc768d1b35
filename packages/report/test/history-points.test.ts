import { describe, expect, it } from 'vitest';
import { historyEntry } from '../src/history/history-entry.ts';
import { historyPoints } from '../src/history/history-points.ts';
import { renderReport } from '../src/page.ts';
import { aRun } from './support/runs.ts';

describe('historyPoints', () => {
  const run = aRun();
  const earlier = Array.from({ length: 10 }, (_, k) => ({
    ...historyEntry(run),
    id: `run-${k}`,
    startedAt: `2025-12-${String(10 + k).padStart(2, '0')}T00:00:00.000Z`,
  }));

  it('holds the runs of the same target, suite, scale and machine, and no others', () => {
    const others = [
      { ...earlier[0]!, suite: 'load' },
      { ...earlier[0]!, target: { name: 'another', digest: '' } },
      { ...earlier[0]!, environmentClass: 'another' },
      { ...earlier[0]!, scale: { stocks: 5, days: 5, users: 1 } },
    ];
    const points = historyPoints(run, [...earlier, ...others]);
    const p95 = points.filter(({ metric }) => metric === 'latency.inference.p95');
    expect(p95.map(({ startedAt }) => startedAt)).toEqual(earlier.map(({ startedAt }) => startedAt));
    expect(p95.every(({ value, change }) => value === 61 && change === undefined)).toBe(true);
  });

  it('leaves out a metric that other work spoilt in every run, and shows one that it spoilt in some', () => {
    const spoilt = { ...earlier[0]!, metrics: earlier[0]!.metrics.map((metric) => ({ ...metric, spoilt: true })) };
    expect(historyPoints(run, [spoilt])).toEqual([]);
    const both = historyPoints(run, [spoilt, { ...earlier[1]! }]);
    expect(both.filter(({ metric }) => metric === 'latency.inference.p95').map((point) => point.spoilt)).toEqual([
      true,
      false,
    ]);
  });

  it('is drawn by the report', () => {
    expect(renderReport(run, { history: historyPoints(run, earlier) })).toContain('10 runs between 61 ms and 61 ms');
  });
});
