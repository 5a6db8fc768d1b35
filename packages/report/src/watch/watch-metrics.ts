import type { Results } from '@preopen/core';
import { resultFamilies } from '../open-metrics.ts';
import { type MetricFamily, openMetricsText, sampleText } from '../open-metrics-text.ts';
import type { Suspicion } from './suspicions.ts';

/** What a watch did so far. */
export interface WatchState {
  readonly target: string;
  readonly periodMs: number;
  /** Requests allowed in an hour. */
  readonly requestsPerHour: number;
  /** Whether the last run measured the target; `undefined` before the first. */
  readonly up: boolean | undefined;
  /** When the last run ended, in wall-clock milliseconds. */
  readonly lastRunWallMs: number | undefined;
  readonly runs: { readonly up: number; readonly down: number };
  /** Runs that were due and not made: the one before still ran, the requests were spent, or something of our own failed. */
  readonly skipped: { readonly overrun: number; readonly budget: number; readonly failed: number };
  /** Runs whose times other work on the machine spoilt: no change is looked for in them. */
  readonly spoilt: number;
  readonly requests: number;
  /** Alerts raised. */
  readonly alerts: { readonly change: number; readonly down: number; readonly up: number };
  readonly suspicions: readonly Suspicion[];
  /** The last run's results, if it came to any. */
  readonly results: Results | undefined;
}

/** What a watch tells before its first run. */
export const newWatch = (facts: Pick<WatchState, 'target' | 'periodMs' | 'requestsPerHour'>): WatchState => ({
  ...facts,
  up: undefined,
  lastRunWallMs: undefined,
  runs: { up: 0, down: 0 },
  skipped: { overrun: 0, budget: 0, failed: 0 },
  spoilt: 0,
  requests: 0,
  alerts: { change: 0, down: 0, up: 0 },
  suspicions: [],
  results: undefined,
});

/**
 * The watch and its last run as OpenMetrics text. What has not been measured has no sample: before the first run there is
 * no `preopen_watch_up`, and of a target that is down there are no latencies.
 */
export function renderWatchMetrics(state: WatchState): string {
  const { target } = state;
  const family = (
    name: string,
    type: MetricFamily['type'],
    unit: string,
    help: string,
    samples: readonly string[],
  ): MetricFamily[] => (samples.length === 0 ? [] : [{ name: `preopen_watch_${name}`, type, unit, help, samples }]);
  const counts = (name: string, label: string, by: Readonly<Record<string, number>>): string[] =>
    Object.entries(by).map(([value, count]) =>
      sampleText(`preopen_watch_${name}_total`, { target, [label]: value }, count),
    );
  const gauge = (name: string, unit: string, help: string, value: number | undefined): MetricFamily[] =>
    family(
      name,
      'gauge',
      unit,
      help,
      value === undefined ? [] : [sampleText(`preopen_watch_${name}`, { target }, value)],
    );
  const suspected = state.suspicions.map(({ metric, change }) =>
    sampleText('preopen_watch_suspected_change_ratio', { target, metric }, change),
  );
  return openMetricsText([
    ...gauge(
      'up',
      '',
      'Whether the last run could measure the target.',
      state.up === undefined ? undefined : +state.up,
    ),
    ...gauge('period_seconds', 'seconds', 'Time from run to run.', state.periodMs / 1000),
    ...gauge(
      'last_run_timestamp_seconds',
      'seconds',
      'When the last run ended.',
      state.lastRunWallMs === undefined ? undefined : state.lastRunWallMs / 1000,
    ),
    ...gauge('request_budget', '', 'Requests allowed in an hour.', state.requestsPerHour),
    ...family('requests', 'counter', '', 'Requests sent.', [
      sampleText('preopen_watch_requests_total', { target }, state.requests),
    ]),
    ...family(
      'runs',
      'counter',
      '',
      'Runs, by whether the target could be measured.',
      counts('runs', 'outcome', state.runs),
    ),
    ...family('skipped', 'counter', '', 'Runs that were due and not made.', counts('skipped', 'reason', state.skipped)),
    ...family(
      'spoilt',
      'counter',
      '',
      'Runs whose times other work on the machine spoilt; no change is looked for there.',
      [sampleText('preopen_watch_spoilt_total', { target }, state.spoilt)],
    ),
    ...family('alerts', 'counter', '', 'Alerts raised.', counts('alerts', 'kind', state.alerts)),
    ...family(
      'suspected_change_ratio',
      'gauge',
      'ratio',
      'Change of a metric, after against before - 1, suspected within the last 12 runs.',
      suspected,
    ),
    ...(state.results ? resultFamilies(state.results) : []),
  ]);
}
