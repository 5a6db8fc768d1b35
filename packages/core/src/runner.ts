import type { Check, CheckEvent } from './check.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Dataset, DatasetSource } from './dataset.ts';
import { describeEnvironment } from './environment.ts';
import { createEventQueue } from './internal/event-queue.ts';
import { type OutputFolder, openOutputFolder } from './internal/output-folder.ts';
import { attemptCheck, folderOf, missingCapability } from './internal/run-check.ts';
import { type NoiseProbeStarter, summarizeNoise, type TargetOpener } from './internal/run-environment.ts';
import { runScheduled } from './internal/scheduler.ts';
import { describeTarget, targetDigest } from './internal/target-digest.ts';
import { createWorkFolder } from './internal/work-folder.ts';
import type { Measurement } from './measurement.ts';
import { startNoiseProbe } from './noise.ts';
import type { Requirement } from './requirement.ts';
import type { CheckResult, Environment, Results } from './results.ts';
import type { RunEvent } from './run-events.ts';
import type { Suite } from './suite.ts';
import type { TargetConfig } from './target.ts';
import { openPipeline } from './targets/pipeline.ts';
import { startService } from './targets/service.ts';
import { dimensionOf } from './units.ts';
import { judgeMeasurement, judgeRequirements, overallVerdict } from './verdict.ts';

/** Everything a run needs; nothing is read from flags, environment or the current folder. */
export interface RunRequest {
  readonly suite: Suite;
  readonly target: TargetConfig;
  /** Where relative paths of the target's config start. */
  readonly configDir: string;
  /** Market data for checks that need it; without it they are skipped. */
  readonly dataset?: { readonly source: DatasetSource; readonly simulated: boolean };
  readonly runId: string;
  readonly seed: number;
  /** Whether the seed was given by hand. */
  readonly seedGiven: boolean;
  /** The folder for results and evidence; made if absent, files of an earlier run in it are replaced. */
  readonly outputDir: string;
  readonly tool: { readonly name: string; readonly version: string };
  /** Aborting ends the run in good order: faults undone, what was measured saved, the rest skipped. */
  readonly signal: AbortSignal;
  /** Most checks at once; those that hold the CPU always run alone. Default 2. */
  readonly parallel?: number;
  /** Why a metric is not measured that no check of this suite can give. */
  readonly missing?: (metric: string) => string;
  readonly clock?: Clock;
  readonly opener?: TargetOpener;
  readonly startNoiseProbe?: NoiseProbeStarter;
}

/** A run that goes on: its events, live, and its results. Leaving the loop early does not end it; the signal does. */
export interface SuiteRun extends AsyncIterable<RunEvent> {
  /** Resolves whatever the verdict; rejects with InputError if the output folder cannot be written. */
  readonly result: Promise<Results>;
}

/** Checks longer than this are not repeated because of noise. */
const repeatUpToMs = 60_000;

const realOpener: TargetOpener = {
  startService: (config, { name, ...options }) => startService({ ...config, name }, options),
  openPipeline: (config, options) => openPipeline(config, options),
};

/** Whether other work on the machine spoilt figures that depend on time. */
function isSpoilt(result: CheckResult): boolean {
  const isTimed = (measurement: Measurement): boolean => ['time', 'rate'].includes(dimensionOf(measurement.unit));
  return result.noise?.contaminated === true && result.measurements.some(isTimed);
}

/** Whether every requirement on what a check measured passes, of which there is one: measuring again could add nothing. */
function hasPassed({ measurements, noise }: CheckResult, requirements: readonly Requirement[]): boolean {
  const judged = measurements.flatMap((measurement) =>
    requirements
      .filter(({ metric }) => metric === measurement.metric)
      .map((requirement) => judgeMeasurement(requirement, measurement, noise?.contaminated ? noise.reason : undefined)),
  );
  return judged.length > 0 && judged.every(({ verdict }) => verdict === 'pass');
}

const skipped = (check: Check, reason: string): CheckResult => ({
  id: check.id,
  title: check.title,
  status: 'skipped',
  reason,
  startedAt: null,
  durationMs: 0,
  noise: null,
  measurements: [],
  notMeasured: [],
  series: [],
  evidence: [],
  notes: [],
});

