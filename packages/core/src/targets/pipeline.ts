import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { distEntry } from '../dist-entry.ts';
import type { PipelineConfig, PipelineRun, PipelineTarget } from '../target.ts';
import { startProcess } from './child-process.ts';
import { parseStageLine, type StageEvent, stageTimings } from './stage-lines.ts';
import { substituteCommand } from './substitute.ts';

const GRACE_MS = 5000;

/** What a pipeline is run with. */
export interface PipelineOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Folder for logs. */
  readonly workDir: string;
  /** Folder that relative paths of the config start from. */
  readonly configDir: string;
}

/** A pipeline as a target; nothing is started before `run`. */
export function openPipeline(config: PipelineConfig, options: PipelineOptions): PipelineTarget {
  return { name: options.name, run: (request) => runPipeline(config, options, request) };
}

/** @throws TargetError E402 if the process cannot be started; the signal's reason if that came first */
async function runPipeline(
  config: PipelineConfig,
  { name, clock, workDir, configDir }: PipelineOptions,
  request: Parameters<PipelineTarget['run']>[0],
): Promise<PipelineRun> {
  const { signal, environment, onStart, onStage } = request;
  const env = config.kind === 'command' ? (config.env ?? {}) : {};
  const outputDir = resolve(request.outputDir);
  await mkdir(outputDir, { recursive: true });
  signal.throwIfAborted();
  const events: StageEvent[] = [];
  const startMs = clock.nowMs();
  const started = await startProcess({
    name,
    command: commandOf(config, { input: resolve(request.inputDir), output: outputDir, configDir }),
    cwd: config.kind === 'command' ? resolve(configDir, config.cwd ?? '') : configDir,
    env: { ...env, ...environment?.({ ...process.env, ...env }) },
    logDir: workDir,
    logName: `${name}-pipeline`,
    clock,
    graceMs: GRACE_MS,
    onLine: (line) => {
      const event = parseStageLine(line, clock.nowMs());
      if (event === undefined) return;
      events.push(event);
      onStage?.(event);
    },
  });
  let onAbort = (): void => {};
  // Rejects only if the processes cannot be ended; that must not leave the run waiting for its end.
  const notEnded = new Promise<never>((_, reject) => {
    onAbort = () => void started.stop().catch(reject);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    onStart?.(started);
    const exit = await Promise.race([started.exited, notEnded]);
    // The run ends with its first process; what that one left running would disturb the next.
    await started.stop();
    await started.outputEnded;
    const stages = stageTimings(events);
    return {
      outputDir,
      startMs,
      endMs: exit.atMs,
      exit,
      stages,
      lastWords: started.lastWords(),
      logPath: started.logPath,
    };
  } finally {
    signal.removeEventListener('abort', onAbort);
    await started.stop(0);
  }
}

function commandOf(
  config: PipelineConfig,
  { input, output, configDir }: { readonly input: string; readonly output: string; readonly configDir: string },
): [string, ...string[]] {
  if (config.kind === 'command') return substituteCommand(config.command, { input, output });
  return [process.execPath, distEntry('pipeline-host'), resolve(configDir, config.module), input, output];
}
