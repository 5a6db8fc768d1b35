import type { CheckContext, EncodedRequest, Exchange, Measurement, RunningService, Series } from '@preopen/core';
import { waitUntil } from './pacing.ts';
import { percentileCurve, percentileMeasurement } from './percentiles.ts';
import { LatencyRecorder } from './recorder.ts';
import { isWarm } from './warm-up.ts';

/** How latency is to be measured. */
export interface LatencyScenario {
  /** Rows of each request. */
  readonly rows: number;
  /** Prefix of the metrics: `latency.inference` gives `latency.inference.p95`. */
  readonly metric: string;
  /** Share of its capacity at which the service is loaded, by its own service time. Default 0.3. */
  readonly load?: number;
  /** Highest arrival rate. Default 100 a second. */
  readonly maxRatePerSecond?: number;
  readonly timeoutMs?: number;
  /** Requests before the first look. Default 400. */
  readonly minSamples?: number;
  /** Looks, each at twice the requests of the one before. Default 4. */
  readonly maxLooks?: number;
}

/** What was measured, and the record behind it. */
export interface LatencyResult {
  readonly measurements: readonly Measurement[];
  readonly notMeasured: readonly { readonly metric: string; readonly reason: string }[];
  readonly series: readonly Series[];
  readonly recorder: LatencyRecorder;
  readonly arrivalRatePerSecond: number;
  readonly notes: readonly string[];
}

type Context = Pick<CheckContext, 'clock' | 'signal' | 'random' | 'emit' | 'budgetMs' | 'undecided' | 'seed'>;

/** Payloads that are sent in turn, so that no answer can come from a cache of one request. */
const payloads = 8;
const warmUpMs = { least: 300, most: 10_000 };

async function warmUp(
  service: RunningService,
  requests: readonly EncodedRequest[],
  timeoutMs: number,
  { clock, signal, budgetMs, emit }: Context,
): Promise<{ serviceMs: number; failed: string | undefined; exchanges: readonly Exchange[] }> {
  emit({ type: 'progress', message: 'warming up until service times are stationary' });
  const times: number[] = [];
  const exchanges: Exchange[] = [];
  let failures = 0;
  let problem = '';
  const startMs = clock.nowMs();
  const endMs = startMs + Math.min(warmUpMs.most, budgetMs / 4);
  for (let i = 0; ; i++) {
    signal.throwIfAborted();
    const exchange = await service.send(requests[i % requests.length]!, { timeoutMs, signal });
    exchanges.push(exchange);
    if (exchange.outcome === 'ok') times.push(exchange.doneMs - exchange.sentMs);
    else {
      failures++;
      problem = `${exchange.outcome}${exchange.problem ? `: ${exchange.problem}` : ''}`;
    }
    if (failures >= 5 && failures > times.length) break;
    const nowMs = clock.nowMs();
    if (nowMs >= endMs || (nowMs - startMs > warmUpMs.least && isWarm(times))) break;
  }
  const last = times.slice(-20).toSorted((a, b) => a - b);
  return {
    serviceMs: last[last.length >> 1] ?? Number.NaN,
    failed: failures > times.length ? problem : undefined,
    exchanges,
  };
}

/**
 * Measures response time (from the intended start) and service time of requests that arrive at random moments, at a
 * rate well below what the service can do: an open loop, so that a stall is charged to every request due during it.
 * Samples on while a requirement is undecided, within the budget; the looks share one error budget.
 */
