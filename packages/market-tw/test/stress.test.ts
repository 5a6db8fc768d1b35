import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPanel, haltStates, type Stock } from '../src/panel.ts';
import { coverageOf, predictedWhileHalted } from '../src/stress/coverage.ts';
import { marketDaysSeries, requestsSeries } from '../src/stress/market-days.ts';
import { sectorConcentration } from '../src/stress/sector-concentration.ts';
import { serviceScenarios } from '../src/stress/service-scenarios.ts';
import { icChange, roughSessions, splitIcs } from '../src/stress/signal-under-stress.ts';
import { staleAnswers } from '../src/stress/stale-answers.ts';
import { panelScenarios } from '../src/stress-panel-check.ts';

const sessions = (count: number): string[] =>
  Array.from({ length: count }, (_, t) => new Date(Date.UTC(2025, 0, 1 + t)).toISOString().slice(0, 10));
const someStocks = (count: number, sector = ''): Stock[] =>
  Array.from({ length: count }, (_, i) => ({
    code: String(1101 + i),
    name: '',
    market: 'TWSE' as const,
    sector,
    listed: '',
    delisted: null,
  }));

/** Stocks that close at 100 each day, with a halt of the first one. */
function aPanel(days: number, stocks: number, halt?: { from: number; to: number }) {
  const panel = createPanel(sessions(days), someStocks(stocks));
  panel.fields.close.fill(100);
  panel.fields.reference.fill(100);
  panel.fields.haltState.fill(haltStates.traded);
  for (let t = halt?.from ?? 0; t < (halt?.to ?? 0); t++) {
    panel.fields.close[t * stocks] = Number.NaN;
    panel.fields.haltState[t * stocks] = haltStates.halted;
  }
  return panel;
}

describe('coverageOf', () => {
  it('asks for every stock that trades, from the first prediction on, after 25 sessions of its own', () => {
    const panel = aPanel(40, 2);
    const values = new Float64Array(80).fill(Number.NaN);
    values.fill(0.1, 30 * 2);
    expect(coverageOf(panel, { values })).toEqual({
      owed: 20,
      missing: 0,
      firstDay: 30,
      owedAfterHalt: 0,
      missingAfterHalt: 0,
    });
  });
  it('asks nothing of a halted stock, and all of it once it trades again', () => {
    const panel = aPanel(40, 2, { from: 32, to: 34 });
    const values = new Float64Array(80).fill(Number.NaN);
    values.fill(0.1, 30 * 2);
    for (let t = 32; t < 37; t++) values[t * 2] = Number.NaN; // silent for three sessions after the halt as well
    expect(coverageOf(panel, { values })).toMatchObject({
      owed: 18,
      missing: 3,
      owedAfterHalt: 5,
      missingAfterHalt: 3,
    });
    expect(predictedWhileHalted(panel, { values }, [32, 33])).toEqual({ halted: 2, predicted: 0 });
    expect(predictedWhileHalted(panel, { values: new Float64Array(80) }, [32, 33])).toEqual({
      halted: 2,
      predicted: 2,
    });
  });
  it('is all missing where nothing was predicted', () => {
    expect(coverageOf(aPanel(40, 2), { values: new Float64Array(80).fill(Number.NaN) }).owed).toBe(0);
  });
});

