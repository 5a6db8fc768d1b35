import type { Check, CheckContext, CheckOutcome, Measurement } from '@preopen/core';
import { judgeService, type ServiceHandling, sameAnswer } from './judge-service.ts';
import { type RequestFault, requestFaults } from './request-faults.ts';

/** Rows of a request: enough that some are right beside those that are wrong. */
const rows = 40;
const timeoutMs = 5000;

const metricOf = (id: string): string => `data.${id}.failed`;

async function handlingOf(
  fault: RequestFault,
  context: CheckContext,
  clean: Float64Array,
  isDeterministic: boolean,
): Promise<{ handling: ServiceHandling; after: Float64Array | undefined } | undefined> {
  const service = context.service!;
  const { codec, model, signal } = { ...service, signal: context.signal };
  const batch = service.batch(rows, context.seed);
  const request = fault.damage({ codec, model, batch }, context.random(`data/${fault.id}`));
  if (!request) return undefined;
  const handling = judgeService(fault, await service.send(request, { timeoutMs, signal }), clean);
  const after = await service.send(codec.encode(batch, model), { timeoutMs, signal });
  context.signal.throwIfAborted();
  const withAfter = (judged: ServiceHandling) => ({ handling: judged, after: after.predictions });
  if (after.outcome !== 'ok') {
    const sentence = `afterwards the service does not answer right requests any more: ${after.problem}`;
    return withAfter({ isGood: false, sentence });
  }
  if (isDeterministic && !sameAnswer(after.predictions, clean)) {
    const sentence = 'afterwards the service answers the right request with other predictions than before';
    return withAfter({ isGood: false, sentence });
  }
  return withAfter(handling);
}

async function run(context: CheckContext): Promise<CheckOutcome> {
  const service = context.service!;
  const ask = () =>
    service.send(service.codec.encode(service.batch(rows, context.seed), service.model), {
      timeoutMs,
      signal: context.signal,
    });
  const [first, second] = [await ask(), await ask()];
  if (!first.predictions || first.outcome !== 'ok') {
    const reason = `the service does not answer right requests: ${first.problem ?? first.outcome}`;
    return {
      measurements: [],
      notMeasured: requestFaults.map(({ id }) => ({ metric: metricOf(id), reason })),
      series: [],
      evidence: [],
      notes: [reason],
    };
  }
  const isDeterministic = sameAnswer(first.predictions, second.predictions);
  // What one fault did to the service is not charged to the next.
  let clean = first.predictions;
  const measurements: Measurement[] = [];
  const notMeasured: { metric: string; reason: string }[] = [];
  const notes: string[] = [];
  for (const [i, fault] of requestFaults.entries()) {
    context.signal.throwIfAborted();
    context.emit({ type: 'progress', message: fault.title, fraction: i / requestFaults.length });
    const metric = metricOf(fault.id);
    const found = await handlingOf(fault, context, clean, isDeterministic);
    if (!found) {
      notMeasured.push({ metric, reason: `needs another codec than “${service.codec.name}” to be sent` });
      continue;
    }
    const { isGood, sentence } = found.handling;
    clean = found.after ?? clean;
    measurements.push({ metric, value: isGood ? 0 : 1, unit: 'count', samples: 1, how: sentence });
    notes.push(`${fault.title}: ${sentence}.${isGood ? '' : ` A good service ${fault.expected}.`}`);
  }
  if (!isDeterministic) notes.push('The service answers the same request differently: its answers cannot be compared.');
  return { measurements, notMeasured, series: [], evidence: [], notes };
}

/**
 * Sends the service requests with one thing wrong at a time, each followed by a right one: it must refuse them as the
 * client’s mistake or give finite predictions, and answer the right one as before.
 */
export const serviceDataFaults: Check = {
  id: 'failover/data-service',
  title: 'A service is sent requests that are wrong',
  metrics: requestFaults.map(({ id }) => metricOf(id)),
  needs: ['service'],
  exclusive: ['service'],
  expectedMs: () => 2000,
  timeoutMs: () => 120_000,
  run,
};
