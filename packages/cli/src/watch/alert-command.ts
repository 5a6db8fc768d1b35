import { spawn } from 'node:child_process';

/** Something worth waking somebody for. */
export interface Alert {
  readonly kind: 'change' | 'down' | 'up';
  readonly target: string;
  /** ISO date and time. */
  readonly at: string;
  readonly message: string;
  /** Of a change alone. */
  readonly metric?: string;
  /** Of a change alone: after against before − 1. */
  readonly change?: number;
  /** Of a change alone: the run with which it seems to have begun. */
  readonly since?: string;
}

const patienceMs = 30_000;

/**
 * Starts a program, without a shell, that gets the alert as one JSON line on its standard input. It is ended after 30 s,
 * or when the watch ends.
 * @returns what went wrong; `undefined` if it ended with 0
 */
export function runAlertCommand(program: string, alert: Alert, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    // In a group of its own, so that what it starts ends with it.
    const child = spawn(program, [], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    const ending = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It had ended already.
      }
    };
    const finish = (problem: string | undefined): void => {
      ending.removeEventListener('abort', end);
      resolve(problem);
    };
    child.once('error', (cause) => finish(`${program} could not be started: ${cause.message}`));
    child.once('close', (code, killedBy) =>
      finish(code === 0 ? undefined : `${program} ended with ${killedBy ?? `code ${code}`}`),
    );
    // A program need not read what it is given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(alert)}\n`);
    if (ending.aborted) end();
    else ending.addEventListener('abort', end, { once: true });
  });
}
