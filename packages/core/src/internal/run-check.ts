import { setMaxListeners } from 'node:events';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, CheckContext, CheckEvent, CheckOutcome, Scale } from '../check.ts';
import type { Clock } from '../clock.ts';
import type { Dataset } from '../dataset.ts';
import type { Evidence } from '../measurement.ts';
import { createRandom } from '../random.ts';
import type { CheckResult, NoiseReading } from '../results.ts';
import type { PipelineTarget, RunningService, TargetConfig, TargetProcess } from '../target.ts';
import { describeExit } from '../targets/target-error.ts';
import { listeningPids } from './listening-pids.ts';
import { refuseMeasurements } from './measurement-guard.ts';
import type { NoiseProbeStarter, TargetOpener } from './run-environment.ts';

/** What the run gives to each attempt at a check. */
export interface AttemptEnvironment {
  readonly target: TargetConfig;
  readonly configDir: string;
  readonly opener: TargetOpener;
  readonly startNoiseProbe: NoiseProbeStarter;
  readonly clock: Clock;
  readonly seed: number;
  readonly scale: Scale;
  readonly signal: AbortSignal;
  readonly workDir: string;
  dataset(): Promise<Dataset>;
  datasetAt(scale: Pick<Scale, 'stocks' | 'days'>): Promise<Dataset>;
  keep(check: Check, name: string, title: string, mediaType: string, content: string | Uint8Array): Promise<Evidence>;
  emit(event: CheckEvent): void;
  undecided: CheckContext['undecided'];
  shared: CheckContext['shared'];
  /** The target could not be started: no other check can have it either. */
  onTargetFailed(message: string): void;
  onTargetDied(message: string): void;
}

/** How long a check may go on after it was told to end, before it is left behind. */
const abandonAfterMs = 10_000;
/** Of a target's log this much of the end is kept. */
const logTailBytes = 256 * 1024;
const defaultMemoryBudgetBytes = 2 ** 30;

/** A folder name for a check's id. */
export function folderOf(checkId: string): string {
  return checkId.replace(/[^A-Za-z0-9._-]+/g, '-');
}

/** Why a target cannot give what a check needs; `undefined` if it can. */
export function missingCapability(
  check: Check,
  target: TargetConfig,
  hasDataset: boolean,
  simulated: boolean,
): string | undefined {
  for (const need of check.needs) {
    if ((need === 'service' || need === 'service-process') && !target.service) {
      return `target “${target.name}” has no service: give it a url, a command or a module`;
    }
    if (need === 'service-process' && target.service?.kind === 'url') {
      return `target “${target.name}” is given by URL, so its processes are unknown: give a command instead`;
    }
    if (need === 'pipeline' && !target.pipeline)
      return `target “${target.name}” has no pipeline: give it a command or a module`;
    if ((need === 'pipeline' || need === 'dataset' || need === 'simulated-dataset') && !hasDataset)
      return 'the run has no market data';
    if (need === 'simulated-dataset' && !simulated)
      return 'needs a simulated market, whose true signal is known; this run reads files';
  }
  return undefined;
}

async function logTail(path: string): Promise<Uint8Array | undefined> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size === 0) return undefined;
  const file = await open(path, 'r');
  try {
    const length = Math.min(size, logTailBytes);
    const buffer = new Uint8Array(length);
    await file.read(buffer, 0, length, size - length);
    return buffer;
  } finally {
    await file.close();
  }
}

/** Aborts when the measuring process has grown by more than a check's budget since it began. */
function watchMemory(budgetBytes: number, onExceeded: (message: string) => void): () => void {
  const beforeBytes = process.memoryUsage.rss();
  const timer = setInterval(() => {
    const grownBytes = process.memoryUsage.rss() - beforeBytes;
    if (grownBytes > budgetBytes) {
      onExceeded(
        `the check used ${Math.round(grownBytes / 1e6)} MB in the measuring process, over its budget of ${Math.round(budgetBytes / 1e6)} MB`,
      );
    }
  }, 1000);
  return () => clearInterval(timer);
}

/** Runs the check and, once told to end, waits no longer than the grace period for it. */
async function runUntilAborted(check: Check, context: CheckContext): Promise<CheckOutcome> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(context.signal.reason), abandonAfterMs);
    };
    if (context.signal.aborted) onAbort();
    else context.signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([check.run(context), abandoned]);
  } finally {
    if (onAbort) context.signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
}

/** A pipeline whose processes are known while it runs. */
function watchedPipeline(pipeline: PipelineTarget, processes: Set<TargetProcess>): PipelineTarget {
  return {
    name: pipeline.name,
    async run(request) {
      let own: TargetProcess | undefined;
      try {
        return await pipeline.run({
          ...request,
          onStart(process) {
            own = process;
            processes.add(process);
            request.onStart?.(process);
          },
        });
      } finally {
        if (own) processes.delete(own);
      }
    },
  };
}

