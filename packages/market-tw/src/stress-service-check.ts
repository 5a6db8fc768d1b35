import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  type Exchange,
  type Measurement,
  orderStatisticInterval,
  proportionInterval,
  quantile,
  type RunningService,
} from '@preopen/core';
import { requestsSeries } from './stress/market-days.ts';
import type { ServiceScenario } from './stress/service-scenarios.ts';
import { type Answer, staleAnswers } from './stress/stale-answers.ts';

/** None failed of 400 is below 1 % with 95 % confidence (Wilson: 0.95 %); 240 would leave 1.6 % open. */
const requests = 400;
const distinctBatches = 8;
const timeoutMs = 5000;

/** Whether two calm cross-sections get different predictions; a constant model's answers cannot be told from stale ones. */
async function tellsApart(service: RunningService, context: CheckContext): Promise<boolean> {
  const answers: Answer[] = [];
  for (let i = 0; i < 2; i++) {
    const request = service.codec.encode(service.batch(context.scale.stocks, context.seed + i), service.model);
    const { predictions } = await service.send(request, { timeoutMs, signal: context.signal });
    if (predictions) answers.push({ batch: i, predictions });
  }
  return answers.length === 2 && staleAnswers(answers).stale === 0;
}

/** What a check writes of its scenario. */
export const serviceStory = ({ title, story }: Pick<ServiceScenario, 'title' | 'story'>): string =>
  `${title}: ${story}.`;

/** A refusal of missing values is an answer that its caller can see: no failure of the service. */
const isRefusal = ({ outcome, status }: Exchange): boolean => outcome === 'status' && status >= 400 && status < 500;

async function runScenario(scenario: ServiceScenario, context: CheckContext): Promise<CheckOutcome> {
  const service = context.service!;
  const random = context.random(scenario.id);
  const rows = context.scale.stocks;
  const name = (metric: string): string => `taiwan.${scenario.id}.${metric}`;
  const encoded = Array.from({ length: distinctBatches }, (_, i) =>
    service.codec.encode(scenario.perturb(service.batch(rows, context.seed + i), random), service.model),
  );
  const canBeStale = await tellsApart(service, context);
  // Connections and caches are not what is asked for here.
  for (let i = 0; i < 10; i++) await service.send(encoded[i % encoded.length]!, { timeoutMs, signal: context.signal });
  const elapsed: number[] = [];
  const answers: Answer[] = [];
  const problems = new Map<string, number>();
  let refused = 0;
  for (let i = 0; i < requests; i++) {
    context.signal.throwIfAborted();
    if (i % 20 === 0) context.emit({ type: 'progress', message: scenario.title, fraction: i / requests });
    const batch = i % encoded.length;
    const exchange = await service.send(encoded[batch]!, { timeoutMs, signal: context.signal });
    elapsed.push(exchange.doneMs - exchange.sentMs);
    if (scenario.hasHoles === true && isRefusal(exchange)) refused++;
    else if (exchange.outcome !== 'ok') problems.set(exchange.outcome, (problems.get(exchange.outcome) ?? 0) + 1);
    if (exchange.predictions) answers.push({ batch, predictions: exchange.predictions });
  }
  const failed = [...problems.values()].reduce((sum, count) => sum + count, 0);
  const ascending = Float64Array.from(elapsed).sort();
  const { compared, stale } = staleAnswers(answers);
  const staleCount: Measurement[] =
    canBeStale && compared > 0
      ? [
          {
            metric: name('staleAnswers'),
            value: stale,
            unit: 'count',
            samples: compared,
            how: 'answers that repeat the one to another cross-section before it',
          },
        ]
      : [];
  const shown = [...problems].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return {
    measurements: [
      {
        metric: name('p95'),
        value: quantile(ascending, 0.95),
        unit: 'ms',
        samples: requests,
        interval: orderStatisticInterval(ascending, 0.95),
        how: `service time of one request for up to ${rows} stocks, one at a time, failed ones included`,
      },
      {
        metric: name('errorShare'),
        value: failed / requests,
        unit: 'ratio',
        samples: requests,
        interval: proportionInterval(failed, requests),
        how: 'no answer, an error, another number of predictions than rows, or predictions that are not finite',
      },
      ...staleCount,
    ],
    notMeasured:
      staleCount.length > 0
        ? []
        : [
            {
              metric: name('staleAnswers'),
              reason:
                'the service answers different calm cross-sections alike: stale answers cannot be told from its own',
            },
          ],
    series: [requestsSeries(elapsed)],
    evidence: [],
    notes: [
      serviceStory(scenario),
      ...(failed > 0 ? [`failed requests: ${shown}`] : []),
      ...(refused > 0
        ? [`${refused} of ${requests} requests with missing values were refused, which their callers see`]
        : []),
    ],
  };
}

/**
 * A service gets the cross-sections of a scenario and must keep its latency, answer, answer with finite numbers, and with
 * those of the cross-section that it was asked.
 */
export function stressedServiceCheck(scenario: ServiceScenario): Check {
  return {
    id: `taiwan/service-${scenario.id}`,
    title: scenario.title,
    metrics: ['p95', 'errorShare', 'staleAnswers'].map((metric) => `taiwan.${scenario.id}.${metric}`),
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => 1000 + stocks * 2,
    run: (context) => runScenario(scenario, context),
  };
}