/**
 * Runs a suite on a target. One failing check never stops the rest; a target that dies is started anew for the next
 * check; results are saved after each check, so that a run that is cut off leaves what it had.
 */
export function runSuite(request: RunRequest): SuiteRun {
  const queue = createEventQueue<RunEvent>();
  const result = execute(request, (event) =>
    queue.push(event, event.type === 'progress' || event.type === 'sample'),
  ).finally(() => queue.end());
  // A caller that only iterates must not be ended by an unhandled rejection; `result` still rejects for who awaits it.
  result.catch(() => undefined);
  return { result, [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator]() };
}

async function execute(request: RunRequest, emit: (event: RunEvent) => void): Promise<Results> {
  const output = await openOutputFolder(request.outputDir);
  try {
    const work = await createWorkFolder();
    try {
      return await executeIn(request, output, work.path, emit);
    } finally {
      await work.remove().catch(() => undefined);
    }
  } finally {
    await output.close().catch(() => undefined);
  }
}

async function executeIn(
  request: RunRequest,
  output: OutputFolder,
  workDir: string,
  emit: (event: RunEvent) => void,
): Promise<Results> {
  const { suite, target, seed } = request;
  const clock = request.clock ?? systemClock;
  const startMs = clock.nowMs();
  const startedAt = new Date(clock.wallMs()).toISOString();
  const ending = new AbortController();
  const signal = AbortSignal.any([request.signal, ending.signal]);
  const described = await describeEnvironment();
  const { digest, binding } = await targetDigest(target, request.configDir);
  const finished = new Map<string, CheckResult>();
  const metricsOf = new Map(suite.checks.map((check) => [check.id, check.metrics]));
  let dataset: Dataset | undefined;
  let preparing: Promise<Dataset> | undefined;
  let targetFailed: string | undefined;

  const resultsNow = (status: Results['run']['status']): Results => {
    const filtered = (suite.filtered ?? []).map(({ check, reason }) => skipped(check, reason));
    const checks = [
      ...suite.checks.map((check) => finished.get(check.id) ?? skipped(check, 'the run ended before it')),
      ...filtered,
    ];
    const readings = checks.flatMap((check) => (check.noise ? [check.noise] : []));
    const environment: Environment = { ...described, noise: summarizeNoise(readings) };
    const requirements = judgeRequirements(
      suite.requirements,
      checks,
      new Map([...metricsOf, ...(suite.filtered ?? []).map(({ check }) => [check.id, check.metrics] as const)]),
      request.missing,
    );
    return {
      schemaVersion: 1,
      run: {
        id: request.runId,
        suite: suite.name,
        startedAt,
        durationMs: clock.nowMs() - startMs,
        seed,
        seedGiven: request.seedGiven,
        scale: suite.scale,
        tool: request.tool,
        status,
      },
      environment,
      target: {
        name: target.name,
        kind: [...(target.service ? (['service'] as const) : []), ...(target.pipeline ? (['pipeline'] as const) : [])],
        digest,
        binding,
        description: describeTarget(target),
      },
      dataset: dataset
        ? {
            source: dataset.source,
            stocks: dataset.stocks,
            days: dataset.days,
            digest: dataset.digest,
            origin: dataset.origin,
          }
        : { source: 'none', stocks: 0, days: 0, digest: null, origin: 'no check needed market data' },
      checks,
      requirements,
      verdict: overallVerdict(requirements),
      notes: suite.notes ?? [],
    };
  };

  const saveFailed = (cause: unknown): void => {
    const message = `cannot write to ${output.path}: ${(cause as Error).message}`;
    emit({ type: 'save-failed', message });
    ending.abort(new Error(message));
  };
  const save = async (results: Results): Promise<void> => {
    try {
      const problem = await output.save(results);
      // There was room for the results at last, but there is none for anything more.
      if (problem) saveFailed(problem);
    } catch (cause) {
      saveFailed(cause);
    }
  };

  const prepareDataset = (): Promise<Dataset> => {
    const { stocks, days } = suite.scale;
    preparing ??= (async () => {
      if (!request.dataset) throw new Error('the run has no market data');
      const beganMs = clock.nowMs();
      emit({ type: 'dataset-preparing', stocks, days });
      const made = await request.dataset.source({ dir: `${workDir}/dataset`, stocks, days, seed, signal });
      dataset = made;
      emit({ type: 'dataset-ready', dataset: resultsNow('completed').dataset, durationMs: clock.nowMs() - beganMs });
      return made;
    })();
    return preparing;
  };

  const sharedWork = new Map<string, Promise<unknown>>();
  const attempt = async (check: Check): Promise<CheckResult> => {
    const made: string[] = [];
    const result = await attemptCheck(check, {
      target,
      configDir: request.configDir,
      opener: request.opener ?? realOpener,
      startNoiseProbe: request.startNoiseProbe ?? startNoiseProbe,
      clock,
      seed,
      scale: suite.scale,
      signal,
      workDir,
      dataset: prepareDataset,
      datasetAt: ({ stocks, days }) =>
        request.dataset!.source({ dir: `${workDir}/dataset-${stocks}x${days}`, stocks, days, seed, signal }),
      async keep(of, name, title, mediaType, content) {
        try {
          return await output.keep(folderOf(of.id), name, title, mediaType, content);
        } catch (cause) {
          if (['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES'].includes((cause as NodeJS.ErrnoException).code ?? ''))
            saveFailed(cause);
          throw cause;
        }
      },
      emit: (event: CheckEvent) => emit({ check: check.id, ...event }),
      undecided: (measurements) =>
        suite.requirements.some((requirement) =>
          measurements.some(
            (measurement) =>
              measurement.metric === requirement.metric &&
              judgeMeasurement(requirement, measurement).verdict === 'inconclusive',
          ),
        ),
      shared<T>(key: string, make: () => Promise<T>): Promise<T> {
        let work = sharedWork.get(key);
        if (!work) {
          work = make();
          sharedWork.set(key, work);
          made.push(key);
        }
        return work as Promise<T>;
      },
      onTargetFailed(message) {
        targetFailed = message;
        emit({ type: 'target-failed', check: check.id, message });
      },
      onTargetDied: (message) => emit({ type: 'target-died', check: check.id, message }),
    });
    // What a spoilt attempt shared was made under the same noise: the next asker makes it anew.
    if (isSpoilt(result)) for (const key of made) sharedWork.delete(key);
    return result;
  };

  const runOne = async (check: Check): Promise<void> => {
    const expectedMs = check.expectedMs(suite.scale);
    const lacks = missingCapability(check, target, request.dataset !== undefined, request.dataset?.simulated === true);
    const needsService = check.needs.some((need) => need === 'service' || need === 'service-process');
    let result: CheckResult;
    if (request.signal.aborted) result = skipped(check, 'the run was interrupted before it');
    else if (signal.aborted) result = skipped(check, (signal.reason as Error).message);
    else if (lacks !== undefined) result = skipped(check, lacks);
    else if (needsService && targetFailed !== undefined) result = skipped(check, 'the service could not be started');
    else {
      emit({ type: 'check-started', check: check.id, title: check.title, expectedMs, attempt: 1 });
      result = await attempt(check);
      const mayBeBetter = isSpoilt(result) && !hasPassed(result, suite.requirements);
      if (mayBeBetter && expectedMs <= repeatUpToMs && !signal.aborted) {
        emit({ type: 'check-started', check: check.id, title: check.title, expectedMs, attempt: 2 });
        const first = result;
        const second = await attempt(check);
        const note = `measured twice: the first time, ${first.noise?.reason}`;
        result = second.status === 'completed' ? { ...second, notes: [...second.notes, note] } : first;
      }
    }
    finished.set(check.id, result);
    await save(resultsNow('interrupted'));
    emit({ type: 'check-ended', check: check.id, result });
  };

  await save(resultsNow('interrupted'));
  const started = resultsNow('completed');
  emit({
    type: 'run-started',
    run: started.run,
    target: started.target,
    checks: suite.checks.map((check) => ({
      id: check.id,
      title: check.title,
      expectedMs: check.expectedMs(suite.scale),
    })),
    outputDir: output.path,
  });
  await runScheduled(suite.checks, runOne, request.parallel ?? 2);
  const results = resultsNow(request.signal.aborted ? 'interrupted' : 'completed');
  await save(results);
  emit({ type: 'run-ended', results, resultsPath: output.resultsPath });
  return results;
}
