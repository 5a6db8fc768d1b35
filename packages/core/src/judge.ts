/**
 * The part of core that judges: pure functions over plain data, without any of Node's modules, for programs that hold
 * finished results against their requirements again, such as a page in a browser.
 */
export { coreRequirements, fullScaleRequirements } from './default-requirements.ts';
export { reviveIntervals } from './internal/open-intervals.ts';
export { parseRequirement } from './requirement-parser.ts';
export { normalQuantile, studentTQuantile } from './statistics/distributions.ts';
export { convertUnit, dimensionOf, formatQuantity } from './units.ts';
export { judgeRequirements, overallVerdict } from './verdict.ts';
