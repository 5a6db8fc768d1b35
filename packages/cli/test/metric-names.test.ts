import { parseRequirement } from '@preopen/core';
import { renderSummary } from '@preopen/report';
import { describe, expect, it } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainResults } from '../../report/scripts/plain-results.mjs';
import { builtinChecks } from '../src/checks.ts';

/** Families of which a check says only at its end what it measured have names of their own kind. */
const metrics = [...new Set(builtinChecks().flatMap((check) => check.metrics))].filter((id) => !id.includes('*'));

/** What the table of a summary calls a metric. */
function nameOf(metric: string, language: 'en' | 'zh-TW'): string {
  const requirement = parseRequirement(`${metric} <= 0`);
  const results = plainResults({
    requirements: [{ ...requirement, verdict: 'not-measured', reason: 'for no reason' }],
  });
  const row = renderSummary(results, language)
    .split('\n')
    .find((line) => line.startsWith('| ⬜'));
  return row?.split(' | ')[1] ?? '';
}

describe('every metric of every check', () => {
  it('has a name in English', () => {
    expect(metrics.filter((metric) => nameOf(metric, 'en') === metric.replaceAll('_', '\\_'))).toEqual([]);
  });
  it('has a name in Chinese', () => {
    expect(metrics.filter((metric) => !/\p{Script=Han}/u.test(nameOf(metric, 'zh-TW')))).toEqual([]);
  });
  it('has a name of its own', () => {
    for (const language of ['en', 'zh-TW'] as const) {
      const names = metrics.map((metric) => nameOf(metric, language));
      const twice = names.filter((name, k) => names.indexOf(name) !== k);
      expect(twice).toEqual([]);
    }
  });
});
