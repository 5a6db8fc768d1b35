import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckContext, createRandom, type RunningService, startService, systemClock } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failoverCheck } from '../src/checks.ts';
import { defineExperiment } from '../src/experiment.ts';
import type { Fault } from '../src/fault.ts';
import { exhaustDescriptors, stopWrites } from '../src/limit-faults.ts';
import { killProcess, pauseProcess } from '../src/process-faults.ts';

const folder = mkdtempSync(join(tmpdir(), 'failover-'));
const { signal } = new AbortController();
let service: RunningService;
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

beforeAll(() => {
  writeFileSync(
    join(folder, 'model.mjs'),
    'export default { features: 4, predict: (values, rows) => new Float64Array(rows) };',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const contextOf = (running: RunningService): CheckContext => ({
  signal,
  clock: systemClock,
  seed: 1,
  random: (purpose) => createRandom(1, purpose),
  scale: { stocks: 10, days: 10, users: 1 },
  budgetMs: 60_000,
  workDir: folder,
  keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
  emit: () => undefined,
  service: running,
  undecided: () => false,
  shared: (_key, make) => make(),
});

async function measure(fault: Fault, beforeStop?: () => void): Promise<Map<string, number>> {
  service = await startService(
    { kind: 'module', name: 'calm', module: './model.mjs', model: 'calm' },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
  const experiment = defineExperiment({ fault, steadyState: { tolerance, baselineMs: 2000 } });
  try {
    const outcome = await failoverCheck(experiment, { id: 'test/fault', title: '' }).run(contextOf(service));
    // What the service does not tell is named; the times themselves are always there.
    const missing = (outcome.notMeasured ?? []).map(({ metric }) => metric.split('.')[2]);
    for (const figure of missing)
      expect([
        'timeToDetect',
        'retryAmplification',
        'lostAfterAnswer',
        'duplicatedRequests',
        'unexplainedRequests',
        // A machine that other work keeps from being calm makes no control.
        'machinePauses',
      ]).toContain(figure);
    expect(outcome.notes.join('\n')).toContain('A second instance without the fault ran beside it as a control');
    return new Map(outcome.measurements.map(({ metric, value }) => [metric, value]));
  } finally {
    beforeStop?.();
    await service.stop();
  }
}

// A machine whose other work is as big as the jitter of the service has no steady state to compare with: tolerances are
// wide here, the truth of the outage is what is tested.
const tolerance = { p50Ratio: 3, p95Ratio: 3, absoluteMs: 30, errorShare: 0.01, windowMs: 500, holdMs: 2000 };

describe('faults on a real service', () => {
  it('a pause of half a second is reported as an outage of half a second', async () => {
    const found = await measure(pauseProcess(500));
    // The probes come every 5 ms; the rest is the scheduling of a busy machine.
    expect(found.get('recovery.pause.outage')).toBeGreaterThan(0.48);
    expect(found.get('recovery.pause.outage')).toBeLessThan(0.65);
    expect(found.get('recovery.pause.failedRequests')).toBe(0);
    expect(found.get('recovery.pause.timeToSteadyState')).toBeLessThan(3);
  });

  it('a killed service is started again, and every request of its absence is counted as failed', async () => {
    const found = await measure(killProcess());
    const outageS = found.get('recovery.kill.outage')!;
    expect(outageS).toBeGreaterThan(0.03);
    expect(outageS).toBeLessThan(10);
    // 200 requests a second were due meanwhile.
    expect(found.get('recovery.kill.failedRequests')).toBeGreaterThan(outageS * 100);
    expect(found.get('recovery.kill.timeToFirstSuccess')).toBeLessThanOrEqual(outageS + 0.1);
    expect(found.get('recovery.kill.wrongAnswers')).toBe(0);
    // The health address could not be reached meanwhile.
    expect(found.get('recovery.kill.timeToDetect')).toBeLessThan(outageS + 0.2);
  });

  it.runIf(hasPrlimit)('limits of a running process are lowered, and are as before afterwards', async () => {
    for (const [fault, line] of [
      [exhaustDescriptors(300), 'Max open files'],
      [stopWrites(300), 'Max file size'],
    ] as const) {
      const seen: string[] = [];
      const limits = (): string =>
        readFileSync(`/proc/${service.process!.pid}/limits`, 'utf8')
          .split('\n')
          .find((text) => text.startsWith(line))!;
      const watched: Fault = {
        ...fault,
        async inject(site) {
          seen.push(limits());
          const undo = await fault.inject(site);
          seen.push(limits());
          return undo;
        },
      };
      await measure(watched, () => seen.push(limits()));
      expect(seen[1]).not.toBe(seen[0]);
      expect(seen[2]).toBe(seen[0]);
    }
  });
});
