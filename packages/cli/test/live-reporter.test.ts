import type { RunEvent } from '@preopen/core';
import { describe, expect, it } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck, plainResults } from '../../report/scripts/plain-results.mjs';
import { createLiveReporter } from '../src/terminal/live-reporter.ts';
import { styleFor } from '../src/terminal/style.ts';
import { widthOf } from '../src/terminal/width.ts';

const reason =
  'generator-limited: 3.1 % of the requests were sent later than 5 ms after they were due, and the thread that sends was busy for 97 % of the time';
const check = plainCheck({ measurements: [], notMeasured: [{ metric: 'latency.response.p95', reason }] });

/** What is said of a check that has ended. */
function said(columns: number, env: NodeJS.ProcessEnv = {}): string {
  const parts: string[] = [];
  const live = createLiveReporter({
    write: (text) => parts.push(text),
    style: styleFor({ columns }, { NO_COLOR: '1', ...env }),
    nowMs: () => 0,
    requirements: [],
    redraw: true,
  });
  live.onEvent({ type: 'check-ended', check: check.id, result: check } as unknown as RunEvent);
  return parts.join('');
}

describe('the line of a check that has ended', () => {
  it.each([80, 100, 132])('keeps to a terminal of %i columns and loses no word', (columns) => {
    for (const text of [said(columns), said(columns, { LANG: 'C' })]) {
      for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(text.replace(/\s+/g, ' ')).toContain(`latency.response.p95: ${reason}`);
    }
  });

  it('is one line where it fits', () => {
    expect(said(400).trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the time that a run will take', () => {
  /** What is said of a run of three checks, or more, of ten seconds each, of which the first take so long. */
  function saidOfRun(tookSeconds: readonly number[], count = 3): string {
    const parts: string[] = [];
    let atMs = 0;
    const live = createLiveReporter({
      write: (text) => parts.push(text),
      style: styleFor({ columns: 100 }, { NO_COLOR: '1' }),
      nowMs: () => atMs,
      requirements: [],
      redraw: false,
    });
    const tell = (event: unknown): void => live.onEvent(event as RunEvent);
    const checks = Array.from({ length: count }, (_, i) => ({
      id: `check ${i}`,
      title: 'a check',
      expectedMs: 10_000,
    }));
    const { run, target } = plainResults();
    tell({ type: 'run-started', run, target, checks, outputDir: 'out' });
    for (const [i, seconds] of tookSeconds.entries()) {
      const { id, title, expectedMs } = checks[i]!;
      tell({ type: 'check-started', check: id, title, expectedMs, attempt: 1 });
      atMs += seconds * 1000;
      tell({ type: 'check-ended', check: id, result: plainCheck({ id, durationMs: seconds * 1000 }) });
    }
    return parts.join('');
  }

  it('is announced anew where the first checks took much longer than expected', () => {
    const text = saidOfRun([30, 30]);
    expect(text).toContain('about 0:30, more if the target is slow');
    expect(text.match(/longer than expected: about 1:30 in all/g)).toHaveLength(1);
  });
  it('stays as it was announced where they took about as long', () => {
    expect(saidOfRun([12, 8])).not.toContain('longer than expected');
  });
  it('is not stretched in all by a single check that took much longer than the others', () => {
    expect(saidOfRun([10, 10, 60], 10)).not.toContain('longer than expected');
    expect(saidOfRun([10, 60, 60], 10)).toContain('longer than expected');
  });
  it('is announced anew again where even that was far too short', () => {
    expect(saidOfRun([30, 120])).toMatch(/about 1:30 in all[\s\S]*about 3:45 in all/);
  });
  it('is not announced when it is over', () => {
    expect(saidOfRun([10, 10, 100])).not.toContain('longer than expected');
  });
});
