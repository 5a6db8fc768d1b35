import type { StageTiming } from '../target.ts';

/** A stage's start or end, as a pipeline announces it. */
export interface StageEvent {
  readonly stage: string;
  readonly event: 'start' | 'end';
  readonly atMs: number;
  readonly rows?: number;
}

/**
 * Reads a line of a pipeline's standard output.
 * @param atMs when it was read; the pipeline's clock is not ours
 * @returns `undefined` for any line that does not announce a stage
 */
export function parseStageLine(line: string, atMs: number): StageEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { stage, event, rows } = value as Record<string, unknown>;
  if (typeof stage !== 'string' || stage === '' || (event !== 'start' && event !== 'end')) return undefined;
  const counted = typeof rows === 'number' && Number.isFinite(rows) && rows >= 0;
  return { stage, event, atMs, ...(counted ? { rows } : {}) };
}

/**
 * Stages in the order of their starts. An end closes the latest open stage of its name; one without a start is
 * left out, since nothing is known of its length.
 */
export function stageTimings(events: readonly StageEvent[]): readonly StageTiming[] {
  const timings: StageTiming[] = [];
  for (const { stage, event, atMs, rows } of events) {
    const counted = rows === undefined ? {} : { rows };
    if (event === 'start') {
      timings.push({ stage, startMs: atMs, endMs: undefined, ...counted });
      continue;
    }
    const index = timings.findLastIndex((timing) => timing.stage === stage && timing.endMs === undefined);
    if (index >= 0) timings[index] = { ...timings[index]!, endMs: atMs, ...counted };
  }
  return timings;
}
