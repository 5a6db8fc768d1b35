import { describe, expect, it } from 'vitest';
import { builtinChecks } from '../src/checks.ts';
import { explainCommand } from '../src/commands/explain.ts';
import { explanationOf, metricExplanations } from '../src/explanations/metrics.ts';
import { builtinSuites } from '../src/suites.ts';

function explain(name: string, json = false): string {
  const parts: string[] = [];
  const out = { write: (part: string) => parts.push(part), columns: 80 };
  expect(explainCommand(name, json, { out, err: out, env: {} })).toBe(0);
  return parts.join('');
}

const metrics = [...new Set(builtinChecks().flatMap((check) => check.metrics))];

describe('preopen explain', () => {
  it('has an explanation for every metric of every check', () => {
    expect(metrics.filter((metric) => !explanationOf(metric))).toEqual([]);
  });
  it('says of each metric what it is, how it is measured and what to do', () => {
    for (const metric of metrics) {
      const text = explain(metric);
      for (const heading of ['What it is', 'How it is measured', 'When it fails', 'Measured by'])
        expect(text, metric).toContain(heading);
    }
  });
  it('keeps no explanation of a metric that nothing measures, but for the families of ad hoc commands', () => {
    const used = new Set(metrics.map(explanationOf));
    const adHoc = ['latency.response.*', 'throughput.*', 'load.*', 'memory.profile.*'];
    const families = ['memory.*', 'ic.*', 'pit.*', 'pipeline.*', 'taiwan.*', 'recovery.*'];
    const unused = metricExplanations.filter((one) => !used.has(one)).map(({ metric }) => metric);
    expect(unused.filter((metric) => ![...adHoc, ...families].includes(metric))).toEqual([]);
  });
  it('explains checks and suites too, with a command to try', () => {
    for (const { id } of builtinChecks()) expect(explain(id)).toContain(`--only ${id}`);
    for (const { name } of builtinSuites) expect(explain(name)).toContain(`preopen run --suite ${name}`);
  });
  it('explains the conditions of certificates, with what can honestly be done', () => {
    expect(explain('attempts-abandoned')).toContain('move the old one away rather than delete it');
    expect(explain('seed-given')).toContain('--accept-condition seed-given');
    expect(() => explain('attempts-abandonned')).toThrow('Did you mean attempts-abandoned?');
  });
  it('explains faults, with their command', () => {
    expect(explain('pause')).toContain('preopen failover --fault pause');
  });
  it('stays within the width of the terminal', () => {
    for (const metric of metrics) {
      const prose = explain(metric).split('  Required')[0]!;
      for (const line of prose.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });
  it('gives the same as JSON', () => {
    expect(JSON.parse(explain('ic.mean', true))).toMatchObject({ name: 'ic.mean', kind: 'metric' });
  });
  it('offers the right name for a wrong one', () => {
    expect(() => explain('latency.inference.p59')).toThrow('Did you mean latency.inference.p95?');
    expect(() => explain('memory/leek')).toThrow('Did you mean memory/leak?');
  });
});
