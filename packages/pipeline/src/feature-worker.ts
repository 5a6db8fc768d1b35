// A thread that computes factors of the library on a panel in shared memory, one after the other, as long as there are any.
import { workerData } from 'node:worker_threads';
import { factorLibrary } from './factors/library.ts';
import { marketColumns } from './factors/market-columns.ts';
import type { FeatureWork } from './parallel-features.ts';
import { rankInto } from './ranked-factor.ts';

const { panel, fundamentals, names, columns, next } = workerData as FeatureWork;
const market = marketColumns(panel, fundamentals);
const factors = new Map(factorLibrary.map((factor) => [factor.name, factor]));
for (;;) {
  const k = Atomics.add(next, 0, 1);
  if (k >= names.length) break;
  rankInto(factors.get(names[k]!)!, market, columns[k]!);
}
