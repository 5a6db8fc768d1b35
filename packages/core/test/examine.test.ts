import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { coresFinding, examineMachine, memoryFinding, nodeFinding, noiseFinding } from '../src/examine/machine.ts';
import { examineTarget } from '../src/examine/target.ts';
import type { Environment, NoiseReading } from '../src/results.ts';

const signal = new AbortController().signal;

const machine = (change: Partial<Environment> = {}): Environment => ({
  cpu: 'a processor',
  cores: 8,
  memoryBytes: 64e9,
  os: 'Linux',
  node: '24.1.0',
  container: null,
  cgroup: { version: 2, memoryLimitBytes: null, cpuLimitCores: null },
  cpuGovernor: null,
  noise: {} as NoiseReading,
  ...change,
});
const cgroup = (limits: Partial<Environment['cgroup']>): Environment['cgroup'] => ({ ...machine().cgroup, ...limits });

describe('what a machine is fit for', () => {
  it('refuses a Node that is too old, and warns of one without security fixes', () => {
    expect(nodeFinding('18.20.8').state).toBe('broken');
    expect(nodeFinding('20.18.3').state).toBe('broken');
    expect(nodeFinding('20.19.0').state).toBe('limited');
    expect(nodeFinding('22.0.0').state).toBe('ok');
    expect(nodeFinding('26.1.0').state).toBe('ok');
  });
  it('takes the limit of the cgroup for what the machine has', () => {
    expect(coresFinding(machine({ cgroup: cgroup({ cpuLimitCores: 1 }) }))).toMatchObject({
      state: 'limited',
      found: '1 (a processor)',
    });
    expect(memoryFinding(machine({ cgroup: cgroup({ memoryLimitBytes: 8e9 }) }))).toMatchObject({
      state: 'limited',
      found: '8 GB, the limit of the cgroup',
    });
    expect(memoryFinding(machine()).state).toBe('ok');
  });
  it('says that a governor lowers the clock', () => {
    expect(coresFinding(machine({ cpuGovernor: 'powersave' })).state).toBe('limited');
    expect(coresFinding(machine({ cpuGovernor: 'performance' })).state).toBe('ok');
  });
  it('hands on why a noisy machine is one', () => {
    const noisy = { contaminated: true, reason: 'other processes took 40 %' } as NoiseReading;
    expect(noiseFinding(noisy)).toMatchObject({ state: 'limited', found: 'other processes took 40 %' });
    const quiet = { contaminated: false, reason: '', foreignCpuShare: 0.012 } as NoiseReading;
    expect(noiseFinding(quiet)).toMatchObject({ state: 'ok', found: 'others take 1.2 % of the machine' });
  });
  it('gives advice wherever something is not as it should be, and only there', async () => {
    for (const { state, advice } of await examineMachine({ clock: systemClock, signal, listenMs: 20 }))
      expect(advice === undefined).toBe(state === 'ok');
  });
});

describe('what a pipeline looks like before it runs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'preopen-examine-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const options = { clock: systemClock, signal, configDir: dir };
  const pipeline = async (command: readonly [string, ...string[]], cwd?: string) =>
    (
      await examineTarget({ name: 'mine', pipeline: { kind: 'command', command, ...(cwd ? { cwd } : {}) } }, options)
    )[0];

  it('is broken where its program is nowhere to be found', async () => {
    expect(await pipeline(['no-such-program', '{input}', '{output}'])).toMatchObject({
      subject: 'mine, pipeline',
      state: 'broken',
      found: 'the program “no-such-program” is not found',
    });
  });
  it('is found on the path and below its own folder, but not where a folder has its name', async () => {
    expect((await pipeline(['node', 'run.js', '{input}', '{output}']))?.state).toBe('ok');
    mkdirSync(join(dir, 'own'));
    writeFileSync(join(dir, 'own', 'run'), '#!/bin/sh\n', { mode: 0o755 });
    expect((await pipeline(['./run', '{input}', '{output}'], 'own'))?.state).toBe('ok');
    expect((await pipeline(['./own', '{input}', '{output}']))?.state).toBe('broken');
  });
  it('cannot do its work where the command names neither input nor output', async () => {
    expect(await pipeline(['node', 'run.js', '{input}'])).toMatchObject({
      state: 'limited',
      advice: expect.stringContaining('{output}'),
    });
  });
  it('is broken where its module is not there', async () => {
    const target = { name: 'mine', pipeline: { kind: 'module', module: './none.mjs' } } as const;
    expect((await examineTarget(target, options))[0]).toMatchObject({ state: 'broken' });
  });
});
