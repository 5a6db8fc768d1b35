import { systemClock } from '@preopen/core';
import { measureFunction } from '@preopen/latency';
import { expect, test } from 'vitest';

/** Stands for your code: the rank of each value in its cross-section. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (const [rank, index] of order.entries()) result[index] = rank;
  return result;
}

test('2000 stocks are ranked within the time that the pipeline allows', { retry: 2 }, async () => {
  const values = Float64Array.from({ length: 2000 }, (_, stock) => Math.sin(stock));
  const times = await measureFunction(() => ranks(values), { metric: 'rank', clock: systemClock });
  expect(times.measurements).toMeet('rank.p95 < 100 ms');
});
