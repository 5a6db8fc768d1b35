import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Clock, InputError, openPipeline, type ProcessExit, systemClock } from '@preopen/core';
import { createCgroup } from './cgroup.ts';
import { hasProgram, tellingCommand, waiterPython } from './exit-peak.ts';
import { startProbeServer } from './node/probe-server.ts';
import { type NodeRecording, type NodeRecordingRequest, readRecordings } from './node/recording.ts';
import { type NodeMemory, watchNode } from './node/watch-node.ts';
import { readProcessMemory, readProcessTree } from './proc-memory.ts';
import { compareHeapAtMarks, type HeapComparison } from './snapshot/heap-marks.ts';
import { type StageMemory, type StageTime, watchStages } from './stages.ts';
import { type MemoryTimeline, type MemoryWatch, watchMemory } from './timeline.ts';

/** What is to be profiled: a command that is started and ended, or processes that run already. */
export type ProfileSubject =
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]]; readonly cwd?: string }
  | { readonly kind: 'pid'; readonly pid: number };

/** How memory is profiled. */
export interface ProfileOptions {
  /** Folder for the log of the command and whatever it writes to `{output}`. */
  readonly workDir: string;
  /** Ends the profile; a command is ended with it. What was seen until then is returned. */
  readonly signal: AbortSignal;
  /** Pause between looks, 10 or more; while the size stands still, 20 or more. Default 20. */
  readonly intervalMs?: number;
  /** Ends the profile after this time. Default: when the command or the process ends. */
  readonly durationMs?: number;
  /** Limit of a control group for the command; needs the rights to make one. */
  readonly limitBytes?: number;
  /** What Node processes of a command are to record of themselves. Default: nothing. */
  readonly record?: Omit<NodeRecordingRequest, 'folder'>;
  /** When to compare the largest heap of a command's Node processes, after the first look, ascending. Default: never. */
  readonly heapMarksMs?: readonly [number, number];
  readonly clock?: Clock;
  /** Told at each look what the tree holds. */
  readonly onLook?: (now: { readonly rssBytes: number; readonly elapsedMs: number }) => void;
}

/** What a profile found. */
export interface MemoryProfile {
  readonly startMs: number;
  readonly endMs: number;
  readonly timeline: MemoryTimeline;
  /** How the command ended; `undefined` for a process that was there before, and for a command that we ended. */
  readonly exit: ProcessExit | undefined;
  /** Last lines that the command said. */
  readonly lastWords: readonly string[];
  readonly stages: readonly StageMemory[];
  readonly stageTimes: readonly StageTime[];
  /** Of Node processes that we started. */
  readonly node: NodeMemory | undefined;
  /** What Node processes recorded, the longest first; their files lie in `workDir`. */
  readonly recordings: readonly NodeRecording[];
  /** The heap between two marks, if it was asked for. */
  readonly heapComparison?: HeapComparison;
}

const tellEveryMs = 1000;
/** Writing what was recorded may take this long, a heap snapshot included. */
const finishWithinMs = 60_000;

/**
 * Profiles the memory of a command, or of processes that run, with all that they start.
 * @throws InputError for a process that is not there, and for a limit that cannot be set
 * @throws TargetError if the command cannot be started
 */
export async function profileMemory(subject: ProfileSubject, options: ProfileOptions): Promise<MemoryProfile> {
  const over = new AbortController();
  const ending = AbortSignal.any([options.signal, over.signal]);
  // The time runs from the first look: what comes before is our own work.
  let timer: NodeJS.Timeout | undefined;
  const onBegin = (): void => {
    if (options.durationMs !== undefined) timer = setTimeout(() => over.abort(), options.durationMs);
  };
  try {
    return subject.kind === 'pid'
      ? await profileProcess(subject.pid, options, { ending, onBegin })
      : await profileCommand(subject, options, { ending, onBegin });
  } finally {
    clearTimeout(timer);
  }
}

/** When a profile ends, and who is told that it has begun. */
interface Span {
  readonly ending: AbortSignal;
  readonly onBegin: () => void;
}

function begin(pids: () => readonly number[], { clock = systemClock, intervalMs = 20, onLook }: ProfileOptions) {
  const startMs = clock.nowMs();
  const watch = watchMemory({ pids, clock, intervalMs });
  const stages = watchStages(watch.mark, clock);
  const timer = setInterval(() => {
    onLook?.({ rssBytes: watch.nowBytes(), elapsedMs: clock.nowMs() - startMs });
  }, tellEveryMs);
  const stop = (facts?: Parameters<MemoryWatch['stop']>[0]): { timeline: MemoryTimeline; endMs: number } => {
    clearInterval(timer);
    return { timeline: watch.stop(facts), endMs: clock.nowMs() };
  };
  return { startMs, stages, stop };
}

