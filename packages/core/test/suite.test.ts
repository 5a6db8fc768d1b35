import { describe, expect, it } from 'vitest';
import { mayRunTogether, runScheduled } from '../src/internal/scheduler.ts';
import { suggest } from '../src/suggest.ts';
import { filterSuite, matchesPattern } from '../src/suite.ts';
import { formatQuantity } from '../src/units.ts';
import { aCheck } from './support/check-builders.ts';

describe('matchesPattern', () => {
  it('lets a star stand for any text and nothing else stand for anything', () => {
    expect(matchesPattern('failover/kill-restart', 'failover/*')).toBe(true);
    expect(matchesPattern('latency/inference', '*/inference')).toBe(true);
    expect(matchesPattern('latency/inference', 'latency.inference')).toBe(false);
    expect(matchesPattern('latency/inference', 'latency')).toBe(false);
  });
});

describe('filterSuite', () => {
  it('keeps what is left out listed with its reason', () => {
    const suite = {
      name: 's',
      checks: [aCheck({ id: 'a/one' }), aCheck({ id: 'a/two' }), aCheck({ id: 'b/one' })],
      requirements: [],
      scale: { stocks: 1, days: 1, users: 1 },
    };
    const filtered = filterSuite(suite, { only: ['a/*'], skip: ['*/two'] });
    expect(filtered.checks.map((check) => check.id)).toEqual(['a/one']);
    expect(filtered.filtered?.map(({ check, reason }) => [check.id, reason])).toEqual([
      ['a/two', 'left out by skip */two'],
      ['b/one', 'left out by only a/*'],
    ]);
  });
});

describe('runScheduled', () => {
  const jobs = [
    { name: 'free 1', exclusive: [] },
    { name: 'cpu', exclusive: ['cpu' as const] },
    { name: 'free 2', exclusive: [] },
    { name: 'disk 1', exclusive: ['disk' as const] },
    { name: 'disk 2', exclusive: ['disk' as const] },
  ];

  it('never runs anything beside a job that holds the CPU, nor two that hold one resource, and runs all', async () => {
    const running = new Set<(typeof jobs)[number]>();
    const order: string[] = [];
    let together = 0;
    await runScheduled(
      jobs,
      async (job) => {
        for (const other of running) expect(mayRunTogether(job, other), `${job.name} beside ${other.name}`).toBe(true);
        running.add(job);
        together = Math.max(together, running.size);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(job);
        order.push(job.name);
      },
      3,
    );
    expect(order.toSorted()).toEqual(jobs.map((job) => job.name).toSorted());
    expect(together).toBeGreaterThan(1);
  });
});

describe('suggest', () => {
  it('offers the near miss and nothing for what is far', () => {
    expect(suggest('comprehensiv', ['quick', 'comprehensive'])).toBe('comprehensive');
    expect(suggest('recovery.kil.x', ['recovery.kill.x'])).toBe('recovery.kill.x');
    expect(suggest('banana', ['quick', 'load'])).toBeUndefined();
  });
  it('takes swapped letters for a swap before it takes one for another letter', () => {
    expect(suggest('latency.p59', ['latency.p50', 'latency.p95', 'latency.p99'])).toBe('latency.p95');
  });
});

describe('formatQuantity', () => {
  it.each([
    [61.23, 'ms', '61.2 ms'],
    [0.0421, 'ms', '42.1 µs'],
    [1234, 'ms', '1.23 s'],
    [16e9, 'bytes', '16 GB'],
    [1812.4, '1/s', '1,812 /s'],
    [1800, 's', '30 min'],
    [0.0512, 'ratio', '0.051'],
    [2000, 'count', '2,000'],
    [Number.POSITIVE_INFINITY, 'ms', '∞'],
  ] as const)('shows %d %s as %s', (value, unit, shown) => {
    expect(formatQuantity(value, unit)).toBe(shown);
  });
});
