export type { ChartLimit } from './charts.ts';
export { drawSeries } from './charts.ts';
export { formatLimit, formatMeasurement, verdictSentence } from './format.ts';
export { renderJUnit } from './junit.ts';
export { renderReport } from './page.ts';
export { renderSummary } from './summary.ts';
export { writeReports } from './write-reports.ts';
