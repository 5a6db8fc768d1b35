import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulatePeriod } from '../src/history/simulate-period.ts';
import { createPanel, type Panel, panelFields } from '../src/panel.ts';
import { readPriceCsv } from '../src/price-csv.ts';
import { simulateMarket } from '../src/simulate.ts';
import { type ObservedRanges, observedRanges } from '../src/statistics/observed-ranges.ts';
import { type WindowRanges, windowRanges } from '../src/statistics/windows.ts';

const stocks = 1700;
/**
 * Statistics that lie outside what the market showed, by how much of the nearest bound at most: known, and in the README.
 * Calm and stress want opposite things of them.
 */
const knownMisses: Readonly<Record<string, number>> = {
  'calm-2019 unchanged': 0.03,
  'covid-2020 hillTail': 0.02,
  'covid-2020 absoluteAutocorrelation1': 0.02,
  'covid-2020 crossSectionalDeviation': 0.02,
  'covid-2020 unchanged': 0.03,
  'tariffs-2025 hillTail': 0.06,
  'tariffs-2025 largeMoves': 0.02,
};

/** What is outside its range, and was not known to be. */
function misses(id: string, simulated: WindowRanges, observed: ObservedRanges): string[] {
  return Object.entries(observed).flatMap(([name, [low, high]]) => {
    const value = simulated[name as keyof WindowRanges][1];
    const slack = knownMisses[`${id} ${name}`] ?? 0;
    const isInside = value >= low - slack * Math.abs(low) && value <= high + slack * Math.abs(high);
    return isInside ? [] : [`${id} ${name}: ${value} outside ${low} to ${high}`];
  });
}

describe('the simulated market, by the median of its windows of 20 sessions', () => {
  it('lies inside what calm showed in the second half of 2019', () => {
    const { panel } = simulateMarket({
      stocks,
      days: 127,
      seed: 1,
      lastDate: '2019-12-31',
      capitalisationTwd: 36e12,
    });
    expect(misses('calm-2019', windowRanges(panel, { step: 12 }), observedRanges['calm-2019'])).toEqual([]);
  }, 120_000);

  it.each([
    ['covid-2020', '2020-03-19'],
    ['tariffs-2025', '2025-04-07'],
  ] as const)(
    'lies inside what stress showed in %s',
    (id, holds) => {
      const { panel } = simulatePeriod({ period: id, stocks, seed: 1 });
      expect(misses(id, windowRanges(panel, { holds, step: 4 }), observedRanges[id])).toEqual([]);
    },
    120_000,
  );

  // Closed limit-down, of the stocks that traded: counted in the real panels, 2020 and 2025.
  it.each([
    ['covid-2020', '2020-03-19', 0.42],
    ['covid-2020', '2020-03-20', 0.01],
    ['tariffs-2025', '2025-04-07', 0.9],
    ['tariffs-2025', '2025-04-10', 0],
    ['year-2018', '2018-10-11', 0.33],
    ['euro-debt-2011', '2011-08-05', 0.61],
    ['financial-crisis-2008', '2008-10-24', 0.78],
  ])(
    '%s on %s has about as many limit-down closes as the market had: %f',
    (id, date, real) => {
      // One large company's own luck moves all others, since the index is given: the mean of four draws.
      const shares = [1, 2, 3, 4].map((seed) => {
        const { panel } = simulatePeriod({ period: id, stocks: 300, seed, days: 60 });
        const day = panel.dates.indexOf(date);
        const states = panel.fields.limitState
          .subarray(day * 300, (day + 1) * 300)
          .filter((state) => !Number.isNaN(state));
        return states.filter((state) => state < 0).length / states.length;
      });
      const simulated = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      expect(Math.abs(simulated - real), `simulated ${simulated}`).toBeLessThan(0.2);
    },
    60_000,
  );
});

const folder = new URL('../../../../shared/data/taiwan/panels/', import.meta.url);
const isThere = existsSync(folder);

describe.skipIf(!isThere)('observed ranges (need the shared market data)', () => {
  const common = ({ dates, stocks: all, fields }: Panel): Panel => {
    const kept = [...all.keys()].filter((i) => /^[1-9]\d{3}$/.test(all[i]!.code));
    const out = createPanel(
      dates,
      kept.map((i) => all[i]!),
    );
    for (const field of panelFields)
      for (let t = 0; t < dates.length; t++)
        for (let j = 0; j < kept.length; j++)
          out.fields[field][t * kept.length + j] = fields[field][t * all.length + kept[j]!]!;
    return out;
  };
  it.each([
    ['panel-full-2019h2-2020.csv.gz', { 'calm-2019': { to: '2019-12-31' }, 'covid-2020': { holds: '2020-03-19' } }],
    ['panel-ohlcv-2024-12-2026-08.csv.gz', { 'tariffs-2025': { holds: '2025-04-07' } }],
  ] as const)(
    'hold every fifth window of %s',
    async (file, spans) => {
      const panel = common(await readPriceCsv(new URL(file, folder).pathname));
      for (const [id, span] of Object.entries(spans)) {
        const found = windowRanges(panel, { ...span, step: 5 });
        for (const [name, [low, high]] of Object.entries(observedRanges[id as keyof typeof observedRanges])) {
          // The files name no sectors.
          if (/sector|semiconductor/i.test(name)) continue;
          const [lowest, , highest] = found[name as keyof WindowRanges];
          expect(lowest, `${id} ${name}`).toBeGreaterThanOrEqual(low);
          expect(highest, `${id} ${name}`).toBeLessThanOrEqual(high);
          expect(highest - lowest, `${id} ${name}`).toBeGreaterThan(0.3 * (high - low));
        }
      }
    },
    180_000,
  );
});
