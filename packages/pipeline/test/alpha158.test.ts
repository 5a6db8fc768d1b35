import { readFileSync } from 'node:fs';
import { alpha158, marketColumns } from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';
import { anEmptyPanel } from './support/panels.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/alpha158.json', import.meta.url), 'utf8')) as {
  readonly days: number;
  readonly stocks: number;
  readonly compared: number;
  readonly panel: Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', string>>;
  readonly factors: Readonly<Record<string, string>>;
};
const column = (cells: string): Float64Array => Float64Array.from(cells.split(' '), Number);

const dates = Array.from({ length: fixture.days }, (_, t) =>
  new Date(Date.UTC(2025, 0, 1 + t)).toISOString().slice(0, 10),
);
const panel = anEmptyPanel(dates, ['1101', '1102', '2330']);
for (const [field, cells] of Object.entries(fixture.panel))
  panel.fields[field as keyof typeof fixture.panel].set(column(cells));
// No dividends: each day starts from the close before.
panel.fields.reference.set(panel.fields.close.subarray(0, -fixture.stocks), fixture.stocks);
const market = marketColumns(panel);

describe('Alpha158', () => {
  it('is all there, by Qlib’s names', () => {
    expect(new Set(alpha158.map(({ name }) => name))).toEqual(new Set(Object.keys(fixture.factors)));
    expect(alpha158).toHaveLength(158);
  });
  it.each(alpha158.map((factor) => [factor.name, factor] as const))(
    '%s has the value of Qlib’s formula',
    (name, factor) => {
      const got = factor.compute(market).subarray(-fixture.compared * fixture.stocks);
      column(fixture.factors[name]!).forEach((expected, k) => {
        expect(Math.abs(got[k]! - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
      });
    },
  );
});
