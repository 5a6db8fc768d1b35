import { expect, it } from 'vitest';
import { simulateMarket } from '../src/simulate.ts';
import { daysWithoutTrade, withoutSessions } from '../src/without-sessions.ts';

const { panel } = simulateMarket({ stocks: 3, days: 12, seed: 1 });

it('a day counts as one without a trade if no stock has a close, and only then', () => {
  const close = Float64Array.from(panel.fields.close);
  close.fill(Number.NaN, 3 * 4, 3 * 5);
  close.fill(Number.NaN, 3 * 7, 3 * 8 - 1);
  expect(daysWithoutTrade(panel)).toEqual([]);
  expect(daysWithoutTrade({ ...panel, fields: { ...panel.fields, close } })).toEqual([4]);
});

it('sessions that are left out are gone from every field, and the others stay as they were', () => {
  const kept = withoutSessions(panel, [0, 5]);
  expect(kept.dates).toEqual(panel.dates.filter((_date, day) => day !== 0 && day !== 5));
  expect([...kept.fields.close.subarray(0, 3)]).toEqual([...panel.fields.close.subarray(3, 6)]);
  expect([...kept.fields.volume.subarray(-3)]).toEqual([...panel.fields.volume.subarray(-3)]);
  expect(withoutSessions(panel, [])).toBe(panel);
});
