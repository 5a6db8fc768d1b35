import type { ProcessExit, RunningService } from '../target.ts';

/**
 * A target could not be started, never became ready, ended by itself, or could not be ended.
 * The message is written for the terminal: what was asked, what came, how the process ended, what to try.
 */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  /** `E401` not ready, `E402` not startable, `E403` features unknown or not servable, `E404` address taken, `E405` not ended, `E406` ended by itself. */
  readonly code: string;
  /** Name of the target. */
  readonly target: string;

  constructor(code: string, target: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.target = target;
  }
}

/** A headline with labelled lines below it, aligned: the form of all messages about targets. */
export function explain(headline: string, lines: readonly (readonly [label: string, text: string])[]): string {
  return [headline, ...lines.map(([label, text]) => `  ${label.padEnd(8)}${text}`)].join('\n');
}

/** The last lines of a process under a label, or the fact that there were none. */
export function lastWordsLines(words: readonly string[]): readonly (readonly [string, string])[] {
  if (words.length === 0) return [['said', 'nothing']];
  return [['said', 'last'], ...words.map((line) => ['', `    ${line}`] as const)];
}

/** How a process ended, in words that go on a sentence about it. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
}

/**
 * What to throw if a service that we started has ended while it was needed; `undefined` while it runs or is not ours.
 * @param during what it was needed for, as in “while it was being measured”
 */
export function endedByItself(service: RunningService, during: string): TargetError | undefined {
  const exit = service.process?.exit();
  if (!service.process || !exit) return undefined;
  const headline = `target “${service.name}” ${describeExit(exit)} while ${during}`;
  return new TargetError('E406', service.name, explain(headline, lastWordsLines(service.process.lastWords(20))));
}

/** The innermost reason of a failed system call or request, in a few words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset',
    EPIPE: 'connection closed while sending',
    ENOTFOUND: 'host name not found',
    EHOSTUNREACH: 'host not reachable',
    ENETUNREACH: 'network not reachable',
    ETIMEDOUT: 'connection timed out',
    ENOSPC: 'no space left on the disk',
    EDQUOT: 'disk quota used up',
    ENOENT: 'not found',
    EACCES: 'permission denied',
  };
  return known[code] ?? (error instanceof Error ? error.message || code || error.name : String(error));
}