describe('signal under stress', () => {
  it('splits the days by whether the return that they foresee fell into the stress', () => {
    const shape = { days: 4, stocks: 12 };
    const random = createRandom(1, 'returns');
    const returns = Float64Array.from({ length: 48 }, () => random.normal());
    // Right on day 0, wrong on day 1, right on day 2; day 3 has nothing after it.
    const values = Float64Array.from(returns, (value, at) => (Math.floor(at / 12) === 1 ? -value : value));
    const { stress, calm } = splitIcs(values, returns, shape, [2]);
    expect(stress).toHaveLength(1);
    expect(stress[0]).toBeCloseTo(-1, 12);
    expect(calm.map((ic) => Math.round(ic * 1e9) / 1e9)).toEqual([1, 1]);
  });
  it('gives the change with Welch’s interval (by hand)', () => {
    // Means 0.1 and 0.4, variances of the means 0.005 and 0.02: half = t(0.975; df) × √0.025.
    const around = (mean: number, off: number): number[] => [mean - off, mean + off];
    const change = icChange({ stress: around(0.1, Math.sqrt(0.005)), calm: around(0.4, Math.sqrt(0.02)) })!;
    expect(change.value).toBeCloseTo(-0.3, 12);
    // Welch–Satterthwaite: 0.025² / (0.005² + 0.02²) = 1.470588; Student’s t there, by Simpson’s rule, is 6.188.
    expect((change.interval!.high - change.interval!.low) / 2 / Math.sqrt(0.025)).toBeCloseTo(6.188, 2);
    expect(icChange({ stress: [0.1], calm: [0.1, 0.2] })).toBeUndefined();
  });
  it('says nothing of a day with fewer than ten pairs, or with predictions that are all the same', () => {
    const shape = { days: 3, stocks: 9 };
    const rising = Float64Array.from({ length: 27 }, (_, i) => i);
    expect(splitIcs(rising, rising, shape, [])).toEqual({ stress: [], calm: [] });
    const wide = { days: 3, stocks: 12 };
    const returns = Float64Array.from({ length: 36 }, (_, i) => i);
    expect(splitIcs(new Float64Array(36), returns, wide, [])).toEqual({ stress: [], calm: [] });
  });
  it('takes of a period the quarter of the sessions that moved the most', () => {
    const panel = aPanel(8, 3);
    panel.fields.close.fill(93, 3 * 3, 4 * 3);
    panel.fields.close.fill(106, 6 * 3, 7 * 3);
    const all = [0, 1, 2, 3, 4, 5, 6, 7];
    expect([...roughSessions(panel, all)].sort()).toEqual([3, 6]);
    expect(roughSessions(panel, [1, 2])).toEqual([1, 2]);
  });
});

describe('sectorConcentration', () => {
  it('is whole where the top tenth is one sector, and nothing where it is absent', () => {
    const days = 14;
    const stocks = [
      ...someStocks(3, '24'),
      ...someStocks(27, '17').map((stock, i) => ({ ...stock, code: String(2801 + i) })),
    ];
    const panel = createPanel(sessions(days), stocks);
    const random = createRandom(3, 'returns');
    const returns = Float64Array.from({ length: days * 30 }, () => random.normal());
    const chipsFirst = Float64Array.from(returns, (_, at) => (at % 30 < 3 ? 1 : 0) + at / 1e6);
    expect(sectorConcentration(panel, chipsFirst, returns, '24')).toEqual({
      share: 1,
      universeShare: 0.1,
      risk: expect.closeTo(1, 12),
      days,
    });
    const chipsLast = chipsFirst.map((value) => -value);
    expect(sectorConcentration(panel, chipsLast, returns, '24')).toMatchObject({ share: 0, risk: 0 });
  });
});

describe('staleAnswers', () => {
  const answer = (batch: number, ...predictions: number[]) => ({ batch, predictions: Float64Array.from(predictions) });
  it('are those that repeat the answer to another cross-section', () => {
    expect(staleAnswers([answer(0, 1, 2), answer(1, 1, 2), answer(2, 3, 4)])).toEqual({ compared: 2, stale: 1 });
  });
  it('are not those to the same cross-section, nor single numbers', () => {
    expect(staleAnswers([answer(0, 1, 2), answer(0, 1, 2)])).toEqual({ compared: 0, stale: 0 });
    expect(staleAnswers([answer(0, 1), answer(1, 1)])).toEqual({ compared: 0, stale: 0 });
  });
});

