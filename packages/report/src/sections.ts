import type { CheckResult, JudgedRequirement, Verdict } from '@preopen/core';
import type { SectionId } from './language/catalogue.ts';

/** Parts of the page that show what checks measured, in the order in which they are read. */
export const measuredSections: readonly MeasuredSection[] = [
  'latency',
  'throughput',
  'memory',
  'signal',
  'taiwan',
  'recovery',
  'scaling',
  'other',
];

export type MeasuredSection = Exclude<
  SectionId,
  'summary' | 'requirements' | 'history' | 'environment' | 'figures' | 'glossary'
>;

const byCheck: Readonly<Record<string, MeasuredSection>> = {
  latency: 'latency',
  load: 'throughput',
  memory: 'memory',
  signal: 'signal',
  pit: 'signal',
  taiwan: 'taiwan',
  failover: 'recovery',
  scale: 'scaling',
};

const byMetric: Readonly<Record<string, MeasuredSection>> = {
  latency: 'latency',
  errors: 'latency',
  throughput: 'throughput',
  capacity: 'throughput',
  memory: 'memory',
  ic: 'signal',
  pit: 'signal',
  portfolio: 'signal',
  taiwan: 'taiwan',
  recovery: 'recovery',
  data: 'recovery',
  scale: 'scaling',
  universe: 'scaling',
  features: 'scaling',
  pipeline: 'scaling',
};

/** The part of the page on which a check stands, by the first word of its id. */
export const sectionOfCheck = (check: Pick<CheckResult, 'id'>): MeasuredSection =>
  byCheck[check.id.split('/')[0]!] ?? 'other';

/** The part of the page that a metric belongs to, by the first word of its name. */
export function sectionOfMetric(metric: string): MeasuredSection {
  const [family = '', subject = ''] = metric.split('.');
  // Failures of the market's own are injected and survived like others.
  return family === 'taiwan' && /^tw-\d+$/.test(subject) ? 'recovery' : (byMetric[family] ?? 'other');
}

/** The order in which a reader must know of verdicts. */
export const urgency: readonly Verdict[] = ['fail', 'not-measured', 'inconclusive', 'pass'];

/** The order in which verdicts make up the one of the whole run. */
const badness: readonly Verdict[] = ['fail', 'inconclusive', 'not-measured', 'pass'];

/** The worst verdict of some requirements; `undefined` where there is none. Those not required do not count. */
export function worstVerdict(requirements: readonly JudgedRequirement[]): Verdict | undefined {
  const found = new Set(requirements.filter(({ required }) => required).map(({ verdict }) => verdict));
  return badness.find((verdict) => found.has(verdict));
}
