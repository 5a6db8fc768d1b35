import { matchesPattern } from '@preopen/core';
import type { Explanation } from './explanation.ts';
import { marketMetrics } from './market-metrics.ts';
import { memoryMetrics } from './memory-metrics.ts';
import { pipelineMetrics } from './pipeline-metrics.ts';
import { recoveryMetrics } from './recovery-metrics.ts';
import { serviceMetrics } from './service-metrics.ts';
import { taiwanFaultMetrics } from './taiwan-fault-metrics.ts';

/** All explanations; where several fit a metric the first one counts, so that the wider patterns stand last. */
export const metricExplanations: readonly Explanation[] = [
  ...serviceMetrics,
  ...memoryMetrics,
  ...pipelineMetrics,
  ...taiwanFaultMetrics,
  ...marketMetrics,
  ...recoveryMetrics,
];

/** What there is to say of a metric. */
export const explanationOf = (metric: string): Explanation | undefined =>
  metricExplanations.find((explanation) => matchesPattern(metric, explanation.metric));
