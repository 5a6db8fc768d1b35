import { type CheckContext, type CheckOutcome, type Measurement, type RunningService, theilSen } from '@preopen/core';
import { errorRate } from './error-rate.ts';
import { LatencyRecorder } from './recorder.ts';

/** Stocks per request. Source: issue of this package; those beyond the run's universe are left out. */
const sizes = [1, 10, 50, 100, 200, 500, 1000, 2000];
/** Rounds after the one that warms up; each asks every size once, in an order of its own. */
const mostRounds = 200;
const fewestRounds = 12;
const timeoutMs = 30_000;

/**
 * Asks with different numbers of stocks in turn, one request at a time, and fits `fixed + perStock · stocks` by
 * Theil–Sen over all answers, which a few slow ones do not move.
 */
export async function batchSizeCurve(
  service: RunningService,
  context: Pick<CheckContext, 'clock' | 'signal' | 'random' | 'emit' | 'budgetMs' | 'seed' | 'scale'>,
): Promise<CheckOutcome> {
  const { clock, signal, emit, scale, seed } = context;
  const rows = [...new Set([...sizes.filter((size) => size < scale.stocks), scale.stocks])];
  const requests = rows.map((size) => service.codec.encode(service.batch(size, seed), service.model));
  const random = context.random('latency/batch-size');
  const recorder = new LatencyRecorder();
  const startMs = clock.nowMs();
  let rounds = 0;
  for (let round = 0; round <= mostRounds; round++) {
    if (round > fewestRounds && clock.nowMs() - startMs > context.budgetMs / 2) break;
    emit({ type: 'progress', message: 'timing requests of different sizes', fraction: round / (mostRounds + 1) });
    for (const which of random.shuffle(rows.map((_, index) => index))) {
      const exchange = await service.send(requests[which]!, { timeoutMs, signal });
      signal.throwIfAborted();
      if (round === 0) continue;
      const slot = recorder.schedule(exchange.sentMs, exchange.sentMs, which);
      recorder.sent(slot, exchange.sentMs);
      recorder.done(slot, exchange.doneMs, exchange.outcome);
    }
    rounds = round;
  }
  const ledger = recorder.ledger();
  const metrics = ['latency.batch.fixed', 'latency.batch.perStock'];
  if (ledger.ok < ledger.scheduled || rows.length < 3) {
    const reason =
      rows.length < 3
        ? `a universe of ${scale.stocks} stocks has too few sizes to compare`
        : `${ledger.scheduled - ledger.ok} of ${ledger.scheduled} requests failed (${errorRate('', ledger)?.how ?? ''})`;
    return {
      measurements: [],
      notMeasured: metrics.map((metric) => ({ metric, reason })),
      series: [],
      evidence: [],
      notes: [],
    };
  }
  const bySize = rows.map((_, which) =>
    recorder.durationsMs('service', { failedMs: timeoutMs, payload: (payload) => payload === which }).toSorted(),
  );
  const x: number[] = [];
  const y: number[] = [];
  bySize.forEach((durations, which) => {
    for (const ms of durations) {
      x.push(rows[which]!);
      y.push(ms);
    }
  });
  const line = theilSen(x, y);
  const at = (which: number, q: number): number => bySize[which]![Math.ceil(q * bySize[which]!.length) - 1]!;
  const fitted = (size: number): number => line.intercept + line.slope * size;
  // The middle value of each size against the line: a curve shows here.
  const worstMs = Math.max(...rows.map((size, which) => Math.abs(at(which, 0.5) - fitted(size))));
  const how = `line through ${x.length} answers with ${rows[0]} to ${rows.at(-1)} stocks, one request at a time; the medians of the sizes are within ${worstMs.toFixed(2)} ms of it`;
  const perStock: Measurement = {
    metric: 'latency.batch.perStock',
    value: line.slope,
    unit: 'ms',
    samples: x.length,
    interval: { low: line.low, high: line.high, confidence: 0.95, method: 'theil-sen' },
    how,
  };
  return {
    measurements: [
      { metric: 'latency.batch.fixed', value: line.intercept, unit: 'ms', samples: x.length, how },
      perStock,
    ],
    series: [
      {
        id: 'latency.batchSize',
        title: 'Service time by stocks per request',
        columns: [
          { name: 'stocks', unit: 'count', values: rows },
          { name: 'median', unit: 'ms', values: rows.map((_, which) => at(which, 0.5)) },
          { name: 'P95', unit: 'ms', values: rows.map((_, which) => at(which, 0.95)) },
          { name: 'fitted', unit: 'ms', values: rows.map(fitted) },
        ],
      },
    ],
    evidence: [],
    notes: [
      `A request costs ${line.intercept.toFixed(2)} ms and ${(line.slope * 1000).toFixed(2)} µs for each stock (${rounds} rounds).`,
    ],
  };
}
