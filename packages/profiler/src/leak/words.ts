import { sizeText } from '../size-text.ts';
import type { LeakReport } from './report.ts';

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

/**
 * What a report says, for people: the verdict, what it rests on, who is to blame, and what it does not cover.
 * @param iteration what one iteration is, such as `request`
 */
export function leakSentences(report: LeakReport, iteration = 'iteration'): string[] {
  const { verdict, culprit, iterationsPerSecond } = report;
  const sentences = [`${verdict}: ${report.reasons.join('; ')}`];
  if (Number.isFinite(report.secondsToLimit)) {
    sentences.push(
      `${sizeText(report.bytesPer1000Iterations)} per 1000 ${iteration}s; at ${iterationsPerSecond.toFixed(0)} ${iteration}s/s the limit is reached in ${duration(report.secondsToLimit)}`,
    );
  }
  if (culprit?.constructorName !== undefined) {
    const held = culprit.retainedBy?.length ? `, held by ${culprit.retainedBy.slice(-5).join(' ')}` : '';
    sentences.push(
      `objects of ${culprit.constructorName}: ${culprit.objectsPerIteration!.toFixed(2)} more per ${iteration}${held}`,
    );
  }
  const site = culprit?.allocatedBy[0];
  if (site) {
    const place = ` (${site.url.split('/').at(-1)}:${site.line})`;
    const via = site.callers.length > 0 ? `, called by ${site.callers.slice(0, 3).join(', ')}` : '';
    sentences.push(
      site.url === ''
        ? 'the place that allocates it is not named: sampling saw most of it outside the workload’s own code'
        : `most of what stayed was allocated by ${site.functionName || '(anonymous)'}${place}${via}`,
    );
  }
  sentences.push(...(culprit?.reasons ?? []));
  sentences.push(
    `${report.iterations.toLocaleString('en-US')} ${iteration}s, ${report.samples} samples; memory that is held on purpose for more than ${duration(report.coversRetentionOfS)} would look like growth`,
  );
  return sentences;
}
