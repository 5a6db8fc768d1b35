import { judgeRequirements, overallVerdict, parseRequirement, type Results, type RunEvent } from '@preopen/core';
import { describe, expect, it } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck, plainResults } from '../../report/scripts/plain-results.mjs';
import { findingsText } from '../src/terminal/findings.ts';
import { createLiveReporter } from '../src/terminal/live-reporter.ts';
import { styleFor } from '../src/terminal/style.ts';
import { verdictTable } from '../src/terminal/verdict-table.ts';

const plain = styleFor({ columns: 120 }, { NO_COLOR: '1' });
const requirements = ['latency.inference.p95 < 100 ms', 'latency.inference.p99 < 200 ms'].map((one) =>
  parseRequirement(one),
);

/** One thing passed; of the other the same check says why it has no figure. */
const check = plainCheck({
  measurements: [
    {
      metric: 'latency.inference.p95',
      value: 61,
      unit: 'ms',
      samples: 4000,
      interval: { low: 59, high: 64, confidence: 0.95, method: 'batch-exceedance' },
    },
  ],
  notMeasured: [{ metric: 'latency.inference.p99', reason: 'too few samples' }],
});
const judged = judgeRequirements(requirements, [check]);
const results: Results = plainResults({
  checks: [check],
  requirements: judged,
  verdict: overallVerdict(judged),
});

describe('what was not measured never shows as passed on a terminal', () => {
  it('in the table of verdicts and the line below it', () => {
    const lines = verdictTable(results, plain).split('\n');
    expect(lines.find((line) => line.includes('latency.inference.p99'))).toMatch(/^ {2}○ .*not measured/);
    expect(lines.find((line) => line.includes('1 passed'))).toMatch(/^ {2}NOT MEASURED {2}1 passed · 1 not measured/);
  });

  it('in words where the terminal has no signs', () => {
    const words = styleFor({ columns: 120 }, { NO_COLOR: '1', LANG: 'C' });
    const line = verdictTable(results, words)
      .split('\n')
      .find((one) => one.includes('latency.inference.p99'));
    expect(line).toMatch(/^ {2}not measured /);
  });

  it('in what an ad hoc command found', () => {
    expect(findingsText(results, plain)).toMatch(/latency\.inference\.p99 +○ not measured: too few samples/);
  });

  it('while the run goes on: a check is as good as the worst that was asked of it', () => {
    const said: string[] = [];
    const live = createLiveReporter({
      write: (text) => said.push(text),
      style: plain,
      nowMs: () => 0,
      requirements,
      redraw: false,
    });
    const ended = { type: 'check-ended', check: check.id, result: check } as unknown as RunEvent;
    live.onEvent(ended);
    expect(said.join('')).toMatch(/^ {2}○ latency\/inference +latency\.inference\.p99: too few samples/);
    expect(said.join('')).not.toContain('✓');
  });
});
