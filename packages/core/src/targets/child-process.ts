import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { ProcessExit, TargetProcess } from '../target.ts';
import { ensureGuardian, guard, nextMark, release } from './guardian.ts';
import { lineSplitter } from './line-splitter.ts';
import { ProcessTree, signalProcess } from './process-tree.ts';
import { explain, reasonOf, TargetError } from './target-error.ts';

/** What to start, and where its output goes. */
export interface ProcessRequest {
  /** Name of the target, for messages. */
  readonly name: string;
  /** Program and arguments; no shell sees them. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder for the log, which gets `logName.log`, or `logName-2.log` and so on: earlier logs are evidence. */
  readonly logDir: string;
  readonly logName: string;
  readonly clock: Clock;
  /** Default for `stop()`. */
  readonly graceMs: number;
  /** Called with each line of standard output, which goes to the log as well. */
  readonly onLine?: (line: string) => void;
}

/** A process that we started, with the moment when all of its output has been read. */
export interface StartedProcess extends TargetProcess {
  readonly outputEnded: Promise<void>;
}

/** Most of a log that `lastWords` reads. */
const TAIL_BYTES = 64 * 1024;

/** How long we go on with SIGKILL before we say that a process cannot be ended. */
const KILL_PATIENCE_MS = 10_000;

/**
 * Starts a program as the leader of a session of its own, under guard: it and all that it starts end with us.
 * @throws TargetError E402 if it cannot be started
 */
export async function startProcess(request: ProcessRequest): Promise<StartedProcess> {
  const { clock, name } = request;
  checkFolder(request);
  const { log, logPath } = openLog(request);
  ensureGuardian();
  const mark = nextMark();
  let child: ChildProcess;
  try {
    child = await spawned(request, log, mark.environment);
  } catch (error) {
    closeSync(log);
    throw cannotStart(request, error);
  }
  const pid = child.pid!;
  const tree = new ProcessTree({ rootPid: pid, mark: mark.text, clock });
  guard(pid, tree.startTicks(pid));

  let ended: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = { code, signal, atMs: clock.nowMs() };
      // The pid is free from now on; those whom it leaves behind are guarded one by one.
      for (const survivor of tree.sweep(true)) guard(survivor, tree.startTicks(survivor));
      release(pid);
      resolve(ended);
    });
  });
  const alive = (): readonly number[] => {
    if (tree.isReadable) return tree.alive();
    return ended === undefined ? [pid] : [];
  };
  let killFromMs = Number.POSITIVE_INFINITY;
  let stopping: Promise<void> | undefined;

  return {
    pid,
    logPath,
    exited,
    outputEnded: readLines(child, log, request.onLine),
    pids: alive,
    exit: () => ended,
    lastWords: (lines = 20) => tail(logPath, lines),
    kill: (signal) => {
      // The handle, not the number: Node sends nothing once the process has been reaped.
      child.kill(signal);
    },
    stop: (graceMs = request.graceMs) => {
      // A second, more impatient call shortens the first.
      killFromMs = Math.min(killFromMs, clock.nowMs() + graceMs);
      stopping ??= endTree({ name, clock, tree, child, exited, killFromMs: () => killFromMs });
      return stopping;
    },
  };
}

async function endTree(job: {
  readonly name: string;
  readonly clock: Clock;
  readonly tree: ProcessTree;
  readonly child: ChildProcess;
  readonly exited: Promise<ProcessExit>;
  readonly killFromMs: () => number;
}): Promise<void> {
  const { tree, child, clock } = job;
  if (!tree.isReadable) return endGroup(job);
  const asked = new Set<number>();
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 50)) {
    const alive = tree.sweep();
    if (alive.length === 0) break;
    const lateMs = clock.nowMs() - job.killFromMs();
    if (lateMs > KILL_PATIENCE_MS) {
      const text = `processes ${alive.join(', ')} of target “${job.name}” are still there ${Math.round(lateMs / 1000)} s after SIGKILL`;
      throw new TargetError(
        'E405',
        job.name,
        explain(text, [['try', 'look at their state with ps; they may hang in the kernel']]),
      );
    }
    for (const pid of alive) {
      if (lateMs >= 0) signalProcess(pid, tree.startTicks(pid), 'SIGKILL');
      else if (!asked.has(pid)) {
        asked.add(pid);
        signalProcess(pid, tree.startTicks(pid), 'SIGTERM');
        // A stopped process takes notice of SIGTERM only once it runs again.
        signalProcess(pid, tree.startTicks(pid), 'SIGCONT');
      }
    }
    await wait(pauseMs);
  }
  // Dead, but Node may not have reaped it yet.
  if (child.exitCode === null && child.signalCode === null) await job.exited;
  release(child.pid!);
}

