import type { Series } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { chartOf } from '../src/charts/from-series.ts';
import { english } from '../src/language/english.ts';
import { aCheck } from './support/runs.ts';

const timeline: Series = {
  id: 'memory.timeline',
  title: 'Resident memory of the pipeline',
  columns: [
    { name: 'since start', unit: 's', values: [0, 1, 2] },
    { name: 'resident', unit: 'bytes', values: [1e8, 3e8, 2e8] },
  ],
};
const pauses: Series = {
  id: 'memory.gcPauses',
  title: 'Pauses for garbage collection',
  columns: [
    { name: 'since start', unit: 's', values: [0.4, 0.9, 1.7] },
    { name: 'GC pause', unit: 'ms', values: [12, 0.7, 5] },
    { name: 'generation', values: ['old', 'young', 'young'] },
  ],
};
const chartFor = (series: readonly Series[]) =>
  chartOf(timeline, { words: english, check: aCheck({ id: 'memory/pipeline', series }), requirements: [] })!.chart;

describe('the timeline of memory', () => {
  it('marks when garbage was collected, but for pauses that held nothing up', () => {
    expect(chartFor([timeline, pauses]).instants).toEqual({
      name: 'garbage collected for 5 ms or more (2, longest 12 ms)',
      at: [0.4, 1.7],
    });
  });
  it('has no marks where no process told of its collections', () => {
    expect(chartFor([timeline]).instants).toBeUndefined();
  });
  it('draws the pauses on the timeline alone', () => {
    const context = { words: english, check: aCheck({ series: [timeline, pauses] }), requirements: [] };
    expect(chartOf(pauses, context)).toBeUndefined();
  });
});
