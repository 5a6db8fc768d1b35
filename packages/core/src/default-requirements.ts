import type { Requirement } from './requirement.ts';
import { parseRequirement } from './requirement-parser.ts';

const fromSpecification = (expression: string): Requirement =>
  parseRequirement(expression, { source: 'specification' });
const fromDesign = (expression: string): Requirement => parseRequirement(expression, { source: 'design' });

/** What the specification asks of every system, at any scale. */
export const coreRequirements: readonly Requirement[] = [
  fromSpecification('latency.inference.p95 < 100 ms'),
  fromSpecification('throughput.predictions > 1500 /s'),
  fromSpecification('memory.pipeline.peakRss < 16 GB'),
  fromSpecification('ic.mean > 0.05'),
  fromSpecification('features.duration < 30 min'),
  fromDesign('errors.rate < 1 %'),
];

/** What can only be asked of a run over the whole market. */
export const fullScaleRequirements: readonly Requirement[] = [fromSpecification('universe.stocks >= 2000')];
