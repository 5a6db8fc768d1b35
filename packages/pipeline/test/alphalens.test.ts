import { readFileSync } from 'node:fs';
import { forwardReturns } from '@preopen/market-tw';
import { informationCoefficients, quantileReturns } from '@preopen/pipeline';
import { expect, it } from 'vitest';
import { anEmptyPanel } from './support/panels.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/alphalens.json', import.meta.url), 'utf8')) as {
  readonly days: number;
  readonly stocks: number;
  readonly dates: readonly string[];
  /** Days whose returns over the longest period are whole: alphalens leaves the others out of all. */
  readonly compared: number;
  readonly prices: string;
  readonly factor: string;
  readonly periods: Readonly<Record<string, { readonly rankIc: number[]; readonly quantileMeans: number[] }>>;
};
const { days, stocks, compared } = fixture;
const column = (cells: string): Float64Array => Float64Array.from(cells.split(' '), Number);
const panel = anEmptyPanel(
  fixture.dates,
  Array.from({ length: stocks }, (_, i) => String(1101 + i)),
);
panel.fields.close.set(column(fixture.prices));
panel.fields.reference.set(panel.fields.close.subarray(0, -stocks), stocks);
const factor = column(fixture.factor);

it.each(Object.entries(fixture.periods))(
  'rank IC and returns by quantile over %s sessions are those of alphalens',
  (horizon, { rankIc, quantileMeans }) => {
    const returns = forwardReturns(panel, Number(horizon)).fill(Number.NaN, compared * stocks);
    const daily = informationCoefficients(factor, returns, { days, stocks });
    rankIc.forEach((expected, t) => {
      expect(daily[t]!).toBeCloseTo(expected, 10);
    });
    const { mean } = quantileReturns(factor, returns, { days, stocks }, quantileMeans.length);
    mean.forEach((value, q) => {
      expect(value).toBeCloseTo(quantileMeans[q]!, 10);
    });
  },
);
