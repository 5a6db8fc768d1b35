import type { RunEvent } from '@preopen/core';
import { describe, expect, it } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck } from '../../report/scripts/plain-results.mjs';
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
