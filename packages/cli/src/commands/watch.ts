import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describeEnvironment, formatQuantity, InputError, isAddress, systemClock } from '@preopen/core';
import {
  appendHistory,
  environmentClass,
  fitsBudget,
  historyEntry,
  newWatch,
  nextSlot,
  readHistory,
  recentSuspicions,
  renderWatchMetrics,
  type Spent,
  spentWithinHour,
  type WatchedMetrics,
  type WatchState,
  watchEntry,
  watchedSoFar,
} from '@preopen/report';
import { addressOptions, type EndpointFlags } from '../endpoint-flags.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { configAt, targetNamed, targetOrAddress } from '../target-choice.ts';
import { type Alert, runAlertCommand } from '../watch/alert-command.ts';
import { type LightRunFlags, mostPerRun, runLightly, suiteName, type WatchRun } from '../watch/light-run.ts';
import { serveMetrics } from '../watch/metrics-server.ts';
import { watchedSuite } from '../watch/watched-suite.ts';

/** The flags of `preopen watch`, already read; times in milliseconds. */
export interface WatchFlags extends EndpointFlags, LightRunFlags {
  readonly every: number;
  readonly for?: number;
  readonly maxRuns?: number;
  readonly requestsPerHour: number;
  readonly port: number;
  readonly history: string;
  readonly suite?: string;
  readonly onAlert?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `preopen watch`: light runs for ever, until a signal or a limit ends it. */
export async function watchCommand(wanted: string | undefined, flags: WatchFlags, streams: Streams): Promise<ExitCode> {
  const config = await configAt(flags.config);
  const say = (text: string): unknown => streams.err.write(`${text}\n`);
  const chosenSuite = flags.suite === undefined ? undefined : watchedSuite(flags.suite, config, flags.require ?? []);
  if (!chosenSuite && flags.requestsPerHour < mostPerRun)
    throw new InputError(
      `--requests-per-hour ${flags.requestsPerHour}: a run may take ${mostPerRun}, for it is made twice where other work disturbed the machine. Give at least that.`,
      { code: 'E161' },
    );
  const named =
    wanted !== undefined && isAddress(wanted) ? undefined : targetNamed(wanted ?? config.target, config).target;
  const name = named?.name ?? wanted!;
  if (named && !named.service)
    throw new InputError(`target “${name}” is no service: watch measures services.`, { code: 'E162' });
  for (const { id, why } of chosenSuite?.leftOut ?? []) say(`left out: ${id}: ${why}`);
  const run: LightRunFlags = chosenSuite ? { ...flags, watched: chosenSuite.suite } : flags;
  // Of a suite nobody knows before how much it sends: the most that a whole run took so far, and one request before any.
  let mostSoFar = chosenSuite ? 1 : mostPerRun;
  const tell = (line: object, text: string): unknown =>
    streams.out.write(`${flags.json ? JSON.stringify(line) : text}\n`);
  const user = new AbortController();
  const { signal } = user;
  const onSignal = (): void => user.abort(new Error('the watch was ended'));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  let state: WatchState = newWatch({ target: name, periodMs: flags.every, requestsPerHour: flags.requestsPerHour });
  let watched: WatchedMetrics = new Map();
  let spent: readonly Spent[] = [];
  const historyDir = resolve(flags.history);
  const alerting = new Set<Promise<void>>();
  const raise = (kind: Alert['kind'], message: string, more: Partial<Alert> = {}): void => {
    const alert: Alert = { kind, target: name, at: new Date(systemClock.wallMs()).toISOString(), message, ...more };
    state = { ...state, alerts: { ...state.alerts, [kind]: state.alerts[kind] + 1 } };
    tell({ type: 'alert', ...alert }, `${alert.at}  ALERT  ${message}`);
    if (flags.onAlert === undefined) return;
    const running = runAlertCommand(flags.onAlert, alert, signal).then((problem) => {
      alerting.delete(running);
      if (problem !== undefined) say(`--on-alert: ${problem}`);
    });
    alerting.add(running);
  };

  const skip = (reason: 'budget' | 'failed', why: string): void => {
    state = { ...state, skipped: { ...state.skipped, [reason]: state.skipped[reason] + 1 } };
    const at = new Date(systemClock.wallMs()).toISOString();
    tell({ type: 'skipped', target: name, at, reason, why }, `${at}  skipped: ${why}`);
  };

  /** Takes a run into the state, the history and the alerts. */
  const take = async ({ results, problem, requests, overspent }: WatchRun): Promise<void> => {
    const nowMs = systemClock.nowMs();
    const lastRunWallMs = systemClock.wallMs();
    if (overspent) {
      spent = spentWithinHour([...spent, { atMs: nowMs, requests }], nowMs);
      state = { ...state, requests: state.requests + requests };
      mostSoFar = Math.min(flags.requestsPerHour, Math.max(mostSoFar, requests + 1));
      skip(
        'budget',
        `a run took the ${requests} requests that were left of this hour and ended before it was done; --requests-per-hour allows ${flags.requestsPerHour}`,
      );
      return;
    }
    mostSoFar = Math.max(mostSoFar, requests);
    const up = problem === undefined;
    const wasUp = state.up;
    spent = spentWithinHour([...spent, { atMs: nowMs, requests }], nowMs);
    const runs = { ...state.runs, [up ? 'up' : 'down']: state.runs[up ? 'up' : 'down'] + 1 };
    const entry = results && historyEntry(results);
    const isSpoilt = up && entry?.metrics.some((metric) => metric.spoilt) === true;
    const spoiltBy = isSpoilt ? results?.checks.find(({ noise }) => noise?.contaminated)?.noise?.reason : undefined;
    const counts = { requests: state.requests + requests, spoilt: state.spoilt + (isSpoilt ? 1 : 0) };
    state = { ...state, ...counts, up, runs, lastRunWallMs, results };
    const at = new Date(lastRunWallMs).toISOString();
    const measured = results?.checks.flatMap(({ measurements }) => measurements) ?? [];
    const shown = measured
      .filter(({ metric }) => !metric.startsWith('latency.service.'))
      .map(({ metric, value, unit }) => `${metric} ${formatQuantity(value, unit)}`);
    tell(
      {
        type: 'run',
        target: name,
        at,
        up,
        requests,
        problem: problem ?? null,
        spoilt: spoiltBy ?? null,
        measurements: measured.map(({ metric, value, unit }) => ({ metric, value, unit })),
      },
      `${at}  ${up ? 'up  ' : 'DOWN'}  ${up ? shown.join(', ') : problem}${spoiltBy === undefined ? '' : `; no change is looked for: ${spoiltBy}`}`,
    );
    if (!up && wasUp !== false) raise('down', `${name} cannot be measured: ${problem}`);
    if (up && wasUp === false) raise('up', `${name} can be measured again`);
    if (!entry) return;
    const after = watchEntry(watched, entry);
    watched = after.watched;
    state = { ...state, suspicions: recentSuspicions(watched) };
    for (const { metric, change, since } of after.found) {
      const size = `${change > 0 ? '+' : '−'}${(Math.abs(change) * 100).toFixed(0)} %`;
      raise('change', `${metric} of ${name} seems to have changed by ${size} since ${since}`, {
        metric,
        change,
        since,
      });
    }
    await appendHistory(historyDir, entry).catch((cause: Error) =>
      say(`the run is not in the history: ${cause.message}`),
    );
  };

  const server = await serveMetrics(flags.port, () => renderWatchMetrics(state)).catch((cause: unknown) => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    throw cause;
  });
  try {
    const { entries, problems } = await readHistory(historyDir);
    for (const problem of problems) say(`history: ${problem}`);
    watched = watchedSoFar(entries, {
      target: name,
      suite: chosenSuite?.suite.name ?? suiteName,
      scale: chosenSuite?.suite.scale ?? { stocks: flags.batch, days: 0, users: 1 },
      environmentClass: environmentClass(await describeEnvironment()),
    });
    state = { ...state, suspicions: recentSuspicions(watched) };
    say(`Watching ${name}; ${server.url}; Ctrl-C ends it.`);
    const startMs = systemClock.nowMs();
    const endMs = startMs + (flags.for ?? Number.POSITIVE_INFINITY);
    let dueMs = startMs;
    for (let made = 0; made < (flags.maxRuns ?? Number.POSITIVE_INFINITY) && dueMs < endMs; ) {
      await wait(Math.max(0, dueMs - systemClock.nowMs()), undefined, { signal });
      if (fitsBudget(spent, systemClock.nowMs(), { requestsPerHour: flags.requestsPerHour, mostPerRun: mostSoFar })) {
        try {
          const patience = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
          const chosen = await targetOrAddress(wanted, config, addressOptions(flags), patience);
          const sent = spentWithinHour(spent, systemClock.nowMs()).reduce((sum, { requests }) => sum + requests, 0);
          const mostRequests = flags.requestsPerHour - sent;
          const ended = await runLightly(chosen, run, { mostRequests, streams, signal });
          if (signal.aborted) break;
          await take(ended);
        } catch (cause) {
          // What cannot be begun at all is a mistake; what fails later (a full disk) may pass.
          if (signal.aborted || made === 0) throw cause;
          skip('failed', (cause as Error).message);
        }
        made++;
      } else skip('budget', 'the requests of this hour are spent');
      const { dueMs: nextMs, missed } = nextSlot(dueMs, flags.every, systemClock.nowMs());
      state = { ...state, skipped: { ...state.skipped, overrun: state.skipped.overrun + missed } };
      dueMs = nextMs;
    }
    if (!signal.aborted) await Promise.all(alerting);
    return exitCodes.ok;
  } catch (cause) {
    if (!signal.aborted) throw cause;
    return exitCodes.ok;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await Promise.all(alerting);
    await server.close();
  }
}
