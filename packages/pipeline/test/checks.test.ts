import { pipelineChecks, pipelineScale, signalQuality, universeScaling } from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';
import { aContext, aPipeline, type Predict } from './support/check-context.ts';

const everywhere: Predict = (panel) => panel.fields.close.map((close) => (Number.isNaN(close) ? close : -close % 7));

describe('checks of the pipeline', () => {
  it('have names of their own and measure what they say', async () => {
    const context = await aContext(aPipeline(everywhere));
    const checks = pipelineChecks();
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const check of [pipelineScale(), signalQuality()]) {
      const { measurements, notMeasured = [] } = await check.run(context);
      const told = [...measurements, ...notMeasured].map(({ metric }) => metric);
      expect(new Set(told)).toEqual(new Set(check.metrics));
    }
  });
  it('a signal of chance has an interval that holds zero, and no share of the oracle’s', async () => {
    const outcome = await signalQuality().run(await aContext(aPipeline(everywhere)));
    const ic = outcome.measurements.find(({ metric }) => metric === 'ic.mean')!;
    expect(ic.interval!.low).toBeLessThan(0);
    expect(ic.interval!.high).toBeGreaterThan(0);
    const share = outcome.measurements.find(({ metric }) => metric === 'ic.oracleShare')!;
    expect(share.interval!.low).toBeLessThan(0);
    expect(share.interval!.high).toBeGreaterThan(0);
    expect(share.interval!.high).toBeLessThan(1);
  });
  it('a stock without predictions is not counted, and its loss is', async () => {
    const withoutFirst: Predict = async (panel, run, dir) =>
      (await everywhere(panel, run, dir)).map((value, at) => (at % panel.stocks.length === 0 ? Number.NaN : value));
    const all = await pipelineScale().run(await aContext(aPipeline(everywhere)));
    const less = await pipelineScale().run(await aContext(aPipeline(withoutFirst)));
    const of = (outcome: typeof all, metric: string): number =>
      outcome.measurements.find((measurement) => measurement.metric === metric)!.value;
    expect(of(all, 'universe.lostPredictions')).toBe(0);
    expect(of(less, 'universe.stocks')).toBe(of(all, 'universe.stocks') - 1);
    expect(of(less, 'universe.lostPredictions')).toBeGreaterThan(0);
  });
  it('a curve over numbers of stocks needs a market; a small one has none, and says so', async () => {
    const small = await universeScaling().run(await aContext(aPipeline(everywhere)));
    expect(small.measurements).toEqual([]);
    expect(small.notMeasured!.map(({ reason }) => reason)[0]).toContain('60 stocks are too few');
    const large = await universeScaling().run(await aContext(aPipeline(everywhere), { stocks: 400, days: 30 }));
    expect(large.measurements.map(({ metric }) => metric)).toEqual(['scale.exponent', 'scale.durationAt5000']);
    expect(large.series[0]!.columns[0]!.values).toEqual([50, 100, 200, 400, 800]);
    expect(large.notes[0]).toContain('“features” takes the most time');
    const { datasetAt: _, ...owned } = await aContext(aPipeline(everywhere), { stocks: 400, days: 30 });
    const known = await universeScaling().run(owned);
    expect(known.series[0]!.columns[0]!.values).toEqual([50, 100, 200, 300, 400]);
  });
  it.each([
    ['nothing', () => '', 'is empty'],
    ['a header alone', () => 'date,stock,prediction\n', 'without a row'],
    ['a torn file', (csv: string) => csv.slice(0, csv.lastIndexOf(',')), 'cut off'],
    ['words for numbers', (csv: string) => csv.replace(/,[^,\n]*\n$/, ',high\n'), 'expected a number'],
  ] as const)('a pipeline that leaves %s fails the check in words', async (_, change, words) => {
    await expect(signalQuality().run(await aContext(aPipeline(everywhere, change)))).rejects.toThrow(words);
  });
  it('a pipeline that ends with an error fails the check with its last words', async () => {
    const pipeline = aPipeline(everywhere);
    const broken: typeof pipeline = {
      name: 'broken',
      run: async (request) => ({
        ...(await pipeline.run(request)),
        exit: { code: 3, signal: null, atMs: 0 },
        lastWords: ['no such column: volume'],
      }),
    };
    await expect(signalQuality().run(await aContext(broken))).rejects.toThrow('code 3; its last words: no such column');
  });
});
