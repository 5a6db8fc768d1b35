import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardReturns, haltStates, panelFields } from '../src/panel.ts';
import { historicalScenarios } from '../src/scenarios/historical-scenario.ts';
import { scenario, scenarioLibrary } from '../src/scenarios/library.ts';
import type { StressedMarket } from '../src/scenarios/scenario.ts';
import { simulateMarket } from '../src/simulate.ts';

const request = { stocks: 150, days: 40, seed: 11 };

/** Mean over the stress days of a figure per stock-day that has one. */
function mean(market: StressedMarket, figure: (at: number) => number): number {
  const n = market.panel.stocks.length;
  let sum = 0;
  let count = 0;
  for (const day of market.stressDays) {
    for (let at = day * n; at < (day + 1) * n; at++) {
      const value = figure(at);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
  }
  return sum / count;
}
const dayReturn = ({ panel: { fields } }: StressedMarket, at: number): number =>
  fields.close[at]! / fields.reference[at]! - 1;

/** What each scenario is about, as a number that grows with its severity. */
const effects: Readonly<Record<string, (market: StressedMarket) => number>> = {
  'limit-down-cascade': (market) => market.limitCells,
  'halt-storm': (market) => market.haltedCells,
  'interruption-storm': (market) =>
    mean(market, (at) => Math.abs(market.panel.fields.open[at]! / market.panel.fields.reference[at]! - 1)),
  'semiconductor-shock': (market) => -sectorReturn(market),
  'semiconductor-shock-2026': (market) => -sectorReturn(market),
  'liquidity-evaporation': (market) => -mean(market, (at) => market.panel.fields.turnoverTwd[at]!),
  'small-cap-squeeze': (market) => market.limitCells,
  'foreign-outflow': (market) =>
    -mean(market, (at) => market.panel.fields.foreignNetBuy[at]! / market.panel.fields.volume[at]!),
  'short-selling-ban': (market) => -mean(market, (at) => market.panel.fields.turnoverTwd[at]!),
  'typhoon-closure': (market) => market.closedDates.length,
  'index-breaker-3-5': (market) => -mean(market, (at) => dayReturn(market, at)),
  'index-breaker-7': (market) => -mean(market, (at) => dayReturn(market, at)),
  'index-breaker-10': (market) => -mean(market, (at) => dayReturn(market, at)),
  'mass-ex-dividend': (market) => mean(market, (at) => market.panel.fields.adjustedFactor[at]!),
};
function sectorReturn(market: StressedMarket): number {
  const n = market.panel.stocks.length;
  return mean(market, (at) => (market.panel.stocks[at % n]!.sector === '24' ? dayReturn(market, at) : Number.NaN));
}

describe.each(scenarioLibrary)('$id', (one) => {
  it('is the calm market byte for byte at severity 0', () => {
    const calm = simulateMarket({ ...request, ...one.universe });
    const { panel, oracle } = one.simulate({ ...request, severity: 0 });
    expect(panel.dates).toEqual(calm.panel.dates);
    const bytes = (column: Float64Array): Uint8Array => new Uint8Array(column.buffer);
    const columns = panelFields.map((field) => [panel.fields[field], calm.panel.fields[field]] as const);
    for (const [here, there] of [...columns, [oracle, calm.oracle] as const])
      expect(Buffer.compare(bytes(here), bytes(there))).toBe(0);
  });

  it('grows in what it is about with its severity', () => {
    const effect = effects[one.id]!;
    const sizes = [0, 0.25, 0.5, 0.75, 1].map((severity) => effect(one.simulate({ ...request, severity })));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes.at(-1)!).toBeGreaterThan(sizes[0]!);
  });

  it('leaves every session before it as it was', () => {
    const calm = simulateMarket({ ...request, ...one.universe });
    const stressed = one.simulate(request);
    const cells = stressed.stressDays[0]! * request.stocks;
    expect(stressed.panel.fields.close.subarray(0, cells)).toEqual(calm.panel.fields.close.subarray(0, cells));
  });

  it('says what it is and where it comes from', () => {
    expect(one.story.length).toBeGreaterThan(30);
    expect(one.source.length).toBeGreaterThan(10);
    expect(/assumed|none|beyond/.test(one.source)).toBe(one.hypothetical);
  });
});