describe('service scenarios', () => {
  const calm = (seed: number) => {
    const random = createRandom(seed, 'rows');
    return { rows: 60, features: 7, values: Float64Array.from({ length: 420 }, () => random.normal()) };
  };
  it('leave the calm rows as they are, keep the shape, and hold only numbers a model may see (property)', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...serviceScenarios), (seed, scenario) => {
        const batch = calm(seed);
        const before = Float64Array.from(batch.values);
        const stressed = scenario.perturb(batch, createRandom(seed, scenario.id));
        expect(batch.values).toEqual(before);
        expect(stressed.values).toHaveLength(stressed.rows * stressed.features);
        expect(stressed.rows).toBeGreaterThan(0);
        expect(stressed.rows).toBeLessThanOrEqual(batch.rows);
        const holes = stressed.values.filter((value) => Number.isNaN(value)).length;
        if (scenario.hasHoles !== true) expect(holes).toBe(0);
        for (const value of stressed.values) if (!Number.isNaN(value)) expect(Math.abs(value)).toBeLessThanOrEqual(1e6);
        expect(scenario.perturb(batch, createRandom(seed, scenario.id)).values).toEqual(stressed.values);
      }),
    );
  });
  it('do what they say: a share of the rows stands still, or lacks features', () => {
    const rowsOf = (id: string) => {
      const scenario = serviceScenarios.find((one) => one.id === id)!;
      const { values, rows, features } = scenario.perturb({ ...calm(1) }, createRandom(1, id));
      return Array.from({ length: rows }, (_, row) => [...values.subarray(row * features, (row + 1) * features)]);
    };
    const still = rowsOf('haltStorm').filter((row) => row.every((value) => value === 0)).length;
    expect(still / 60).toBeGreaterThan(0.2);
    expect(still / 60).toBeLessThan(0.6);
    expect(rowsOf('holes').some((row) => row.some((value) => Number.isNaN(value)))).toBe(true);
    expect(rowsOf('gaps').some((row) => row.some((value) => Math.abs(value) > 5))).toBe(true);
  });
});

describe('panel scenarios', () => {
  it('have names of their own, beside those of the services', () => {
    const ids = [...panelScenarios, ...serviceScenarios].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    // Fourteen of the library and twelve periods of history.
    expect(panelScenarios).toHaveLength(26);
  });
  it('fit into the suite’s 84 sessions, all of them', { timeout: 60_000 }, () => {
    for (const scenario of panelScenarios) {
      const { panel, stressDays } = scenario.simulate({ stocks: 30, days: 84, seed: 1 });
      expect(panel.dates.length, scenario.id).toBeGreaterThanOrEqual(83);
      expect(stressDays.length, scenario.id).toBeGreaterThan(0);
      expect(roughSessions(panel, stressDays).length, scenario.id).toBeLessThan(panel.dates.length * 0.76);
    }
  });
});

describe('what small charts of a scenario show', () => {
  const column = (series: ReturnType<typeof marketDaysSeries>, name: string) =>
    series.columns.find((one) => one.name === name)!.values;

  it('is how far the mean stock moved, who closed at a limit, and who was halted', () => {
    const panel = aPanel(3, 2, { from: 1, to: 2 });
    // The second session: one stock halted, the other closes limit-down; the third: it gains 10 %, the other nothing.
    panel.fields.close.set([Number.NaN, 90], 2);
    panel.fields.close.set([100, 110], 4);
    panel.fields.limitState.fill(0);
    panel.fields.limitState[3] = -1;
    const series = marketDaysSeries(panel, { stressDays: [1], ics: [Number.NaN, 0.5, Number.NaN] });
    const market = column(series, 'mean stock') as number[];
    // 1 − 10 %, then the mean of 0 and 10 %.
    expect(market[0]).toBe(0);
    expect(market[1]).toBeCloseTo(-0.1, 12);
    expect(market[2]).toBeCloseTo(0.9 * 1.05 - 1, 12);
    expect(column(series, 'at a limit')).toEqual([0, 1, 0]);
    expect(column(series, 'halted')).toEqual([0, 0.5, 0]);
    expect(column(series, 'rank IC')).toEqual([null, 0.5, null]);
    expect(column(series, 'stress')).toEqual([0, 1, 0]);
  });
  it('is the tenth and the slowest of every twenty requests, with a rest of fewer', () => {
    const elapsed = Array.from({ length: 25 }, (_, i) => i + 1);
    expect(requestsSeries(elapsed).columns.map(({ values }) => values)).toEqual([
      [1, 21],
      [10, 23],
      [20, 25],
    ]);
  });
});
