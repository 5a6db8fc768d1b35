import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { arrivalTimesMs } from '../src/arrivals.ts';
import { sessionLoad } from '../src/session-load.ts';

const at = (hours: number, minutes: number) => (hours * 60 + minutes) * 60;
/** 08:30, 09:00, 13:25, 13:30: the regular board of the Taiwan exchange. */
const day = {
  collectsFromSecond: at(8, 30),
  opensAtSecond: at(9, 0),
  closingAuctionFromSecond: at(13, 25),
  closesAtSecond: at(13, 30),
};

describe('the load of a trading day', () => {
  it('plays the hours of the exchange in the time given, the open and the closing auction apart', () => {
    // Five hours in 300 s: a minute takes a second.
    const { windows, arrivals } = sessionLoad(day, { ratePerSecond: 100, durationMs: 300_000 });
    expect(windows).toEqual([
      { name: 'open', fromMs: 30_000, toMs: 31_000 },
      { name: 'close', fromMs: 295_000, toMs: 300_000 },
    ]);
    expect(arrivals.points[0]?.atMs).toBe(0);
    expect(arrivals.points.at(-1)?.atMs).toBe(300_000);
  });

  it('sends five times as many in the first minute as at midday, and no request after the close', () => {
    const { arrivals } = sessionLoad(day, { ratePerSecond: 200, durationMs: 300_000 });
    const times = [...arrivalTimesMs(arrivals, createRandom(1, 'session'))];
    const count = (fromMs: number, toMs: number) => times.filter((ms) => ms >= fromMs && ms < toMs).length;
    // Poisson counts of 1000 and 2000: within five standard deviations.
    expect(Math.abs(count(30_000, 31_000) - 1000)).toBeLessThan(158);
    expect(Math.abs(count(150_000, 160_000) - 2000)).toBeLessThan(224);
    expect(Math.abs(count(295_000, 300_000) - 2000)).toBeLessThan(224);
    expect(Math.max(...times)).toBeLessThan(300_000);
  });

  it('refuses a day whose times do not ascend', () => {
    expect(() => sessionLoad({ ...day, opensAtSecond: at(14, 0) }, { ratePerSecond: 1, durationMs: 1000 })).toThrow(
      'times that ascend',
    );
  });
});
