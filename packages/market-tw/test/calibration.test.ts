import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulatePeriod } from '../src/history/simulate-period.ts';
import { createPanel, type Panel, panelFields } from '../src/panel.ts';
import { readPriceCsv } from '../src/price-csv.ts';
import { simulateMarket } from '../src/simulate.ts';
import { observedRanges, redrawnRanges } from '../src/statistics/observed-ranges.ts';
import { type WindowRanges, windowRanges } from '../src/statistics/windows.ts';

const stocks = 1700;
const periods = ['calm-2019', 'covid-2020', 'tariffs-2025'] as const;
type Period = (typeof periods)[number];

/** A draw of a period, by the windows that its real counterpart is measured by. */
function drawn(id: Period, seed: number): WindowRanges {
  if (id === 'calm-2019') {
    const capitalisationTwd = 36e12;
    const { panel } = simulateMarket({ stocks, days: 127, seed, lastDate: '2019-12-31', capitalisationTwd });
    return windowRanges(panel, { step: 4 });
  }
  const holds = id === 'covid-2020' ? '2020-03-19' : '2025-04-07';
  return windowRanges(simulatePeriod({ period: id, stocks, seed }).panel, { holds, step: 4 });
}

/** What is outside its range. */
function misses(id: Period, simulated: WindowRanges, ranges: typeof observedRanges): string[] {
  return Object.entries(ranges[id]).flatMap(([name, [low, high]]) => {
    const [, value] = simulated[name as keyof WindowRanges];
    return value >= low && value <= high ? [] : [`${id} ${name}: ${value} outside ${low} to ${high}`];
  });
}

describe('the simulated market, by the median of its windows of 20 sessions', () => {
  it.each(periods)(
    'lies inside what the real one showed in %s, with every statistic',
    (id) => {
      expect(misses(id, drawn(id, 1), observedRanges)).toEqual([]);
    },
    120_000,
  );
  it('in another draw leaves what other companies might have shown with one statistic in twenty at most', () => {
    // The ranges are 95 % intervals.
    const all = periods.flatMap((id) => misses(id, drawn(id, 2), redrawnRanges));
    expect(all.length, all.join('\n')).toBeLessThanOrEqual(3);
  }, 120_000);

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
