import type { Check, CheckContext, CheckOutcome } from '@preopen/core';
import { repetition } from './trial-market.ts';

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const { compared, differing, largest } = await repetition(context);
  return {
    measurements: [
      {
        metric: 'pit.differences',
        value: differing,
        unit: 'count',
        samples: compared,
        how: 'predictions that are not the same, bit for bit, in two runs on the same data',
      },
    ],
    series: [],
    evidence: [],
    notes:
      differing === 0
        ? []
        : [
            `${differing} of ${compared} predictions differ between two runs on the same data, by ${Number.isFinite(largest) ? `at most ${largest.toPrecision(2)}` : 'more than a value: some are there only once'}. Look for an unseeded shuffle or sample, a sum over threads, or the clock.`,
          ],
  };
}

/** The same pipeline on the same data, twice. */
export function determinism(): Check {
  return {
    id: 'pit/determinism',
    title: 'Two runs on the same data give the same predictions',
    metrics: ['pit.differences'],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 4000 + 2 * Math.min(stocks, 300) * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measure,
  };
}
