import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderJUnit } from '../src/junit.ts';
import { renderSummary } from '../src/summary.ts';
import { writeStepSummary } from '../src/write-reports.ts';
import { aHostileRun, anUnmeasuredRun, aRun } from './support/runs.ts';

describe('renderJUnit', () => {
  it('shows what was not measured as an error, never as a passed or skipped case', () => {
    const xml = renderJUnit(anUnmeasuredRun());
    expect(xml).toMatch(
      /name="memory\.pipeline\.peakRss &lt; 16 GB" time="0"><error message="[^"]*the pipeline ended with code 1" type="not-measured"\/>/,
    );
  });
  it('tells failure from error, and its counts agree with its cases', () => {
    const xml = renderJUnit(aRun());
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml.match(/<error /g)).toHaveLength(3); // inconclusive, not measured, and the check that failed
    expect(xml.match(/<skipped /g)).toHaveLength(2); // the check that did not run, and the metric without a value
    expect(xml).toContain('<testsuites name="preopen" tests="10" failures="1" errors="3" time=');
    expect(xml).toMatch(/<testsuite [^>]*tests="10" failures="1" errors="3" time="[\d.]+" skipped="2">/);
    expect(xml.match(/<testcase /g)).toHaveLength(10);
  });
  it('drops control characters and escapes all else', () => {
    const xml = renderJUnit(aHostileRun());
    expect(xml).not.toContain('<script>');
    expect(xml).not.toContain('\u0007');
  });
});

describe('writeStepSummary', () => {
  it('adds the summary behind what other steps wrote', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'step-'));
    const path = join(dir, 'step.md');
    writeFileSync(path, 'of another step\n');
    await writeStepSummary(path, aRun());
    await writeStepSummary(path, anUnmeasuredRun(), 'zh-TW');
    expect(readFileSync(path, 'utf8')).toBe(
      `of another step\n${renderSummary(aRun())}\n${renderSummary(anUnmeasuredRun(), 'zh-TW')}\n`,
    );
    rmSync(dir, { recursive: true });
  });
});