/** One attempt at a check: start what it needs, measure, stop, and say what became of it. Never rejects. */
export async function attemptCheck(check: Check, environment: AttemptEnvironment): Promise<CheckResult> {
  const { clock, target, scale } = environment;
  const startedAt = new Date(clock.wallMs()).toISOString();
  const startMs = clock.nowMs();
  const ending = new AbortController();
  const signal = AbortSignal.any([environment.signal, ending.signal]);
  // Every request under way listens to it; the default warning is about leaks, of which this is none.
  setMaxListeners(0, signal);
  const processes = new Set<TargetProcess>();
  const evidence: Evidence[] = [];
  const notes: string[] = [];
  let service: RunningService | undefined;
  let noise: NoiseReading | null = null;
  let probe: { stop(): Promise<NoiseReading> } | undefined;
  let outcome: CheckOutcome | undefined;
  let problem: unknown;
  const timeoutMs = check.timeoutMs?.(scale) ?? Math.max(60_000, check.expectedMs(scale) * 10);
  const timer = setTimeout(
    () => ending.abort(new Error(`took longer than its limit of ${Math.round(timeoutMs / 1000)} s`)),
    timeoutMs,
  );
  const stopWatching = watchMemory(check.memoryBudgetBytes ?? defaultMemoryBudgetBytes, (message) =>
    ending.abort(new Error(message)),
  );
  try {
    const workDir = join(environment.workDir, 'checks', folderOf(check.id));
    await mkdir(workDir, { recursive: true });
    const wants = (need: Check['needs'][number]): boolean => check.needs.includes(need);
    const dataset =
      wants('pipeline') || wants('dataset') || wants('simulated-dataset') ? await environment.dataset() : undefined;
    if (target.service && (wants('service') || wants('service-process'))) {
      try {
        service = await environment.opener.startService(target.service, {
          name: target.name,
          clock,
          signal,
          workDir,
          configDir: environment.configDir,
        });
      } catch (cause) {
        if (!signal.aborted) environment.onTargetFailed((cause as Error).message);
        throw cause;
      }
    }
    const pipeline =
      target.pipeline && wants('pipeline')
        ? watchedPipeline(
            environment.opener.openPipeline(target.pipeline, {
              name: target.name,
              clock,
              workDir,
              configDir: environment.configDir,
            }),
            processes,
          )
        : undefined;
    const neighbours = service && !service.process ? listeningPids(service.url) : [];
    const claimed = new Set<number>();
    const ownPids = (): number[] => [
      process.pid,
      ...claimed,
      ...neighbours,
      ...(service?.process?.pids() ?? []),
      ...[...processes].flatMap((running) => running.pids()),
    ];
    probe = environment.startNoiseProbe({ clock, ownPids });
    outcome = await runUntilAborted(check, {
      signal,
      clock,
      seed: environment.seed,
      random: (purpose) => createRandom(environment.seed, `${check.id}/${purpose}`),
      scale,
      budgetMs: Math.max(1000, Math.min(timeoutMs * 0.8, check.expectedMs(scale) * 3)),
      workDir,
      keep: (name, title, mediaType, content) => environment.keep(check, name, title, mediaType, content),
      emit: environment.emit,
      claimProcesses: (pids) => {
        for (const pid of pids) claimed.add(pid);
      },
      ...(service ? { service } : {}),
      ...(pipeline ? { pipeline } : {}),
      ...(dataset ? { dataset, datasetAt: environment.datasetAt } : {}),
      undecided: environment.undecided,
      shared: environment.shared,
    });
    const refusal = refuseMeasurements(outcome.measurements);
    if (refusal !== undefined) {
      outcome = undefined;
      throw new Error(`${check.id} gave a measurement that is none: ${refusal}`);
    }
  } catch (cause) {
    problem = signal.aborted ? signal.reason : cause;
  } finally {
    clearTimeout(timer);
    stopWatching();
    noise = (await probe?.stop().catch(() => undefined)) ?? null;
  }
  const died = service?.process?.exit();
  if (died && !check.endsTarget && service?.process) {
    const words = service.process.lastWords(5);
    const message = `the service ${describeExit(died)} while ${check.id} ran${words.length > 0 ? `; its last words: ${words.join(' ⏎ ')}` : ''}`;
    notes.push(message);
    environment.onTargetDied(message);
    problem ??= outcome === undefined ? new Error(message) : undefined;
  }
  try {
    await service?.stop();
    for (const running of processes) await running.stop();
    const log = service?.process ? await logTail(service.process.logPath) : undefined;
    if (log)
      evidence.push(await environment.keep(check, 'service.log', 'Log of the service (its end)', 'text/plain', log));
  } catch (cause) {
    notes.push(`clean-up: ${(cause as Error).message}`);
  }
  return {
    id: check.id,
    title: check.title,
    status: outcome && problem === undefined ? 'completed' : 'failed',
    ...(problem === undefined ? {} : { reason: problem instanceof Error ? problem.message : String(problem) }),
    startedAt,
    durationMs: clock.nowMs() - startMs,
    noise,
    measurements: outcome?.measurements ?? [],
    notMeasured: outcome?.notMeasured ?? [],
    series: outcome?.series ?? [],
    evidence: [...(outcome?.evidence ?? []), ...evidence],
    notes: [...notes, ...(outcome?.notes ?? [])],
  };
}
