import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { distEntry } from '../dist-entry.ts';

/** Name of the environment variable that marks the processes of a target. */
const MARK_VARIABLE = 'PREOPEN_PROCESS';

/** A guardian that dies is replaced, but one that always dies must not become a loop. */
const MOST_RESTARTS = 20;

/**
 * A small process beside ours that outlives it: when our end of its standard input closes, for whatever reason, it
 * ends everything that we started. This is what holds after a `kill -9`, when no handler of ours can run.
 */
const runMark: string = randomUUID();
const watched = new Map<number, string>();
let guardian: ChildProcess | undefined;
let restarts = 0;
let marks = 0;

/** Starts the guardian unless it is there. Must stand before the first process that it is to guard. */
export function ensureGuardian(): void {
  if (guardian !== undefined) return;
  const child = spawn(process.execPath, [distEntry('guardian'), runMark], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian = child;
  child.unref();
  // A pipe is a socket to Node, and would hold our event loop open.
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  child.stdin?.on('error', () => {});
  const replace = (): void => {
    if (guardian !== child) return;
    guardian = undefined;
    if (watched.size === 0 || restarts++ >= MOST_RESTARTS) return;
    ensureGuardian();
    for (const [pid, startTicks] of watched) tell(`+${pid} ${startTicks}`);
  };
  child.on('error', replace);
  child.on('exit', replace);
}

/** A fresh mark for one target: the variable for its environment, and the text by which its processes are found. */
export function nextMark(): { readonly environment: Readonly<Record<string, string>>; readonly text: string } {
  const text = `${runMark}.${++marks};`;
  // A tester that runs inside a target of another tester adds its mark to that one's.
  return { environment: { [MARK_VARIABLE]: `${process.env[MARK_VARIABLE] ?? ''}${text}` }, text };
}

/** Puts a process and all that comes of it under guard. */
export function guard(pid: number, startTicks: string | undefined): void {
  if (startTicks === undefined) return;
  watched.set(pid, startTicks);
  tell(`+${pid} ${startTicks}`);
}

/** Takes a process out of guard, because it has ended. */
export function release(pid: number): void {
  if (watched.delete(pid)) tell(`-${pid}`);
}

function tell(line: string): void {
  guardian?.stdin?.write(`${line}\n`);
}
