import type { CheckOutcome, Series } from '@preopen/core';
import { type HeapComparison, heapMarkSentences } from '../snapshot/heap-marks.ts';

const metric = 'memory.profile.heapGrowth';
const rowsShown = 100;

function comparisonSeries(comparison: Exclude<HeapComparison, { by: 'nothing' }>): Series {
  const id = 'memory.heap.marks';
  if (comparison.by === 'place') {
    const sites = comparison.sites.slice(0, rowsShown);
    return {
      id,
      title: 'Allocated between two marks and still alive, by place (sampled)',
      columns: [
        { name: 'function', values: sites.map(({ functionName }) => functionName || '(anonymous)') },
        { name: 'place', values: sites.map(({ url, line }) => (url === '' ? '' : `${url}:${line}`)) },
        { name: 'alive', unit: 'bytes', values: sites.map(({ bytes }) => bytes) },
      ],
    };
  }
  const changes = comparison.changes.slice(0, rowsShown);
  return {
    id,
    title: 'Objects of the heap between two marks',
    columns: [
      { name: 'kind', values: changes.map(({ name }) => name) },
      { name: 'type', values: changes.map(({ type }) => type) },
      { name: 'at the second', unit: 'count', values: changes.map(({ count }) => count) },
      { name: 'more', unit: 'count', values: changes.map(({ countChange }) => countChange) },
      { name: 'more bytes', unit: 'bytes', values: changes.map(({ bytesChange }) => bytesChange) },
    ],
  };
}

/** What a comparison of a heap between two marks adds to an outcome; nothing where none was asked for. */
export function heapComparisonOutcome(
  comparison: HeapComparison | undefined,
): Required<Pick<CheckOutcome, 'measurements' | 'notMeasured' | 'series' | 'notes'>> {
  if (!comparison) return { measurements: [], notMeasured: [], series: [], notes: [] };
  const notes = heapMarkSentences(comparison);
  if (comparison.by === 'nothing') {
    return { measurements: [], notMeasured: [{ metric, reason: comparison.reason }], series: [], notes };
  }
  const [first, second] = comparison.marks;
  return {
    measurements: [
      {
        metric,
        value: second.heapBytes - first.heapBytes,
        unit: 'bytes',
        samples: 2,
        how: `live heap of process ${comparison.pid} at the second mark less that at the first, garbage collected; no verdict on leaks`,
      },
    ],
    notMeasured: [],
    series: [comparisonSeries(comparison)],
    notes,
  };
}
