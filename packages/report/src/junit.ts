import type { Results } from '@preopen/core';
import { escapeXml } from './escape.ts';
import { formatMeasurement } from './format.ts';

interface Case {
  readonly xml: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
}

/**
 * The run as JUnit XML: one test case per requirement, one per check, and one for each metric that a check could not
 * measure and no requirement speaks of.
 * A failed requirement is a `failure`; an inconclusive or unmeasured one that is required is an `error`, so that no
 * reader of the file counts it as passed; one that is not required is `skipped`, and so are a check that measured
 * nothing and a metric without a value.
 */
export function renderJUnit(results: Results): string {
  const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3);
  const cases = results.requirements.map((requirement): Case => {
    const open = `    <testcase classname="${escapeXml(`preopen.${results.run.suite}.requirements`)}" name="${escapeXml(requirement.expression)}" time="0">`;
    const text = escapeXml(
      requirement.verdict === 'not-measured'
        ? requirement.reason
        : `${formatMeasurement(requirement.measured)}: ${requirement.reason}`,
    );
    if (requirement.verdict === 'pass')
      return { xml: `${open}<system-out>${text}</system-out></testcase>`, outcome: 'passed' };
    const outcome = !requirement.required ? 'skipped' : requirement.verdict === 'fail' ? 'failure' : 'error';
    const type = outcome === 'skipped' ? '' : ` type="${requirement.verdict}"`;
    return { xml: `${open}<${outcome} message="${text}"${type}/></testcase>`, outcome };
  });
  const asked = new Set(results.requirements.map(({ metric }) => metric));
  for (const check of results.checks) {
    const open = `    <testcase classname="${escapeXml(`preopen.${results.run.suite}.checks`)}" name="${escapeXml(check.id)}" time="${seconds(check.durationMs)}"`;
    const nothing = check.measurements.length === 0 ? check.notMeasured[0]?.reason : undefined;
    const text = escapeXml(check.reason ?? nothing ?? '');
    if (check.status === 'completed' && nothing === undefined) cases.push({ xml: `${open}/>`, outcome: 'passed' });
    else if (check.status === 'failed')
      cases.push({ xml: `${open}><error message="${text}" type="failed"/></testcase>`, outcome: 'error' });
    else cases.push({ xml: `${open}><skipped message="${text}"/></testcase>`, outcome: 'skipped' });
    for (const { metric, reason } of check.notMeasured.filter((one) => !asked.has(one.metric)))
      cases.push({
        xml: `    <testcase classname="${escapeXml(`preopen.${results.run.suite}.metrics`)}" name="${escapeXml(metric)}" time="0"><skipped message="${escapeXml(reason)}"/></testcase>`,
        outcome: 'skipped',
      });
  }
  const count = (outcome: string): number => cases.filter((one) => one.outcome === outcome).length;
  // The schema of Jenkins knows skipped cases of a suite alone.
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" time="${seconds(results.run.durationMs)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="preopen" ${counts}>`,
    `  <testsuite name="${escapeXml(`${results.run.suite} on ${results.target.name}`)}" timestamp="${escapeXml(results.run.startedAt.slice(0, 19))}" ${counts} skipped="${count('skipped')}">`,
    ...cases.map(({ xml }) => xml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