export async function measureLatency(
  service: RunningService,
  scenario: LatencyScenario,
  context: Context,
): Promise<LatencyResult> {
  const { clock, signal, emit } = context;
  const {
    rows,
    metric,
    load = 0.3,
    maxRatePerSecond = 100,
    timeoutMs = 5000,
    minSamples = 400,
    maxLooks = 4,
  } = scenario;
  const requests = Array.from({ length: payloads }, (_, i) =>
    service.codec.encode(service.batch(rows, context.seed + i), service.model),
  );
  const recorder = new LatencyRecorder(minSamples * 2 ** (maxLooks - 1));
  const metrics = ['p50', 'p95', 'p99'].map((name) => `${metric}.${name}`);
  const startMs = clock.nowMs();
  const { serviceMs, failed, exchanges } = await warmUp(service, requests, timeoutMs, context);
  if (failed !== undefined || Number.isNaN(serviceMs)) {
    const reason = `most requests failed while warming up (${failed ?? 'no answer'})`;
    // They are all there is to say of the service; of one that answers, the warm-up is no part of the figures.
    for (const exchange of exchanges) {
      const slot = recorder.schedule(exchange.sentMs);
      recorder.sent(slot, exchange.sentMs);
      recorder.done(slot, exchange.doneMs, exchange.outcome);
    }
    return {
      measurements: [],
      notMeasured: metrics.map((name) => ({ metric: name, reason })),
      series: [],
      recorder,
      arrivalRatePerSecond: 0,
      notes: [reason],
    };
  }
  const ratePerSecond = Math.min(maxRatePerSecond, (1000 * load) / serviceMs);
  const random = context.random('latency/arrivals');
  const underWay = new Set<Promise<void>>();
  const beganMs = clock.nowMs() + 5;
  let dueMs = beganMs;
  let look = 0;
  let measurements: Measurement[] = [];
  let notMeasured: { metric: string; reason: string }[] = [];
  const how = `response time from the intended start, ${rows} rows a request, Poisson arrivals at ${ratePerSecond.toFixed(1)} /s`;
  while (look < maxLooks) {
    const until = minSamples * 2 ** look;
    const expectedEndMs = dueMs + ((until - recorder.count) * 1000) / ratePerSecond;
    // A look that cannot be finished within the budget is not begun; the first one always is.
    if (look > 0 && expectedEndMs - startMs > context.budgetMs) break;
    while (recorder.count < until) {
      dueMs += (1000 * random.exponential()) / ratePerSecond;
      await waitUntil(dueMs, clock, signal);
      const slot = recorder.schedule(dueMs);
      const sending = service.send(requests[slot % payloads]!, { timeoutMs, signal }).then((exchange) => {
        recorder.sent(slot, exchange.sentMs);
        recorder.firstByte(slot, exchange.firstByteMs);
        recorder.done(slot, exchange.doneMs, exchange.outcome);
        underWay.delete(sending);
      });
      underWay.add(sending);
      if (slot % 50 === 49) {
        const soFar = recorder.durationsMs('response', { failedMs: timeoutMs }).toSorted();
        const p95 = soFar[Math.floor(soFar.length * 0.95)];
        emit({
          type: 'progress',
          message: `P95 so far ${p95?.toFixed(1) ?? '–'} ms at ${ratePerSecond.toFixed(0)} requests/s`,
          fraction: Math.min(1, (slot + 1) / until),
        });
        if (p95 !== undefined) emit({ type: 'sample', metric: `${metric}.p95`, value: p95, unit: 'ms' });
      }
      const { scheduled, ok, pending } = slot % 50 === 49 ? recorder.ledger() : { scheduled: 0, ok: 0, pending: 0 };
      if (scheduled >= 100 && scheduled - pending > 2 * (ok + 25)) break;
    }
    await Promise.all(underWay);
    look++;
    ({ measurements, notMeasured } = summarize());
    if (recorder.count < until || !context.undecided(measurements)) break;
  }

  function summarize(): { measurements: Measurement[]; notMeasured: { metric: string; reason: string }[] } {
    const durationsMs = recorder.durationsMs('response', { failedMs: timeoutMs });
    const results = [0.5, 0.95, 0.99].map((q, i) =>
      percentileMeasurement({
        metric: metrics[i]!,
        q,
        durationsMs,
        censoredAtMs: timeoutMs,
        look: Math.max(1, look),
        maxLooks,
        how,
      }),
    );
    return {
      measurements: results.filter((result) => 'value' in result),
      notMeasured: results.filter((result) => 'reason' in result),
    };
  }
  const response = recorder.durationsMs('response', { failedMs: timeoutMs });
  const serviceTimes = recorder.durationsMs('service', { failedMs: timeoutMs });
  const lag = recorder.durationsMs('lag', { failedMs: timeoutMs });
  return {
    measurements,
    notMeasured,
    series: [
      percentileCurve('latency.percentiles', 'Latency by percentile', { response, service: serviceTimes, lag }),
      overTime(recorder, beganMs, timeoutMs),
    ],
    recorder,
    arrivalRatePerSecond: ratePerSecond,
    notes: [
      `${recorder.count} requests of ${rows} rows at ${ratePerSecond.toFixed(1)} /s (${Math.round(load * 100)} % of what a service time of ${serviceMs.toFixed(1)} ms allows, at most ${maxRatePerSecond} /s), ${look} looks`,
    ],
  };
}

/** The slowest and the median response of each tenth of the run, at least a quarter of a second long. */
function overTime(recorder: LatencyRecorder, beganMs: number, timeoutMs: number): Series {
  const endMs = recorder.dueMs.at(-1) ?? beganMs;
  const stepMs = Math.max(250, (endMs - beganMs) / 60);
  const windows = Math.max(1, Math.ceil((endMs - beganMs) / stepMs));
  const starts: number[] = [];
  const medians: (number | null)[] = [];
  const slowest: (number | null)[] = [];
  let from = 0;
  for (let w = 0; w < windows; w++) {
    let to = from;
    while (to < recorder.count && recorder.dueMs[to]! < beganMs + (w + 1) * stepMs) to++;
    const ascending = recorder.durationsMs('response', { failedMs: timeoutMs, from, to }).toSorted();
    starts.push((w * stepMs) / 1000);
    medians.push(ascending[ascending.length >> 1] ?? null);
    slowest.push(ascending.at(-1) ?? null);
    from = to;
  }
  return {
    id: 'latency.overTime',
    title: 'Response time over the run',
    columns: [
      { name: 'since start', unit: 's', values: starts },
      { name: 'median', unit: 'ms', values: medians },
      { name: 'slowest', unit: 'ms', values: slowest },
    ],
  };
}
