import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CheckContext, createRandom, openPipeline, systemClock } from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { pipelineKill } from '../src/pipeline-kill.ts';

const folder = mkdtempSync(join(tmpdir(), 'failover-pipeline-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function found(how: string): Promise<{ values: Record<string, number>; notes: readonly string[] }> {
  const script = fileURLToPath(new URL('support/pipeline.mjs', import.meta.url));
  const workDir = mkdtempSync(join(folder, 'run-'));
  const pipeline = openPipeline(
    { kind: 'command', command: [process.execPath, script, how, '{output}'] },
    { name: how, clock: systemClock, workDir, configDir: folder },
  );
  const context: Partial<CheckContext> = {
    signal: new AbortController().signal,
    clock: systemClock,
    seed: 1,
    random: (purpose) => createRandom(1, purpose),
    workDir,
    emit: () => undefined,
    pipeline,
    dataset: { dir: folder } as NonNullable<CheckContext['dataset']>,
  };
  // One in each quarter of the time that a whole run took: the two in the middle meet it at work, even if a run starts sooner or
  // later than that one did.
  const { measurements, notes } = await pipelineKill({ kills: 4 }).run(context as CheckContext);
  return { values: Object.fromEntries(measurements.map(({ metric, value }) => [metric.split('.')[2], value])), notes };
}

describe('a pipeline that is killed and run again', () => {
  it('has nothing against one that writes to another name and renames', async () => {
    expect((await found('well')).values).toMatchObject({ tornOutputs: 0, failedResumes: 0, differentResults: 0 });
  });
  it('finds a file that is cut off under its final name', async () => {
    const { values, notes } = await found('tears');
    expect(values.tornOutputs).toBeGreaterThan(0);
    expect(notes.join(' ')).toContain('write to another name and rename');
  });
  it('finds one that a kill leaves locked', async () => {
    const { values, notes } = await found('locks');
    expect(values.failedResumes).toBeGreaterThan(0);
    expect(notes.join(' ')).toContain('locked by another run');
  });
  it('finds one that goes on from the wrong place', async () => {
    expect((await found('forgets-where')).values.differentResults).toBeGreaterThan(0);
  });
});
