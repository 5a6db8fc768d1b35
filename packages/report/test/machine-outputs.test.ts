import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { csvDescription, renderCsv } from '../src/csv.ts';
import { renderGithubAnnotations } from '../src/github.ts';
import { renderJUnit } from '../src/junit.ts';
import { renderOpenMetrics } from '../src/open-metrics.ts';
import { aHostileRun, aRun, hostile } from './support/runs.ts';

/** What a Python program, given a text on standard input, prints as JSON. */
function python(program: string, input: string): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
const has = (module: string): boolean => spawnSync('python3', ['-c', `import ${module}`]).status === 0;
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)('JUnit XML, read by Python’s parser', () => {
  // The rules of the Jenkins and GitLab readers: nesting, required attributes, counts that add up.
  const program = `
import sys, json, xml.etree.ElementTree as E
root = E.fromstring(sys.stdin.buffer.read())
assert root.tag == 'testsuites'
outcomes = {}
for suite in root:
    assert suite.tag == 'testsuite' and suite.get('name') is not None
    cases = list(suite)
    assert all(c.tag == 'testcase' and c.get('name') and c.get('classname') and float(c.get('time')) >= 0 for c in cases)
    count = lambda tag: sum(1 for c in cases if c.find(tag) is not None)
    assert int(suite.get('tests')) == len(cases)
    for attribute, tag in (('failures', 'failure'), ('errors', 'error'), ('skipped', 'skipped')):
        assert int(suite.get(attribute)) == count(tag), attribute
    for c in cases:
        assert [e.tag for e in c] in ([], ['failure'], ['error'], ['skipped'], ['system-out'])
        outcomes[c.get('name')] = next((e.tag for e in c if e.tag != 'system-out'), 'passed')
print(json.dumps(outcomes))`;

  it('holds each outcome, and what was not measured or undecided is an error', () => {
    expect(python(program, renderJUnit(aRun()))).toEqual({
      'latency.inference.p95 < 100 ms': 'passed',
      'throughput.predictions > 1500 /s': 'failure',
      'ic.mean > 0.05': 'error',
      'memory.pipeline.peakRss < 16 GB': 'error',
      'latency/inference': 'passed',
      'load/throughput': 'passed',
      'signal/ic': 'passed',
      'memory/pipeline': 'error',
      'failover/kill': 'skipped',
      'latency.inference.p99': 'skipped',
    });
  });
  it('stays well formed with hostile text', () => {
    expect(() => python(program, renderJUnit(aHostileRun()))).not.toThrow();
  });
});

describe.skipIf(!hasPython)('CSV, read by Python', () => {
  const rows = (text: string) =>
    python(
      'import sys, csv, json, io; print(json.dumps(list(csv.DictReader(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")))))',
      text,
    ) as Record<string, string>[];

  it('gives the measurements back, and a requirement without one has no value and is not passed', () => {
    const table = rows(renderCsv(aRun()));
    expect(table.find(({ metric }) => metric === 'latency.inference.p95')).toMatchObject({
      value: '61',
      unit: 'ms',
      low: '59',
      high: '64',
      confidence: '0.95',
      samples: '4000',
      verdict: 'pass',
      check: 'latency/inference',
    });
    expect(table.find(({ metric }) => metric === 'memory.pipeline.peakRss')).toMatchObject({
      value: '',
      low: '',
      verdict: 'not-measured',
      requirement: 'memory.pipeline.peakRss < 16 GB',
    });
    expect(table.filter(({ verdict }) => verdict === 'pass')).toHaveLength(1);
  });
  it('keeps hostile text in its cell, and no cell is a formula', () => {
    const table = rows(renderCsv({ ...aHostileRun(), target: { ...aHostileRun().target, name: '=cmd|"x"!A1,\n' } }));
    expect(table.every(({ target }) => target === '\'=cmd|"x"!A1,\n')).toBe(true);
    expect(table.some(({ reason }) => reason === hostile)).toBe(true);
  });
  it('has a description with the same columns', () => {
    const { resources } = JSON.parse(csvDescription(aRun())) as {
      resources: { schema: { fields: { name: string }[] } }[];
    };
    expect(Object.keys(rows(renderCsv(aRun()))[0]!)).toEqual(resources[0]!.schema.fields.map(({ name }) => name));
  });
});

describe('OpenMetrics text', () => {
  const text = renderOpenMetrics(aRun());
  it('tells time in seconds, verdicts as state sets, and ends as it must', () => {
    expect(text).toContain(
      'preopen_latency_inference_p95_seconds{target="mine",suite="quick",check="latency/inference"} 0.061\n',
    );
    expect(text).toContain(
      '# TYPE preopen_latency_inference_p95_low_seconds gauge\n# UNIT preopen_latency_inference_p95_low_seconds seconds\n',
    );
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });
  it('gives what was not measured no figure and not the state of a pass', () => {
    expect(text).not.toContain('preopen_memory_pipeline_peakRss');
    const states = text.split('\n').filter((line) => line.includes('requirement="memory.pipeline.peakRss"'));
    expect(states).toHaveLength(4);
    expect(states.filter((line) => line.endsWith(' 1'))).toEqual([
      expect.stringContaining('preopen_requirement_verdict="not-measured"'),
    ]);
  });
  it.skipIf(!has('prometheus_client'))(
    'is read by Prometheus’s own parser (needs the Python package prometheus_client)',
    () => {
      const program = `
import sys, json
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
print(json.dumps({s.name + str(sorted(s.labels.items())): s.value for f in parse(sys.stdin.buffer.read().decode()) for s in f.samples}))`;
      const samples = python(program, text) as Record<string, number>;
      expect(Object.values(samples)).toContain(0.061);
      expect(() => python(program, renderOpenMetrics(aHostileRun()))).not.toThrow();
    },
  );
});

describe('GitHub annotations', () => {
  it('are an error for each required requirement that did not pass, for whatever reason', () => {
    const lines = renderGithubAnnotations(aRun()).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('::error '))).toEqual([
      expect.stringContaining('title=failed%3A throughput.predictions'),
      expect.stringContaining('title=undecided%3A ic.mean'),
      expect.stringContaining('title=not measured%3A memory.pipeline.peakRss'),
    ]);
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(1);
  });
  it('are one line each whatever the text, escaped as GitHub asks', () => {
    const reason = 'a%\r\nb::error::c,d';
    const requirements = aRun().requirements.map(
      (one) => ({ ...one, verdict: 'not-measured', expression: 'x,y: z', reason }) as never,
    );
    const lines = renderGithubAnnotations(aRun({ requirements, checks: [] }))
      .trimEnd()
      .split('\n');
    expect(lines).toEqual(
      Array.from({ length: 4 }, () => '::error title=not measured%3A x%2Cy%3A z::a%25%0D%0Ab::error::c,d'),
    );
  });
  it('are ten at most, the last of which tells how many there are more', () => {
    const one = aRun().requirements.find(({ verdict }) => verdict === 'not-measured')!;
    const lines = renderGithubAnnotations(aRun({ requirements: Array.from({ length: 14 }, () => one), checks: [] }))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toContain('5 more of this kind');
  });
});
