import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { TargetProcess } from '../target.ts';
import { type Answer, get } from './http-get.ts';
import { explain, lastWordsLines, TargetError } from './target-error.ts';

/** What to wait for. */
export interface ReadinessRequest {
  readonly name: string;
  /** Where to ask; `undefined` as long as the process has not said where it listens. */
  readonly askUrl: () => URL | undefined;
  /** Whether an answer means that the service is ready. */
  readonly isReady: (answer: Answer) => boolean;
  readonly process: TargetProcess | undefined;
  /** The command, for messages. */
  readonly command: readonly string[] | undefined;
  readonly folder: string;
  readonly startedMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;
/** A single question may hang; the next one might not. */
const ASK_TIMEOUT_MS = 2000;
/** With less time than this left, a question tells more about our haste than about the service. */
const SHORTEST_ASK_MS = 50;

/**
 * Asks until the service is ready.
 * @throws TargetError E401 when time is up or the process has ended; the signal's reason when cut off
 */
export async function waitUntilReady(request: ReadinessRequest): Promise<void> {
  const { clock, signal, process: started } = request;
  const deadlineMs = request.startedMs + request.timeoutMs;
  let asked = 0;
  let last = 'not asked yet: the process has not said where it listens';
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    signal.throwIfAborted();
    const leftMs = deadlineMs - clock.nowMs();
    if (started?.exit() !== undefined || leftMs <= 0) throw notReady(request, asked, last);
    const url = request.askUrl();
    if (url !== undefined && (asked === 0 || leftMs >= SHORTEST_ASK_MS)) {
      asked++;
      const answer = await get(url, { timeoutMs: Math.min(ASK_TIMEOUT_MS, leftMs), signal });
      // Its own death comes before an answer, which somebody else on the same port may have given.
      if (request.isReady(answer) && started?.exit() === undefined) return;
      last = answer.kind === 'answer' ? `HTTP ${answer.status}` : answer.problem;
    }
    await Promise.race(
      [wait(Math.max(1, Math.min(pauseMs, deadlineMs - clock.nowMs()))), started?.exited].filter(isThere),
    );
    pauseMs = Math.min(pauseMs * 1.4, LONGEST_PAUSE_MS);
  }
}

function notReady(request: ReadinessRequest, asked: number, last: string): TargetError {
  const { name, process: started, command, startedMs, clock } = request;
  const exit = started?.exit();
  const url = request.askUrl();
  const afterMs = (exit?.atMs ?? clock.nowMs()) - startedMs;
  const headline =
    exit === undefined
      ? `target “${name}” was not ready after ${seconds(afterMs)}`
      : `target “${name}” ended before it was ready`;
  const lines: (readonly [string, string])[] = [
    ['asked', url === undefined ? last : `GET ${url}, ${asked} ${asked === 1 ? 'time' : 'times'}: ${last}`],
  ];
  if (started !== undefined && command !== undefined) {
    const fate = exit === undefined ? 'it is still running' : `it ended after ${seconds(afterMs)} ${howItEnded(exit)}`;
    lines.push(['started', `${command.join(' ')} (pid ${started.pid}), ${fate}`]);
    lines.push(...lastWordsLines(started.lastWords(20)), ['log', started.logPath]);
    const longer = exit === undefined ? ', or raise `readyTimeoutMs`' : '';
    lines.push(['try', `run the command by hand in ${request.folder}${longer}`]);
  } else {
    lines.push(['try', 'start the service first, or give `command` so that it is started for you']);
  }
  return new TargetError('E401', name, explain(headline, lines));
}

function howItEnded(exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null }): string {
  return exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
