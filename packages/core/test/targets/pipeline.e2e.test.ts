import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PipelineConfig, PipelineRun, PipelineTarget, TargetProcess } from '../../src/target.ts';
import { openPipeline } from '../../src/targets/pipeline.ts';
import { aWorkDir, eventually, isRunning, printedPids, startOptions } from './support/processes.ts';

const node = (source: string, ...args: string[]): Extract<PipelineConfig, { kind: 'command' }> => ({
  kind: 'command',
  command: [process.execPath, '-e', source, ...args],
});
type Request = Parameters<PipelineTarget['run']>[0];
const run = (config: PipelineConfig, changes: Partial<Request> = {}): Promise<PipelineRun> =>
  openPipeline(config, { ...startOptions(), name: 'mine' }).run({
    inputDir: aWorkDir(),
    outputDir: join(aWorkDir(), 'not', 'there', 'yet'),
    signal: new AbortController().signal,
    ...changes,
  });

describe('a pipeline run', () => {
  it('gets absolute folders in place of {input} and {output}, the latter made for it', async () => {
    const script = 'require("fs").writeFileSync(process.argv[2] + "/predictions.csv", process.argv[1])';
    const inputDir = aWorkDir();
    const { exit, outputDir } = await run(node(script, '{input}', '{output}'), { inputDir });
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(readFileSync(join(outputDir, 'predictions.csv'), 'utf8')).toBe(inputDir);
  });

  it('is timed by the stages that it announces; other lines and broken JSON go to the log alone', async () => {
    const lines = [
      '{"stage":"features","event":"start"}',
      'loading …',
      '{"stage":"features","event":"end","rows":7}',
      '{"stage":"training","ev',
      '{"stage":"training","event":"start"}',
    ];
    const events: string[] = [];
    const finished = await run(node(`console.log(${JSON.stringify(lines.join('\n'))})`), {
      onStage: ({ stage, event }) => events.push(`${stage} ${event}`),
    });
    expect(events).toEqual(['features start', 'features end', 'training start']);
    expect(finished.stages).toMatchObject([
      { stage: 'features', rows: 7 },
      { stage: 'training', endMs: undefined },
    ]);
    const [features] = finished.stages;
    expect(finished.startMs).toBeLessThanOrEqual(features!.startMs);
    expect(features!.startMs).toBeLessThanOrEqual(features!.endMs!);
    expect(readFileSync(finished.logPath, 'utf8')).toBe(`${lines.join('\n')}\n`);
  });

  it('gets what a check adds to its environment, which may build on what is there', async () => {
    const config: PipelineConfig = {
      kind: 'command',
      command: node('console.log(process.env.A)').command,
      env: { A: 'own' },
    };
    const { lastWords } = await run(config, { environment: (before) => ({ A: `${before.A} and more` }) });
    expect(lastWords).toEqual(['own and more']);
  });

  it('resolves however it ends, with its last words', async () => {
    const failed = await run(node('console.error("no prices for 2330"); process.exit(2)'));
    expect(failed.exit).toMatchObject({ code: 2 });
    expect(failed.lastWords).toEqual(['no prices for 2330']);
  });

  it('that is killed from outside says so', async () => {
    const killed = await run(node('setInterval(() => {}, 1000)'), {
      onStart: (started) => started.kill('SIGKILL'),
    });
    expect(killed.exit).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('ends as a whole when it is cut off, children included', async () => {
    const controller = new AbortController();
    let started: TargetProcess | undefined;
    const pending = run(
      { kind: 'command', command: [process.execPath, 'process-tree.mjs'] },
      {
        signal: controller.signal,
        onStart: (process) => {
          started = process;
        },
      },
    );
    await eventually('the tree is there', () => printedPids(started?.lastWords() ?? []).length === 4);
    const pids = printedPids(started!.lastWords());
    controller.abort();
    expect((await pending).exit).toMatchObject({ signal: 'SIGTERM' });
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('leaves no helper running when it has ended by itself', async () => {
    const script =
      'const c = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], ' +
      '{ detached: true, stdio: "inherit" }); console.log("pids " + c.pid); c.unref()';
    const finished = await run(node(script));
    const [helper] = printedPids(finished.lastWords);
    expect(finished.exit).toMatchObject({ code: 0 });
    expect(isRunning(helper!)).toBe(false);
  });

  it('that cannot be started rejects with the reason, and so does one cut off before its start', async () => {
    await expect(run({ kind: 'command', command: ['no-such-program'] })).rejects.toThrow('was not found');
    await expect(run(node(''), { signal: AbortSignal.abort(new Error('Ctrl-C')) })).rejects.toThrow('Ctrl-C');
  });
});

describe('a pipeline module', () => {
  const config: PipelineConfig = { kind: 'module', module: './pipeline.mjs' };

  it('runs in a process of its own, with its stages', async () => {
    const finished = await run(config, { onStart: (started) => expect(started.pid).not.toBe(process.pid) });
    expect(finished.exit).toMatchObject({ code: 0 });
    expect(finished.stages).toMatchObject([{ stage: 'features', rows: 12 }, { stage: 'prediction' }]);
    expect(existsSync(join(finished.outputDir, 'predictions.csv'))).toBe(true);
  });

  it('hears of being cut off by its signal', async () => {
    const controller = new AbortController();
    const finished = await run(config, {
      inputDir: join(aWorkDir(), 'wait'),
      signal: controller.signal,
      onStage: ({ stage }) => {
        if (stage === 'training') controller.abort();
      },
    });
    expect(finished.exit).toMatchObject({ code: 1, signal: null });
    expect(finished.lastWords.join('\n')).toContain('ended by SIGTERM');
    expect(finished.stages).toMatchObject([{ stage: 'features' }, { stage: 'training', endMs: undefined }]);
  });
});
