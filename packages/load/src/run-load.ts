import type { CheckContext, RunningService } from '@preopen/core';
import { stageBreakdown } from '@preopen/latency';
import { brokenRule, type WindowFigures, windowFigures } from './abort-rule.ts';
import { canUseLanes, lanesJob, startLanesJob } from './lanes.ts';
import { type Generated, type LoadResult, type LoadScenario, summarizeLoad } from './load-result.ts';
import { startOpenLoad } from './open-load.ts';
import { watchRecent } from './recent.ts';
import { watchTarget } from './target-usage.ts';

type Context = Pick<CheckContext, 'clock' | 'signal' | 'emit'> & {
  /** Ends the load before its time; what was measured until then is reported, where `signal` throws it away. */
  readonly endEarly?: AbortSignal;
};

/** How often progress is looked at, and how long the windows of the abort rules are. */
const windowMs = 500;

/** Sends the load, from this thread or others, reports on it, and gives it up when a rule says so. */
async function generate(service: RunningService, scenario: LoadScenario, context: Context): Promise<Generated> {
  const { clock, signal, emit, endEarly } = context;
  const { abortWhen = [], durationMs, timeoutMs = 5000 } = scenario;
  const startMs = clock.nowMs();
  const windows: WindowFigures[] = [];
  let aborted: string | undefined;
  /** Ends the load when it is told to; gives the undoing. */
  const listen = (stop: () => void): (() => void) => {
    const onEnd = (): void => {
      aborted ??= `${(endEarly?.reason as Error | undefined)?.message ?? 'ended'} after ${((clock.nowMs() - startMs) / 1000).toFixed(1)} s`;
      stop();
    };
    if (endEarly?.aborted) onEnd();
    else endEarly?.addEventListener('abort', onEnd, { once: true });
    return () => endEarly?.removeEventListener('abort', onEnd);
  };
  const heard = (recentMs: Float64Array, failed: number, scheduled: number, stop: () => void): void => {
    const figures = windowFigures(clock.nowMs() - startMs, recentMs, failed);
    windows.push(figures);
    if (windows.length > 1000) windows.shift();
    emit({
      type: 'progress',
      message: `${scheduled.toLocaleString('en-US')} requests, P95 now ${figures.p95Ms.toFixed(1)} ms`,
      ...(durationMs === undefined ? {} : { fraction: Math.min(1, figures.atMs / durationMs) }),
    });
    emit({ type: 'sample', metric: 'latency.response.p95', value: figures.p95Ms, unit: 'ms' });
    if (aborted !== undefined) return;
    aborted = brokenRule(abortWhen, windows);
    if (aborted !== undefined) stop();
  };
  const whyGivenUp = ({ gaveUp }: { readonly gaveUp: boolean }): string | undefined =>
    gaveUp ? `more than ${scenario.mostUnderWay} requests were under way` : undefined;
  const lanes = scenario.lanes ?? (canUseLanes(service) ? 1 : 0);
  if (lanes > 0) {
    const totals = Array.from({ length: lanes }, () => ({ scheduled: 0, failed: 0 }));
    const { lanes: _lanes, abortWhen: _abortWhen, limitMs: _limitMs, windows: _windows, ...open } = scenario;
    const job = { ...lanesJob(service, { kind: 'open', ...open }), lanes, firstLane: 0, allLanes: lanes };
    const load = startLanesJob(job, {
      clock,
      signal,
      onProgress: (lane, progress) => {
        const failed = progress.failed - totals[lane]!.failed;
        totals[lane] = progress;
        const scheduled = totals.reduce((sum, total) => sum + total.scheduled, 0);
        heard(progress.recentMs, failed, scheduled, load.stop);
      },
    });
    const deafen = listen(load.stop);
    try {
      const outcome = await load.done;
      return { ...outcome, pacer: outcome.pacer ?? 'sleep', aborted: aborted ?? whyGivenUp(outcome), lanes };
    } finally {
      deafen();
    }
  }
  const load = startOpenLoad(service, scenario, context);
  const { recorder } = load;
  const recentMs = watchRecent(recorder, timeoutMs);
  let failedBefore = 0;
  const timer = setInterval(() => {
    const { scheduled, pending, ok } = recorder.ledger();
    const failed = scheduled - pending - ok;
    heard(recentMs(), failed - failedBefore, scheduled, () => void load.stop());
    failedBefore = failed;
  }, windowMs);
  const deafen = listen(() => void load.stop());
  try {
    await load.done;
  } finally {
    deafen();
    clearInterval(timer);
  }
  return {
    recorder,
    rowsOfPayload: load.rowsOfPayload,
    stages: stageBreakdown(recorder, load.stageTimes),
    problems: load.problems(),
    inFlightMs: load.inFlightMs(),
    pacer: load.pacer,
    gaveUp: load.gaveUp,
    startMs: load.startMs,
    utilisation: load.utilisation(),
    aborted: aborted ?? whyGivenUp(load),
    lanes: 0,
  };
}

/**
 * Runs open-loop load on a service and says what it saw: response times from the intended start, service times, rates in
 * requests and in predictions, errors by class. Before anything is reported the ledger must balance, Little's law must
 * hold, and the generator must have kept its schedule; otherwise nothing is measured, and the reason is given.
 */
export async function runLoad(service: RunningService, scenario: LoadScenario, context: Context): Promise<LoadResult> {
  const usageOf = watchTarget(service, context.clock);
  const generated = await generate(service, scenario, context);
  const usage = usageOf();
  context.signal.throwIfAborted();
  return summarizeLoad(generated, scenario, usage);
}
