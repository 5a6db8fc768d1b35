import { type CheckContext, quantile, type RunningService, sortedCopy } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { runClosedLoad } from './closed-load.ts';
import { loadState } from './load-state.ts';
import { startOpenLoad } from './open-load.ts';

/** What “sustained” means. */
export interface CapacityRequest {
  /** Rows of each request. */
  readonly rows: number;
  /** Response times from the intended start must keep this P95. */
  readonly p95Ms: number;
  /** Share of failed requests that is allowed. Default 0.01. */
  readonly errorShare?: number;
  /** Length of one probe. */
  readonly probeMs: number;
  /** Requests under way at saturation. */
  readonly concurrency: number;
}

/** One rate that was tried. */
export interface Probe {
  readonly offeredPerSecond: number;
  readonly achievedPerSecond: number;
  readonly p95Ms: number;
  readonly errorShare: number;
  readonly requests: number;
  readonly verdict: 'held' | 'refuted' | 'generator-limited';
  readonly reason: string;
}

/** Capacity in requests per second: a rate that was held, and one that was not. */
export type Capacity =
  | {
      readonly outcome: 'found';
      readonly heldPerSecond: number;
      readonly refutedPerSecond: number;
      readonly requests: number;
      readonly probes: readonly Probe[];
      readonly saturationPerSecond: number;
    }
  | { readonly outcome: 'not-measured'; readonly reason: string; readonly probes: readonly Probe[] };

type Context = Pick<CheckContext, 'clock' | 'signal' | 'emit' | 'seed'>;

/** A probe with fewer requests says nothing of a P95. */
const minRequests = 60;

function summarize(
  recorder: LatencyRecorder,
  offeredPerSecond: number,
  spanMs: number,
  request: CapacityRequest,
): Probe {
  const { p95Ms: limitMs, errorShare: allowed = 0.01 } = request;
  const ledger = recorder.ledger();
  const ended = ledger.scheduled - ledger.aborted - ledger.pending;
  const response = sortedCopy(recorder.durationsMs('response', { failedMs: 5000 }));
  const p95Ms = response.length > 0 ? quantile(response, 0.95) : Number.POSITIVE_INFINITY;
  const errorShare = ended === 0 ? 1 : (ended - ledger.ok) / ended;
  const achievedPerSecond = (ledger.ok * 1000) / spanMs;
  const probe = { offeredPerSecond, achievedPerSecond, p95Ms, errorShare, requests: ledger.scheduled };
  const state = loadState(recorder, { limitMs, connections: 256 });
  if (state.state !== 'valid') return { ...probe, verdict: 'generator-limited', reason: state.reason };
  if (errorShare > allowed)
    return { ...probe, verdict: 'refuted', reason: `${(errorShare * 100).toFixed(1)} % of the requests failed` };
  if (p95Ms >= limitMs) return { ...probe, verdict: 'refuted', reason: `P95 was ${p95Ms.toFixed(0)} ms` };
  return { ...probe, verdict: 'held', reason: `P95 was ${p95Ms.toFixed(1)} ms` };
}

async function probeAt(
  service: RunningService,
  ratePerSecond: number,
  request: CapacityRequest,
  context: Context,
): Promise<Probe> {
  const durationMs = Math.max(request.probeMs, (minRequests * 1000) / ratePerSecond);
  const load = startOpenLoad(
    service,
    {
      arrivals: { kind: 'poisson', ratePerSecond },
      batch: request.rows,
      durationMs,
      timeoutMs: Math.max(2000, request.p95Ms * 10),
      connections: 256,
      seed: context.seed,
    },
    context,
  );
  const startMs = context.clock.nowMs();
  try {
    await load.done;
  } finally {
    await load.stop();
  }
  context.signal.throwIfAborted();
  // The end of the last answer counts: a backlog that is worked off after the probe was not sustained.
  const spanMs = Math.max(durationMs, context.clock.nowMs() - startMs);
  return summarize(load.recorder, ratePerSecond, spanMs, request);
}

/**
 * The highest rate that a service sustains under a latency limit, between a rate that it held and one that it did not.
 * A closed loop first finds where it saturates; open-loop probes then halve the bracket until it is within 15 %.
 */
export async function findCapacity(
  service: RunningService,
  request: CapacityRequest,
  context: Context,
): Promise<Capacity> {
  const { rows, concurrency } = request;
  const { emit } = context;
  const probes: Probe[] = [];
  emit({ type: 'progress', message: `finding saturation with ${concurrency} requests under way`, fraction: 0 });
  // The first second warms up connections, caches and the compiler of the service.
  await runClosedLoad(service, { users: concurrency, batch: rows, durationMs: 1000, seed: context.seed }, context);
  const closed = await runClosedLoad(
    service,
    { users: concurrency, batch: rows, durationMs: Math.max(1500, request.probeMs / 2), seed: context.seed },
    context,
  );
  const { ledger } = closed;
  if (ledger.ok === 0 || (ledger.scheduled - ledger.ok) / ledger.scheduled > 0.5) {
    return {
      outcome: 'not-measured',
      reason: `${ledger.scheduled - ledger.ok} of ${ledger.scheduled} requests failed at saturation`,
      probes,
    };
  }
  const saturationPerSecond = closed.completedPerSecond;
  let held: Probe | undefined;
  // Nobody sustains more than saturation; a little is added for the error of that figure.
  let refutedPerSecond = saturationPerSecond * 1.1;
  let rate = saturationPerSecond * 0.8;
  const most = 6;
  for (let i = 0; i < most; i++) {
    emit({
      type: 'progress',
      message: `holding ${Math.round(rate * rows).toLocaleString('en-US')} predictions/s`,
      fraction: (i + 1) / (most + 1),
    });
    let probe = await probeAt(service, rate, request, context);
    // One bad stretch can be the machine's: a rate is refuted by two.
    if (probe.verdict !== 'held') {
      probes.push(probe);
      probe = await probeAt(service, rate, request, context);
    }
    probes.push(probe);
    if (probe.verdict === 'generator-limited')
      return { outcome: 'not-measured', reason: `generator-limited: ${probe.reason}`, probes };
    if (probe.verdict === 'held') held = probe;
    else refutedPerSecond = Math.min(refutedPerSecond, rate);
    const lower = held?.offeredPerSecond ?? 0;
    if (lower > 0 && refutedPerSecond / lower < 1.15) break;
    rate = lower > 0 ? (lower + refutedPerSecond) / 2 : rate / 2;
  }
  if (!held)
    return {
      outcome: 'found',
      heldPerSecond: 0,
      refutedPerSecond,
      requests: probes.reduce((sum, probe) => sum + probe.requests, 0),
      probes,
      saturationPerSecond,
    };
  return {
    outcome: 'found',
    heldPerSecond: held.achievedPerSecond,
    refutedPerSecond,
    requests: held.requests,
    probes,
    saturationPerSecond,
  };
}
