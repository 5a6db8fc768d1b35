import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome } from '@preopen/core';
import { fitScaling, type SizedPeak, tolerableMiss } from '../scaling.ts';
import { whyUnseen } from './memory-series.ts';
import { runWatched } from './pipeline-memory.ts';

const metric = 'memory.pipeline.largestUniverse';
const limitBytes = 16e9;
/** Sizes by doubling, from the smallest that says something of a market to twice Taiwan's. */
const smallest = 250;
const largest = 4000;
/** Fewer sizes give no line with an interval worth the name. */
const fewest = 4;

/** Sizes to run at, ascending: four at least, whatever the scale of the run. */
export function scalingSizes(stocks: number): number[] {
  const top = Math.min(largest, stocks * 2);
  const bottom = Math.min(smallest, Math.floor(top / 8));
  const sizes: number[] = [];
  for (let size = bottom; size < top * 0.75; size *= 2) sizes.push(size);
  return [...sizes, top];
}

async function measureScaling(context: CheckContext): Promise<CheckOutcome> {
  const { scale, clock, budgetMs, workDir } = context;
  const notes: string[] = [];
  const peaks: SizedPeak[] = [];
  const startMs = clock.nowMs();
  let lastMs = 0;
  for (const stocks of scalingSizes(scale.stocks)) {
    const leftMs = budgetMs - (clock.nowMs() - startMs);
    // The next size takes at least twice the time of the last.
    if (peaks.length >= fewest && lastMs * 2 > leftMs) {
      notes.push(`${stocks} stocks and more were left out: no time for them`);
      break;
    }
    const beganMs = clock.nowMs();
    context.emit({ type: 'progress', message: `memory at ${stocks} stocks` });
    const dataset = await context.datasetAt!({ stocks, days: scale.days });
    if (peaks.at(-1)?.stocks === dataset.stocks) {
      notes.push(`the market data holds no more than ${dataset.stocks} stocks`);
      break;
    }
    const outputDir = join(workDir, `output-${stocks}`);
    try {
      const { timeline } = await runWatched(context, dataset.dir, outputDir);
      if (!timeline.peak) return none(whyUnseen());
      peaks.push({ stocks: dataset.stocks, peakBytes: timeline.peak.bytes });
    } finally {
      await rm(dataset.dir, { recursive: true, force: true });
      await rm(outputDir, { recursive: true, force: true });
    }
    lastMs = clock.nowMs() - beganMs;
  }
  const series = [
    {
      id: 'memory.scaling',
      title: `Peak memory of the pipeline by the size of the universe, ${scale.days} days`,
      columns: [
        { name: 'stocks', unit: 'count' as const, values: peaks.map(({ stocks }) => stocks) },
        { name: 'peak', unit: 'bytes' as const, values: peaks.map(({ peakBytes }) => peakBytes) },
      ],
    },
  ];
  if (peaks.length < fewest)
    return { ...none(`${peaks.length} sizes were measured, and a line needs ${fewest}`), series, notes };
  const fit = fitScaling(peaks, { limitBytes });
  const bend = fit.bytesPerStockSquared > 0 ? ` and ${fit.bytesPerStockSquared.toFixed(1)} B per stock squared` : '';
  const line = `${(fit.fixedBytes / 1e6).toFixed(0)} MB, ${(fit.bytesPerStock / 1e3).toFixed(1)} kB per stock${bend}`;
  if (fit.worstMiss > tolerableMiss) {
    const reason = `peak memory follows neither a line nor a parabola (${line} misses a measured peak by ${(fit.worstMiss * 100).toFixed(0)} %)`;
    return { ...none(reason), series, notes };
  }
  if (!Number.isFinite(fit.fits.stocks))
    return { ...none('peak memory does not grow with the universe'), series, notes };
  if (fit.isFarAway)
    notes.push(`${fit.fits.stocks} stocks are more than four times what was measured: the curve may bend more before`);
  return {
    measurements: [
      {
        metric,
        value: fit.fits.stocks,
        unit: 'count',
        samples: peaks.length,
        interval: {
          low: fit.fits.low,
          high: fit.fits.high,
          confidence: 0.95,
          method: 'inverse prediction of a line, or of a parabola where it bends',
        },
        how: `stocks that fit 16 GB with ${scale.days} days: ${line}, measured from ${peaks[0]!.stocks} to ${peaks.at(-1)!.stocks} stocks`,
      },
    ],
    series,
    evidence: [],
    notes,
  };
}

function none(reason: string): CheckOutcome {
  return { measurements: [], notMeasured: [{ metric, reason }], series: [], evidence: [], notes: [] };
}

/** How peak memory follows the size of the universe, and the largest that fits. */
export function memoryScaling(): Check {
  return {
    id: 'memory/scaling',
    title: 'Peak memory by the size of the universe',
    metrics: [metric],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 10_000 + Math.min(largest, stocks * 2) * days * 0.2,
    timeoutMs: () => 3_600_000,
    run: measureScaling,
  };
}