describe('scenarios', () => {
  it('compose in time: one after the other, and in whatever brackets', () => {
    const ids = scenarioLibrary.map(({ id }) => id).filter((id) => id !== 'semiconductor-shock-2026');
    const anId = fc.constantFrom(...ids);
    fc.assert(
      fc.property(anId, anId, anId, (x, y, z) => {
        const [a, b, c] = [scenario(x), scenario(y), scenario(z)];
        const left = a.then(b).then(c);
        const right = a.then(b.then(c));
        expect(left.sessions).toEqual(right.sessions);
        expect(left.sessions).toEqual([...a.sessions, ...b.sessions, ...c.sessions]);
        const small = { stocks: 30, days: 45, seed: 2 };
        const one = left.simulate(small);
        expect(one.panel.fields.close).toEqual(right.simulate(small).panel.fields.close);
        const closed = one.closedDates.length;
        expect(one.stressDays).toHaveLength(left.sessions.length - closed);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  it('b of a.then(b) finds the market that a left behind', () => {
    const both = scenario('halt-storm').then(scenario('liquidity-evaporation')).simulate(request);
    const halts = both.stressDays.slice(0, 3).map((day) => countHalts(both, day));
    expect(halts.every((count) => count > 15)).toBe(true);
    expect(countHalts(both, both.stressDays.at(-1)!)).toBeLessThan(5);
  });

  it('a closed session is no session: its date is gone, and the next one bears both days', () => {
    const market = scenario('typhoon-closure').simulate(request);
    const calm = simulateMarket(request);
    expect(market.panel.dates).toHaveLength(request.days - 1);
    expect(market.closedDates).toHaveLength(1);
    expect(market.panel.dates).not.toContain(market.closedDates[0]);
    const n = request.stocks;
    const day = calm.panel.dates.indexOf(market.closedDates[0]!);
    let same = 0;
    for (let i = 0; i < n; i++) {
      const [before, after] = [(day - 1) * n + i, day * n + i];
      const got = market.panel.fields.close[after]! / market.panel.fields.close[before]!;
      const wanted = calm.panel.fields.close[(day + 1) * n + i]! / calm.panel.fields.close[before]!;
      if (Math.abs(got / wanted - 1) < 0.03) same++;
    }
    expect(same / n).toBeGreaterThan(0.85);
  });

  it('an index breaker ends the fall at its threshold and leaves the rest for the next session', () => {
    const market = scenario('index-breaker-7').simulate({ ...request, stocks: 400 });
    const n = 400;
    const meanOf = (day: number): number => {
      const own: StressedMarket = { ...market, stressDays: [day] };
      return mean(own, (at) => dayReturn(market, at));
    };
    expect(n).toBe(market.panel.stocks.length);
    expect(meanOf(market.stressDays[0]!)).toBeGreaterThan(-0.095);
    expect(meanOf(market.stressDays[0]!)).toBeLessThan(-0.04);
    expect(meanOf(market.stressDays[1]!)).toBeLessThan(-0.03);
  });

  it('keeps the oracle the best prediction under stress: what limits owe is in it', () => {
    const market = scenario('limit-down-cascade').simulate({ ...request, stocks: 400 });
    const n = 400;
    const first = market.stressDays[0]!;
    const next = forwardReturns(market.panel, 1);
    let sum = 0;
    let locked = 0;
    for (let at = first * n; at < (first + 1) * n; at++) {
      if (!(market.panel.fields.limitState[at]! < 0) || Number.isNaN(next[at]!)) continue;
      locked++;
      sum += market.oracle[at]!;
    }
    expect(locked).toBeGreaterThan(150);
    expect(sum / locked).toBeLessThan(-0.01);
  });

  it('is refused where the days do not hold it or the severity is none, and is no promise', async () => {
    const one = scenario('short-selling-ban');
    expect(() => one.simulate({ ...request, days: 10 })).toThrow('14 sessions');
    expect(() => one.simulate({ ...request, severity: 1.5 })).toThrow('0 (calm) to 1');
    expect(() => scenario('limit-down')).toThrow('limit-down-cascade');
    await expect(Promise.resolve(one)).rejects.toThrow('no promise');
  });
});

describe('periods as scenarios', () => {
  it('are the calm market at severity 0, and move with it', () => {
    const covid = historicalScenarios.find(({ id }) => id === 'covid-2020')!;
    const calm = simulateMarket(request);
    expect(covid.simulate({ ...request, severity: 0 }).panel.fields.close).toEqual(calm.panel.fields.close);
    const [half, full] = [0.5, 1].map((severity) => covid.simulate({ ...request, severity }));
    expect(full!.limitCells).toBeGreaterThan(half!.limitCells);
    expect(full!.panel.dates).toContain('2020-03-19');
  });
});

function countHalts({ panel }: StressedMarket, day: number): number {
  const n = panel.stocks.length;
  return panel.fields.haltState.subarray(day * n, (day + 1) * n).filter((state) => state === haltStates.halted).length;
}
