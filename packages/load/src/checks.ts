import type { Check, CheckContext, CheckOutcome, Measurement, Series } from '@preopen/core';
import { percentileMeasurement } from '@preopen/latency';
import { type Capacity, findCapacity } from './capacity.ts';
import { runClosedLoad } from './closed-load.ts';

/** Limit under which a rate counts as sustained. Source: the specification. */
const p95Ms = 100;

function ratesOf(
  capacity: Extract<Capacity, { outcome: 'found' }>,
  metric: string,
  rows: number,
  how: string,
): Measurement {
  const { heldPerSecond, refutedPerSecond, requests } = capacity;
  return {
    metric,
    value: heldPerSecond * rows,
    unit: '1/s',
    samples: Math.max(1, requests),
    interval: {
      low: heldPerSecond * rows,
      high: refutedPerSecond * rows,
      confidence: 0.95,
      method: 'held and refuted rates',
    },
    how,
  };
}

function curve(id: string, title: string, capacity: Capacity, rows: number): Series {
  const probes = capacity.probes.toSorted((a, b) => a.offeredPerSecond - b.offeredPerSecond);
  return {
    id,
    title,
    columns: [
      { name: 'offered predictions', unit: '1/s', values: probes.map((probe) => probe.offeredPerSecond * rows) },
      { name: 'achieved predictions', unit: '1/s', values: probes.map((probe) => probe.achievedPerSecond * rows) },
      {
        name: 'P95 response',
        unit: 'ms',
        values: probes.map((probe) => (Number.isFinite(probe.p95Ms) ? probe.p95Ms : null)),
      },
      { name: 'failed', unit: 'ratio', values: probes.map((probe) => probe.errorShare) },
      { name: 'verdict', values: probes.map((probe) => probe.verdict) },
    ],
  };
}

async function measureThroughput(context: CheckContext): Promise<CheckOutcome> {
  const service = context.service!;
  const rows = context.scale.stocks;
  const measurements: Measurement[] = [];
  const notMeasured: { metric: string; reason: string }[] = [];
  const series: Series[] = [];
  const notes: string[] = [];
  const parts = [
    {
      metric: 'throughput.predictions',
      rows,
      concurrency: 4,
      id: 'load.capacity',
      title: 'Capacity, whole cross-sections',
    },
    {
      metric: 'throughput.requests',
      rows: 1,
      concurrency: 16,
      id: 'load.capacitySingle',
      title: 'Capacity, one stock a request',
    },
  ];
  for (const part of parts) {
    const capacity = await findCapacity(
      service,
      { rows: part.rows, p95Ms, probeMs: 1500, concurrency: part.concurrency },
      context,
    );
    series.push(curve(part.id, part.title, capacity, part.rows));
    if (capacity.outcome === 'not-measured') {
      notMeasured.push({ metric: part.metric, reason: capacity.reason });
      continue;
    }
    const how = `${part.rows} rows a request, Poisson arrivals, P95 below ${p95Ms} ms; between a rate that was held and one that was not`;
    measurements.push(ratesOf(capacity, part.metric, part.rows, how));
    notes.push(
      `${part.title}: held ${Math.round(capacity.heldPerSecond * part.rows).toLocaleString('en-US')} /s; a closed loop with ${part.concurrency} requests under way came to ${Math.round(capacity.saturationPerSecond * part.rows).toLocaleString('en-US')} /s`,
    );
  }
  return { measurements, notMeasured, series, evidence: [], notes };
}

/** Predictions per second that are sustained with P95 below 100 ms, for whole cross-sections; and single-stock requests. */
export function sustainedThroughput(): Check {
  return {
    id: 'load/throughput',
    title: 'Sustained throughput with P95 below 100 ms, open-loop',
    metrics: ['throughput.predictions', 'throughput.requests'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => 22_000,
    timeoutMs: () => 600_000,
    run: measureThroughput,
  };
}

async function measureUsers(context: CheckContext): Promise<CheckOutcome> {
  const { users, stocks } = context.scale;
  const timeoutMs = 5000;
  context.emit({ type: 'progress', message: `${users} users, one request under way each` });
  // Requests of a tenth of the universe: a user looks at a list, not at the whole market.
  const batch = Math.max(1, Math.round(stocks / 10));
  await runClosedLoad(context.service!, { users, batch, durationMs: 1000, timeoutMs, seed: context.seed }, context);
  const { recorder, ledger, completedPerSecond, elapsedMs } = await runClosedLoad(
    context.service!,
    { users, batch, durationMs: 6000, timeoutMs, seed: context.seed },
    context,
  );
  const durationsMs = recorder.durationsMs('response', { failedMs: timeoutMs });
  const how = `closed loop, ${users} users without pause, ${batch} rows a request`;
  const p95 = percentileMeasurement({
    metric: 'latency.users.p95',
    q: 0.95,
    durationsMs,
    censoredAtMs: timeoutMs,
    look: 1,
    maxLooks: 1,
    how,
  });
  return {
    measurements: [
      ...('value' in p95 ? [p95] : []),
      { metric: 'throughput.users', value: completedPerSecond * batch, unit: '1/s', samples: ledger.ok, how },
    ],
    notMeasured: 'reason' in p95 ? [p95] : [],
    series: [],
    evidence: [],
    notes: [
      `${users} users: ${ledger.ok} answers, ${ledger.scheduled - ledger.ok} failures in ${(elapsedMs / 1000).toFixed(1)} s. A closed loop hides stalls: no latency limit is judged by it.`,
    ],
  };
}

/** What concurrent users get who each wait for their answer. */
export function concurrentUsers(): Check {
  return {
    id: 'load/users',
    title: 'Concurrent users, closed loop',
    metrics: ['latency.users.p95', 'throughput.users'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => 7500,
    run: measureUsers,
  };
}

/** The checks of this package. */
export function loadChecks(): readonly Check[] {
  return [sustainedThroughput(), concurrentUsers()];
}
