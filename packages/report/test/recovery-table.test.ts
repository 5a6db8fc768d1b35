import { type CheckResult, judgeRequirements, overallVerdict, parseRequirement } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { recoveriesOf } from '../src/page/recovery-table.ts';
import { renderReport } from '../src/page.ts';
import { aCheck, aRun, hostile } from './support/runs.ts';

const seconds = Array.from({ length: 40 }, (_, k) => (k - 10) / 10);

/** A check of one fault: nothing is answered for a while, some fail, then all is as before. */
const aFault = (fault: string, steadyS: number): CheckResult =>
  aCheck({
    id: `failover/${fault}`,
    title: `Recovery after ${fault}`,
    measurements: [
      { metric: `recovery.${fault}.timeToSteadyState`, value: steadyS, unit: 's', samples: 1 },
      { metric: `recovery.${fault}.failedRequests`, value: 12, unit: 'count', samples: 400 },
      { metric: `recovery.${fault}.lostRequests`, value: 3, unit: 'count', samples: 400 },
    ],
    series: [
      {
        id: `recovery.${fault}`,
        title: `Requests around the fault “${fault}”`,
        columns: [
          { name: 'since fault', unit: 's', values: seconds },
          { name: 'answered', unit: 'count', values: seconds.map((s) => (s >= 0 && s < 1 ? 0 : 20)) },
          { name: 'failed', unit: 'count', values: seconds.map((s) => (s >= 0 && s < 1.5 ? 20 : 0)) },
          { name: 'slowest response', unit: 'ms', values: seconds.map(() => 4) },
        ],
      },
    ],
  });

const faults = Array.from({ length: 20 }, (_, k) => `fault-${k}`);
const checks: CheckResult[] = [
  ...faults.map((fault, k) => aFault(fault, k + 1)),
  aCheck({
    id: 'failover/disk-full',
    title: 'Recovery from a full disk',
    notMeasured: [{ metric: 'recovery.disk-full.timeToSteadyState', reason: `needs a small disk ${hostile}` }],
  }),
];
const requirements = judgeRequirements(
  [...faults, 'disk-full'].map((fault) => parseRequirement(`recovery.${fault}.timeToSteadyState <= 15 s`)),
  checks,
  new Map(checks.map(({ id }) => [id, [`recovery.${id.slice('failover/'.length)}.timeToSteadyState`]])),
);
const run = aRun({ checks, requirements, verdict: overallVerdict(requirements) });

describe('the table of recoveries', () => {
  const page = renderReport(run);
  const section = /<section id="recovery"[\s\S]*?<\/section>/.exec(page)![0];
  const table = /<table[\s\S]*?<\/table>/.exec(section)![0];

  it('has a row for each fault, what fails first, then what was not measured, then the slowest', () => {
    expect(recoveriesOf(run).map(({ fault }) => fault)).toEqual([
      ...[19, 18, 17, 16, 15].map((k) => `fault-${k}`),
      'disk-full',
      ...Array.from({ length: 15 }, (_, k) => `fault-${14 - k}`),
    ]);
    expect(table.match(/<tr role="row"/g)).toHaveLength(1 + 21);
  });
  it('shows the requests of each on one axis: answered, none answered, some failed', () => {
    expect(table.match(/<svg class="strip"/g)).toHaveLength(20);
    const strip = /<svg class="strip"[\s\S]*?<\/svg>/.exec(table)![0];
    expect(strip.match(/class="(good|both|bad)"/g)).toEqual([
      'class="good"',
      'class="bad"',
      'class="both"',
      'class="good"',
    ]);
  });
  it('says why a fault was not measured, and shows no figure for it', () => {
    const row = table.split('<tr role="row"').find((one) => one.includes('Disk full'))!;
    expect(row).toContain('not measured');
    expect(row).toContain('needs a small disk');
    expect(row).not.toContain(hostile);
    expect(row.match(/>–</g)).toHaveLength(3);
  });
  it('gives the figures of a fault that has no timeline', () => {
    const torn = { metric: 'recovery.pipeline-kill.tornOutputs', value: 2, unit: 'count', samples: 3 } as const;
    const kill = aCheck({ id: 'failover/pipeline-kill', title: 'Killed', measurements: [torn] });
    const killed = renderReport(aRun({ checks: [...checks, kill], requirements, verdict: 'fail' }));
    const row = killed.split('<tr role="row"').find((one) => one.includes('torn outputs 2'));
    expect(row).toContain('class="soft"');
  });
  it('has columns for what was measured and no others', () => {
    expect(table).toContain('lost requests');
    expect(table).not.toContain('wrong answers');
  });
  it('counts the failures of a fault as its check did, and not those just before it', () => {
    // The timeline has 300 failures from the fault on; the check counted 12 of its own.
    const figure = section.split('<figure').find((one) => one.includes('Requests around the fault “fault-3”'))!;
    expect(figure).toContain('From the fault on 12 requests failed and 400 were answered; the slowest took 4 ms.');
  });
  it('says in a sentence how many were measured, and which is the slowest', () => {
    expect(section).toContain(
      '20 of 21 faults were measured; the slowest to be steady again is “Fault 19”, after 20 s.',
    );
  });
});