/** A zombie has no memory any more, and counts as gone where that can be seen. */
function isThere(pid: number): boolean {
  if (existsSync('/proc/self/status')) return readProcessMemory(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function profileProcess(pid: number, options: ProfileOptions, { ending, onBegin }: Span): Promise<MemoryProfile> {
  if (!isThere(pid)) {
    throw new InputError(
      `no process ${pid} whose memory can be read. Is it still running? Its descendants are found by themselves.`,
    );
  }
  const { startMs, stop } = begin(() => readProcessTree(pid), options);
  onBegin();
  while (!ending.aborted && isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    startMs,
    ...stop(),
    exit: undefined,
    lastWords: [],
    stages: [],
    stageTimes: [],
    node: undefined,
    recordings: [],
  };
}

async function profileCommand(
  { command, cwd }: Extract<ProfileSubject, { kind: 'command' }>,
  options: ProfileOptions,
  { ending, onBegin }: Span,
): Promise<MemoryProfile> {
  const { workDir, limitBytes, heapMarksMs: marksMs, clock = systemClock } = options;
  ending.throwIfAborted();
  const python = waiterPython();
  const group = python ? createCgroup(`profile-${basename(workDir)}`, limitBytes) : undefined;
  if (limitBytes !== undefined && !group) {
    throw new InputError(
      'a limit needs the rights to make a memory control group, and python3. Run it as root, or in a container with --memory.',
    );
  }
  const telling =
    python && hasProgram(command[0], cwd ?? process.cwd())
      ? tellingCommand(command, { python, workDir, ...(group ? { groupProcsPath: group.procsPath } : {}) })
      : undefined;
  const folder = options.record ? await mkdtemp(join(workDir, 'recording-')) : undefined;
  const probes = await startProbeServer(folder === undefined ? undefined : { ...options.record, folder });
  // A command that we end cannot write any more what it recorded: it is asked before.
  const stopping = new AbortController();
  const stop = async (): Promise<void> => {
    if (folder !== undefined) {
      const finished = Promise.allSettled(probes.processes().map((process) => process.finishRecording()));
      await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, finishWithinMs).unref())]);
    }
    stopping.abort(ending.reason);
  };
  const onEnding = (): void => void stop();
  ending.addEventListener('abort', onEnding, { once: true });
  let watching: ReturnType<typeof begin> | undefined;
  const ended = new AbortController();
  let comparing: Promise<HeapComparison> | undefined;
  const node = watchNode(probes, clock);
  try {
    const pipeline = openPipeline(
      {
        kind: 'command',
        command: telling?.command ?? command,
        env: probes.environment(process.env),
        ...(cwd === undefined ? {} : { cwd }),
      },
      { name: basename(command[0]), clock, workDir, configDir: process.cwd() },
    );
    const run = await pipeline.run({
      inputDir: workDir,
      outputDir: join(workDir, 'output'),
      signal: stopping.signal,
      onStart(started) {
        // The waiter is ours, not the command's.
        const pids = () => (telling ? started.pids().filter((pid) => pid !== started.pid) : started.pids());
        watching = begin(pids, options);
        const { startMs } = watching;
        comparing =
          marksMs && compareHeapAtMarks(probes, { marksMs, startMs, clock, folder: workDir, signal: ended.signal });
        onBegin();
      },
      onStage: ({ stage, event }) => void watching?.stages.on(stage, event),
    });
    ended.abort();
    const heapComparison = await comparing;
    const exitPeakBytes = telling?.peakBytes();
    const cgroupPeakBytes = group?.peakBytes();
    const { stages, startMs } = watching!;
    const stopped = watching!.stop({
      ...(exitPeakBytes === undefined ? {} : { exitPeakBytes }),
      ...(cgroupPeakBytes === undefined ? {} : { cgroupPeakBytes }),
    });
    watching = undefined;
    return {
      startMs,
      ...stopped,
      exit: ending.aborted ? undefined : run.exit,
      lastWords: run.lastWords,
      stages: stages.ended(),
      stageTimes: stages.times(),
      node: await node.stop(),
      recordings: folder === undefined ? [] : await readRecordings(folder),
      ...(heapComparison ? { heapComparison } : {}),
    };
  } finally {
    ending.removeEventListener('abort', onEnding);
    ended.abort();
    watching?.stop();
    await node.stop();
    await probes.close();
    group?.remove();
  }
}
