import type { Check, CheckContext, CheckOutcome } from '@preopen/core';
import { watchMemory } from '../timeline.ts';
import { peakMeasurement, timelineSeries, whyUnseen } from './memory-series.ts';

/** Requests of the service's memory check; whole cross-sections. */
const requests = 300;

async function measureService(context: CheckContext): Promise<CheckOutcome> {
  const service = context.service!;
  const { clock, signal } = context;
  const startMs = clock.nowMs();
  const watch = watchMemory({ pids: () => service.process!.pids(), clock });
  let failed = 0;
  try {
    const request = service.codec.encode(service.batch(context.scale.stocks, context.seed), service.model);
    for (let i = 0; i < requests; i++) {
      signal.throwIfAborted();
      const { outcome } = await service.send(request, { signal });
      if (outcome !== 'ok') failed++;
      if (i % 20 === 0) context.emit({ type: 'progress', message: 'memory under requests', fraction: i / requests });
    }
  } catch (cause) {
    watch.stop();
    throw cause;
  }
  const timeline = watch.stop();
  const peak = failed < requests ? peakMeasurement('memory.service.peakRss', timeline) : undefined;
  return {
    measurements: peak ? [peak] : [],
    notMeasured: peak
      ? []
      : [{ metric: 'memory.service.peakRss', reason: failed === requests ? 'no request was answered' : whyUnseen() }],
    series: [timelineSeries('Resident memory of the service', timeline, startMs)],
    evidence: [],
    notes: failed > 0 ? [`${failed} of ${requests} requests failed`] : [],
  };
}

/** Highest memory of the service while it answers. */
export function serviceMemory(): Check {
  return {
    id: 'memory/service',
    title: 'Peak memory of the service under requests',
    metrics: ['memory.service.peakRss'],
    needs: ['service-process'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => 2000 + stocks * 3,
    run: measureService,
  };
}
