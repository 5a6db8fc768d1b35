import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome, MetricId, PipelineRun } from '@preopen/core';
import { identify, send } from './processes.ts';

const metrics = {
  torn: 'recovery.pipeline-kill.tornOutputs',
  failed: 'recovery.pipeline-kill.failedResumes',
  different: 'recovery.pipeline-kill.differentResults',
  share: 'recovery.pipeline-kill.resumeTime',
} as const satisfies Readonly<Record<string, MetricId>>;

/** The file of predictions that a pipeline leaves, under the names that it may have. */
function predictionsIn(outputDir: string): Buffer | undefined {
  const path = ['predictions.parquet', 'predictions.csv'].map((name) => join(outputDir, name)).find(existsSync);
  return path === undefined ? undefined : readFileSync(path);
}

/** What became of one pipeline that was killed and started again. */
interface Trial {
  /** Share of the uninterrupted time at which it was killed. */
  readonly at: number;
  readonly stage: string | undefined;
  readonly wasKilled: boolean;
  readonly isTorn: boolean;
  readonly resume: 'same' | 'different' | 'failed';
  readonly resumeMs: number;
  readonly lastWords: readonly string[];
}

/** Moments that are tried for one kill. */
const mostTries = 3;

const durationMs = ({ startMs, endMs }: PipelineRun): number => endMs - startMs;

/** Runs the pipeline, kills all of it (SIGKILL) some time after its start, looks at what is there, and runs it again. */
async function killAndResume(
  context: CheckContext,
  trial: { readonly outputDir: string; readonly at: number; readonly wholeMs: number; readonly whole: Buffer },
): Promise<Trial> {
  const { outputDir, at, wholeMs, whole } = trial;
  const { signal } = context;
  const inputDir = context.dataset!.dir;
  let timer: NodeJS.Timeout | undefined;
  let stage: string | undefined;
  const killed = await context
    .pipeline!.run({
      inputDir,
      outputDir,
      signal,
      onStage: ({ stage: name, event }) => {
        stage = event === 'start' ? name : `after ${name}`;
      },
      onStart: (process) => {
        timer = setTimeout(() => {
          for (const pid of process.pids()) {
            const found = identify(pid);
            if (found) send(found, 'SIGKILL');
          }
        }, at * wholeMs);
      },
    })
    .finally(() => clearTimeout(timer));
  signal.throwIfAborted();
  const wasKilled = killed.exit.signal === 'SIGKILL';
  if (!wasKilled) return { at, stage, wasKilled, isTorn: false, resume: 'same', resumeMs: 0, lastWords: [] };
  const left = predictionsIn(outputDir);
  const again = await context.pipeline!.run({ inputDir, outputDir, signal });
  signal.throwIfAborted();
  const result = again.exit.code === 0 ? predictionsIn(outputDir) : undefined;
  return {
    at,
    stage,
    wasKilled,
    isTorn: left !== undefined && !left.equals(whole),
    resume: result === undefined ? 'failed' : result.equals(whole) ? 'same' : 'different',
    resumeMs: durationMs(again),
    lastWords: again.lastWords,
  };
}

/** The line in which a program says what is wrong, rather than where it was called from. */
const complaintIn = (lastWords: readonly string[]): string =>
  lastWords.find((line) => /error|exception/i.test(line)) ?? lastWords.at(-1) ?? 'it said nothing';

const moment = ({ at, stage }: Trial): string => `at ${Math.round(at * 100)} % of its time (${stage ?? 'its start'})`;

/** More kills than this are counted by stage instead of listed. */
const mostListed = 8;

function whereKilled(killed: readonly Trial[]): string {
  if (killed.length <= mostListed) return `killed ${killed.map(moment).join(', ')}`;
  const times = new Map<string, number>();
  for (const { stage = 'its start' } of killed) times.set(stage, (times.get(stage) ?? 0) + 1);
  const by = [...times].sort(([, a], [, b]) => b - a).map(([stage, count]) => `${count} in ${stage}`);
  return `killed ${killed.length} times: ${by.join(', ')}`.replaceAll('in after', 'after');
}

const notMeasured = (reason: string): CheckOutcome => ({
  measurements: [],
  notMeasured: Object.values(metrics).map((metric) => ({ metric, reason })),
  series: [],
  evidence: [],
  notes: [reason],
});