/** Without a process table: the process group is all we can reach. */
async function endGroup(job: {
  readonly child: ChildProcess;
  readonly clock: Clock;
  readonly exited: Promise<ProcessExit>;
  readonly killFromMs: () => number;
}): Promise<void> {
  const { child, clock } = job;
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid!, signal);
    } catch {
      child.kill(signal);
    }
  };
  signalGroup('SIGTERM');
  while (child.exitCode === null && child.signalCode === null) {
    if (clock.nowMs() >= job.killFromMs()) signalGroup('SIGKILL');
    await Promise.race([job.exited, wait(25)]);
  }
}

function spawned(request: ProcessRequest, log: number, mark: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const [program, ...args] = request.command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: { ...process.env, ...request.env, ...mark },
      detached: true,
      // Straight into the file where nobody reads along: a slow reader would hold up the target that it measures.
      stdio: ['ignore', request.onLine === undefined ? log : 'pipe', log],
    });
    child.once('spawn', () => resolve(child));
    child.once('error', reject);
  });
}

function readLines(child: ChildProcess, log: number, onLine: ((line: string) => void) | undefined): Promise<void> {
  const { stdout } = child;
  if (stdout === null || onLine === undefined) {
    closeSync(log);
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const lines = lineSplitter(onLine);
    stdout.on('data', (chunk: Buffer) => {
      append(log, chunk);
      lines.push(chunk);
    });
    stdout.on('error', () => {});
    stdout.once('close', () => {
      lines.end();
      closeSync(log);
      resolve();
    });
  });
}

function append(log: number, chunk: Buffer): void {
  try {
    writeSync(log, chunk);
  } catch {
    // A full disk costs us the log, not the run.
  }
}

function checkFolder(request: ProcessRequest): void {
  // Node reports a missing folder as a missing program.
  if (statSync(request.cwd, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const headline = `target “${request.name}” could not be started: its working folder does not exist`;
  throw new TargetError(
    'E402',
    request.name,
    explain(headline, [
      ['folder', request.cwd],
      ['try', 'correct `cwd` in the config'],
    ]),
  );
}

function openLog(request: ProcessRequest): { readonly log: number; readonly logPath: string } {
  const { name, logDir, logName } = request;
  const file = logName.replace(/[^\w.-]+/g, '_');
  try {
    mkdirSync(logDir, { recursive: true });
    for (let number = 1; ; number++) {
      const logPath = join(logDir, number === 1 ? `${file}.log` : `${file}-${number}.log`);
      try {
        return { log: openSync(logPath, 'ax'), logPath };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  } catch (cause) {
    const headline = `target “${name}” could not be started: its log cannot be written (${reasonOf(cause)})`;
    throw new TargetError('E402', name, explain(headline, [['folder', logDir]]), { cause });
  }
}

function cannotStart(request: ProcessRequest, cause: unknown): TargetError {
  const [program] = request.command;
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const what = isMissing ? `the program “${program}” was not found` : reasonOf(cause);
  return new TargetError(
    'E402',
    request.name,
    explain(`target “${request.name}” could not be started: ${what}`, [
      ['command', request.command.join(' ')],
      ['folder', request.cwd],
      ['try', isMissing ? 'install it, or give its full path in `command`' : 'run the command by hand in that folder'],
    ]),
    { cause },
  );
}

function tail(path: string, lines: number): readonly string[] {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const all = buffer.toString('utf8', 0, read).split(/\r?\n/);
    // The first line of a cut tail is itself cut.
    if (size > TAIL_BYTES) all.shift();
    return all.filter((line) => line.trim() !== '').slice(-lines);
  } catch {
    return [];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
