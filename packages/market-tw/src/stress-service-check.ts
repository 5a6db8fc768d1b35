import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  type InferenceBatch,
  orderStatisticInterval,
  proportionInterval,
  quantile,
  type Random,
} from '@preopen/core';

/** Cross-sections as a market in distress would make them, for a service of which only the number of features is known. */
export interface ServiceScenario {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  /** Changes the rows of a calm cross-section in place. */
  perturb(batch: InferenceBatch, random: Random): void;
}

/** Extreme but legal values: nothing here is infinite or missing. */
export const serviceScenarios: readonly ServiceScenario[] = [
  {
    id: 'limitDown',
    title: 'Limit-down day: most of the cross-section moves as one',
    story:
      'seven rows in ten are drawn towards one and the same extreme row, six standard deviations out, as when 1,700 stocks closed limit-down on 2025-04-07',
    perturb({ rows, features, values }, random) {
      const extreme = Float64Array.from({ length: features }, () => (random.uniform() < 0.5 ? -6 : 6));
      for (let row = 0; row < rows; row++) {
        if (random.uniform() >= 0.7) continue;
        for (let f = 0; f < features; f++) values[row * features + f] = 0.1 * values[row * features + f]! + extreme[f]!;
      }
    },
  },
  {
    id: 'haltStorm',
    title: 'Halt storm: rows that stand still',
    story: 'four rows in ten hold zeros only, as features of stocks without a trade come out',
    perturb({ rows, features, values }, random) {
      for (let row = 0; row < rows; row++) {
        if (random.uniform() < 0.4) values.fill(0, row * features, (row + 1) * features);
      }
    },
  },
];

const requests = 240;
const timeoutMs = 5000;

async function runScenario(scenario: ServiceScenario, context: CheckContext): Promise<CheckOutcome> {
  const service = context.service!;
  const random = context.random(scenario.id);
  const rows = context.scale.stocks;
  const encoded = Array.from({ length: 8 }, (_, i) => {
    const batch = service.batch(rows, context.seed + i);
    const stressed = { ...batch, values: Float64Array.from(batch.values) };
    scenario.perturb(stressed, random);
    return service.codec.encode(stressed, service.model);
  });
  // Connections and caches are not what is asked for here.
  for (let i = 0; i < 10; i++) await service.send(encoded[i % encoded.length]!, { timeoutMs, signal: context.signal });
  const elapsed: number[] = [];
  const problems = new Map<string, number>();
  for (let i = 0; i < requests; i++) {
    context.signal.throwIfAborted();
    if (i % 20 === 0) context.emit({ type: 'progress', message: scenario.title, fraction: i / requests });
    const exchange = await service.send(encoded[i % encoded.length]!, { timeoutMs, signal: context.signal });
    elapsed.push(exchange.doneMs - exchange.sentMs);
    if (exchange.outcome !== 'ok') problems.set(exchange.outcome, (problems.get(exchange.outcome) ?? 0) + 1);
  }
  const failed = [...problems.values()].reduce((sum, count) => sum + count, 0);
  const ascending = Float64Array.from(elapsed).sort();
  const name = (metric: string): string => `taiwan.${scenario.id}.${metric}`;
  const shown = [...problems].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return {
    measurements: [
      {
        metric: name('p95'),
        value: quantile(ascending, 0.95),
        unit: 'ms',
        samples: requests,
        interval: orderStatisticInterval(ascending, 0.95),
        how: `service time of one request for ${rows} stocks at a time, failed ones included`,
      },
      {
        metric: name('errorShare'),
        value: failed / requests,
        unit: 'ratio',
        samples: requests,
        interval: proportionInterval(failed, requests),
        how: 'no answer, an error, another number of predictions than rows, or predictions that are not finite',
      },
    ],
    series: [],
    evidence: [],
    notes: [`${scenario.title}: ${scenario.story}.`, ...(failed > 0 ? [`failed requests: ${shown}`] : [])],
  };
}

/** A service gets the cross-sections of a scenario and must keep its latency, answer, and answer with finite numbers. */
export function stressedServiceCheck(scenario: ServiceScenario): Check {
  return {
    id: `taiwan/service-${scenario.id}`,
    title: scenario.title,
    metrics: [`taiwan.${scenario.id}.p95`, `taiwan.${scenario.id}.errorShare`],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => 1000 + stocks * 2,
    run: (context) => runScenario(scenario, context),
  };
}
