import type { Check, CheckContext, CheckOutcome, Measurement, RunningService, Series } from '@preopen/core';
import { detectLeak } from '../leak/detect-leak.ts';
import type { LeakReport } from '../leak/report.ts';
import { type LeakTarget, nodeHeap, residentMemory } from '../leak/target.ts';
import { leakSentences } from '../leak/words.ts';
import { combinedProbe } from '../node/combined-probe.ts';
import { startProbeServer } from '../node/probe-server.ts';
import { noProc } from './memory-series.ts';

const metric = 'memory.service.leak';
/** The screen takes about this long: what is held for a time must have been let go of several times over. */
const usualScreenMs = 25_000;
const samples = 150;
/** Code is compiled and optimized over the first some hundred requests, which takes memory. */
const warmUpRequests = 500;
/** A slow service warms up for this part of the screen's time at most. */
const warmUpShare = 0.4;
const leastWarmUpRequests = 40;
/** A screen that would take longer than this is not begun. */
const longestScreenMs = 180_000;
const confidence = 0.999;

/**
 * Growth per 1000 requests with an interval that says what is known: of a suspicion only that there is no more growth
 * than was seen, of an inconclusive search that it may lie on either side of the budget.
 */
export function leakMeasurement({ verdict, leading, iterations }: LeakReport): Measurement {
  const { bytesPerIteration, low, high, metric: judged, recent } = leading;
  const budget = judged.budgetBytesPerIteration;
  const known = {
    leak: { value: bytesPerIteration, low, high, method: 'Theil–Sen slope of block minima' },
    'no-leak': { value: bytesPerIteration, low, high, method: 'Theil–Sen slope of block minima' },
    saturating: {
      value: recent.slope,
      low: recent.low,
      high: recent.high,
      method: 'Theil–Sen slope of the second half',
    },
    suspect: {
      value: bytesPerIteration,
      low: Math.min(0, low),
      high,
      method: 'from none, for garbage was not collected, to the slope of resident memory',
    },
    inconclusive: {
      value: bytesPerIteration,
      low: Math.min(0, low),
      high: Math.max(budget, high),
      method: 'no conclusion: on either side of the budget',
    },
  }[verdict];
  const per1000 = (bytes: number): number => bytes * 1000;
  return {
    metric,
    value: per1000(known.value),
    unit: 'bytes',
    samples: iterations,
    interval: { low: per1000(known.low), high: per1000(known.high), confidence, method: known.method },
    how: `bytes kept per 1000 requests (${judged.title}): ${verdict}`,
  };
}

function leakSeries({ series, judged }: LeakReport): Series {
  const stride = Math.max(1, Math.ceil(series.iterations.length / 400));
  const every = (values: Float64Array): number[] => [...values.filter((_, i) => i % stride === 0)];
  return {
    id: 'memory.leak',
    title: 'Memory by requests',
    columns: [
      { name: 'requests', unit: 'count', values: every(series.iterations) },
      ...judged.map(({ metric: { title } }, m) => ({
        name: title,
        unit: 'bytes' as const,
        values: every(series.bytes[m]!),
      })),
    ],
  };
}

/** Requests per sample, so that the screen takes its time and no more; `undefined` if it would take too long. */
function requestsPerSample(requestMs: number, target: LeakTarget, screenMs: number): number | undefined {
  const least = Math.max(4, Math.ceil(target.minimumIterations / (samples - 30)));
  if (least * samples * requestMs > longestScreenMs) return undefined;
  return Math.min(200, Math.max(least, Math.round(screenMs / samples / requestMs)));
}

async function measureLeak(context: CheckContext, screenMs: number): Promise<CheckOutcome> {
  const { clock, signal, scale, seed } = context;
  const notMeasured = (reason: string): CheckOutcome => ({
    measurements: [],
    notMeasured: [{ metric, reason }],
    series: [],
    evidence: [],
    notes: [],
  });
  const probes = await startProbeServer();
  try {
    context.emit({ type: 'progress', message: 'starting the service again, so that its heap can be asked' });
    const service = await context.service!.restart!(signal, probes.environment);
    const request = service.codec.encode(service.batch(scale.stocks, seed), service.model);
    let sent = 0;
    let failed = 0;
    const workload = async (): Promise<void> => {
      sent++;
      if ((await service.send(request, { signal })).outcome !== 'ok') failed++;
      const ended = service.process?.exit();
      if (ended) throw new Error(`the service ended after ${sent} requests: ${lastWords(service)}`);
    };
    const startMs = clock.nowMs();
    const isWarm = (): boolean =>
      sent >= warmUpRequests || (sent >= leastWarmUpRequests && clock.nowMs() - startMs > screenMs * warmUpShare);
    while (!isWarm()) await workload();
    if (failed === sent) return notMeasured('no request was answered');
    const probed = probes.processes();
    const target = probed.length > 0 ? nodeHeap(combinedProbe(probed)) : residentMemory(() => service.process!.pids());
    if (probed.length === 0 && Number.isNaN(target.residentBytes())) return notMeasured(noProc);
    const requestMs = (clock.nowMs() - startMs) / sent;
    const iterationsPerSample = requestsPerSample(requestMs, target, screenMs);
    if (iterationsPerSample === undefined) {
      return notMeasured(
        `a request takes ${requestMs.toFixed(0)} ms: the ${target.minimumIterations} requests that a verdict needs would take too long; send fewer rows with --stocks`,
      );
    }
    const report = await detectLeak(target, workload, {
      samples,
      iterationsPerSample,
      alpha: 1 - confidence,
      clock,
      signal,
      onProgress: ({ phase, fraction }) =>
        context.emit({ type: 'progress', message: `leak: ${phase}`, fraction: Math.min(1, fraction) }),
    });
    const profile = report.culprit?.profile;
    const evidence = profile
      ? [
          await context.keep(
            'leak.heapprofile',
            'What allocated the memory that stays',
            'application/json',
            JSON.stringify(profile),
          ),
        ]
      : [];
    return {
      measurements: [leakMeasurement(report)],
      series: [leakSeries(report)],
      evidence,
      notes: [...leakSentences(report, 'request'), ...(failed > 0 ? [`${failed} of ${sent} requests failed`] : [])],
    };
  } finally {
    await probes.close();
  }
}

function lastWords({ process }: RunningService): string {
  return process?.lastWords(5).join(' ⏎ ') || 'it said nothing';
}

/**
 * Whether the service keeps memory with every request, and who allocates it.
 */
export function serviceLeak({
  screenMs = usualScreenMs,
}: {
  /**
   * Time that the first part takes; what is held on purpose for more than a fifth of it looks like a leak. A confirmation takes as
   * long again. Default 25 000.
   */
  readonly screenMs?: number;
} = {}): Check {
  return {
    id: 'memory/leak',
    title: 'Leak of the service under requests',
    metrics: [metric],
    needs: ['service-process'],
    exclusive: ['cpu'],
    // It ends the service once, to start it with our preload.
    endsTarget: true,
    expectedMs: () => screenMs * 2,
    timeoutMs: () => 900_000,
    run: (context) => measureLeak(context, screenMs),
  };
}