function outcomeOf(trials: readonly Trial[], wholeMs: number): CheckOutcome {
  const killed = trials.filter(({ wasKilled }) => wasKilled);
  if (killed.length === 0) return notMeasured('the pipeline was through each time before it could be killed');
  const count = (holds: (trial: Trial) => boolean): number => killed.filter(holds).length;
  const resumes = killed.filter(({ resume }) => resume !== 'failed').map(({ resumeMs }) => resumeMs / wholeMs);
  const share = resumes.reduce((sum, value) => sum + value, 0) / Math.max(1, resumes.length);
  const samples = killed.length;
  const counted = (metric: MetricId, value: number, how: string) =>
    ({ metric, value, unit: 'count', samples, how }) as const;
  return {
    measurements: [
      counted(
        metrics.torn,
        count(({ isTorn }) => isTorn),
        'kills after which the file of predictions was there and not whole',
      ),
      counted(
        metrics.failed,
        count(({ resume }) => resume === 'failed'),
        'runs after a kill that did not end well',
      ),
      counted(
        metrics.different,
        count(({ resume }) => resume === 'different'),
        'runs after a kill whose predictions are not, byte for byte, those of the uninterrupted run',
      ),
      ...(resumes.length === 0
        ? []
        : [
            {
              metric: metrics.share,
              value: share,
              unit: 'ratio' as const,
              samples: resumes.length,
              how: 'time of the run after a kill against that of an uninterrupted run: below 1 where work is kept',
            },
          ]),
    ],
    notMeasured: resumes.length === 0 ? [{ metric: metrics.share, reason: 'no run after a kill ended well' }] : [],
    series: [],
    evidence: [],
    notes: [
      whereKilled(killed),
      ...killed
        .filter(({ isTorn }) => isTorn)
        .map(
          (trial) =>
            `Killed ${moment(trial)}, it left a file of predictions that is not whole under its final name: write to another name and rename.`,
        ),
      ...killed
        .filter(({ resume }) => resume === 'different')
        .map((trial) => `Killed ${moment(trial)} and started again, it gave other predictions than without the kill.`),
      ...killed
        .filter(({ resume }) => resume === 'failed')
        .map((trial) => `Killed ${moment(trial)}, it could not be run again: ${complaintIn(trial.lastWords)}`),
    ],
  };
}

/**
 * Kills the pipeline at random moments and runs it again on the same folders: no file of predictions that is cut off may stand
 * under its final name, and the predictions are those of a run that nobody interrupted, byte for byte.
 * @param kills how often
 */
export function pipelineKill({ kills = 3 }: { readonly kills?: number } = {}): Check {
  return {
    id: 'failover/pipeline-kill',
    title: 'The pipeline killed at random moments and run again',
    metrics: Object.values(metrics),
    needs: ['pipeline', 'dataset'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 10_000 + stocks * days * 0.1 * (kills + 1),
    timeoutMs: ({ stocks, days }) => 120_000 + stocks * days * 10 * (kills + 1),
    async run(context) {
      const inputDir = context.dataset!.dir;
      const random = context.random('failover/pipeline-kill');
      const uninterrupted = async (name: string): Promise<{ run: PipelineRun; bytes: Buffer | undefined }> => {
        const outputDir = join(context.workDir, name);
        const run = await context.pipeline!.run({ inputDir, outputDir, signal: context.signal });
        context.signal.throwIfAborted();
        const bytes = run.exit.code === 0 ? predictionsIn(outputDir) : undefined;
        await rm(outputDir, { recursive: true, force: true });
        return { run, bytes };
      };
      context.emit({ type: 'progress', message: 'the pipeline runs uninterrupted' });
      const { run, bytes: whole } = await uninterrupted('whole');
      if (whole === undefined)
        return notMeasured(`the pipeline failed without any kill: ${run.lastWords.at(-1) ?? 'it said nothing'}`);
      const wholeMs = durationMs(run);
      const trials: Trial[] = [];
      for (let i = 0; i < kills; i++) {
        // One in each part of the run, so that all of it is met.
        const at = (i + random.uniform()) / kills;
        context.emit({ type: 'progress', message: `killed ${i + 1} of ${kills}`, fraction: i / kills });
        const outputDir = join(context.workDir, `killed-${i + 1}`);
        // A run that was through before its moment came says nothing: an earlier one is tried.
        let trial: Trial | undefined;
        for (let tries = 0; tries < mostTries && !trial?.wasKilled; tries++) {
          trial = await killAndResume(context, { outputDir, at: at * 0.7 ** tries, wholeMs, whole });
          await rm(outputDir, { recursive: true, force: true });
        }
        trials.push(trial!);
      }
      if (trials.some(({ resume }) => resume === 'different')) {
        const { bytes } = await uninterrupted('again');
        if (!bytes?.equals(whole))
          return notMeasured('the pipeline gives other predictions each time, also uninterrupted');
      }
      return outcomeOf(trials, wholeMs);
    },
  };
}
