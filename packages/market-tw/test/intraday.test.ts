import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFiveMinuteMean } from '../src/intraday/five-minute-mean.ts';
import {
  eventsOf,
  type IntradayEvent,
  type IntradayRequest,
  intradayDay,
  intradayEvents,
} from '../src/intraday/intraday-events.ts';
import { priceGrid } from '../src/limit-columns.ts';
import { createPanel, type Panel } from '../src/panel.ts';
import { anyDay, threeStocks } from './support/intraday-panel.ts';

const clock = (hour: number, minute: number, second = 0): number => ((hour * 60 + minute) * 60 + second) * 1000;
const eventsIn = (
  request: IntradayRequest,
): { events: IntradayEvent[]; leftOut: readonly { stock: string; reason: string }[] } => {
  const day = intradayDay(request);
  return { events: [...day.batches()].flatMap((batch) => [...eventsOf(batch, day.stocks)]), leftOut: day.leftOut };
};
const priced = (events: readonly IntradayEvent[]): IntradayEvent[] =>
  events.filter(({ kind }) => kind === 'auction' || kind === 'trade');

/** What every day must keep, whatever its bars. */
function expectDay(
  panel: Panel,
  date: string,
  events: readonly IntradayEvent[],
  leftOut: readonly { stock: string }[],
  isContinuous: boolean,
): void {
  for (let k = 1; k < events.length; k++) expect(events[k]!.timeMs).toBeGreaterThanOrEqual(events[k - 1]!.timeMs);
  const grid = priceGrid({ date });
  panel.stocks.forEach(({ code }, i) => {
    const { open, high, low, close, volume, reference } = panel.fields;
    const own = events.filter(({ stock }) => stock === code);
    const prints = priced(own);
    if (leftOut.some(({ stock }) => stock === code)) {
      expect(own).toEqual([]);
      return;
    }
    expect(prints[0]).toMatchObject({ kind: 'auction', timeMs: clock(9, 0), priceTwd: open[i] });
    expect(prints.at(-1)).toMatchObject({ kind: 'auction', priceTwd: close[i] });
    if (prints.length > 1) expect(prints.at(-1)!.timeMs).toBe(clock(13, 30));
    const prices = prints.map(({ priceTwd }) => priceTwd);
    expect([Math.min(...prices), Math.max(...prices)]).toEqual([low[i], high[i]]);
    expect(own.reduce((sum, event) => sum + event.volume, 0)).toBe(volume[i]);
    expect(prints.every(({ volume: shares }) => shares > 0)).toBe(true);
    expect(prices.every((price) => grid.isOnTick(Math.round(price * 100)))).toBe(true);
    // Between the end of trading and the close nothing trades.
    expect(prints.filter(({ timeMs }) => timeMs >= clock(13, 25) && timeMs < clock(13, 30))).toEqual([]);
    const up = grid.limitUp(Math.round(reference[i]! * 100)) / 100;
    const down = grid.limitDown(Math.round(reference[i]! * 100)) / 100;
    for (const { kind, priceTwd } of own.filter((event) => event.kind.startsWith('limit')))
      expect(priceTwd).toBe(kind === 'limit-up' ? up : down);
    expect(own.some(({ kind }) => kind === 'limit-up')).toBe(high[i] === up);
    expect(own.some(({ kind }) => kind === 'limit-down')).toBe(low[i] === down);
    const interruptions = own.filter(({ kind }) => kind === 'interruption');
    for (const { timeMs } of interruptions) {
      // Two minutes without a match, then an auction (unless the close comes first).
      const next = prints.find((event) => event.timeMs > timeMs)!;
      expect(next.kind).toBe('auction');
      expect(next.timeMs === timeMs + 120_000 || next.timeMs === clock(13, 30)).toBe(true);
    }
    if (isContinuous) expectInterruptionsByMean(own, open[i]!);
  });
}

/** The interruption rule by hand: volume-weighted mean of the last 300 seconds, counted anew after an interruption. */
function expectInterruptionsByMean(own: readonly IntradayEvent[], open: number): void {
  let since = 0;
  let last = open;
  const done: IntradayEvent[] = [];
  let isFree = false;
  for (const event of own) {
    if (event.kind === 'interruption' || event.kind === 'trade') {
      const second = Math.floor(event.timeMs / 1000);
      const window = done.filter(({ timeMs }) => timeMs >= since && Math.floor(timeMs / 1000) > second - 300);
      const shares = window.reduce((sum, { volume }) => sum + volume, 0);
      const mean = window.reduce((sum, { volume, priceTwd }) => sum + volume * priceTwd, 0) / shares;
      const from = event.timeMs < clock(9, 5) ? open : shares > 0 ? mean : last;
      const moved = Math.abs(event.priceTwd / from - 1);
      const isLate = event.timeMs >= clock(13, 20);
      if (event.kind === 'interruption') expect(moved).toBeGreaterThan(0.035 - 1e-9);
      else if (!isLate && !isFree && event.priceTwd > 1) expect(moved).toBeLessThan(0.035 + 1e-9);
    }
    if (event.kind === 'interruption') isFree = true;
    if (event.kind === 'auction' || event.kind === 'trade') {
      if (isFree) since = event.timeMs;
      isFree = false;
      done.push(event);
      last = event.priceTwd;
    }
  }
}

describe('a generated day', () => {
  it('agrees with the daily bars, whatever they are: prices, range, volume, limits, interruptions by the mean', () => {
    fc.assert(
      fc.property(anyDay('2020-03-23'), fc.nat(), (panel, seed) => {
        const { events, leftOut } = eventsIn({ panel, date: '2020-03-23', seed });
        expectDay(panel, '2020-03-23', events, leftOut, true);
        // Only what has fewer shares than its bar needs trades, or a day out of nothing, is left out.
        for (const { reason } of leftOut) expect(reason).toMatch(/shares cannot make its bar/);
      }),
      { numRuns: 30 },
    );
  }, 30_000);
  it('before 2020-03-23 consists of periodic auctions, each stock at most one in five seconds', () => {
    fc.assert(
      fc.property(anyDay('2020-03-20'), fc.nat(), (panel, seed) => {
        const { events, leftOut } = eventsIn({ panel, date: '2020-03-20', seed });
        expectDay(panel, '2020-03-20', events, leftOut, false);
        expect(events.some(({ kind }) => kind === 'trade')).toBe(false);
        for (const { code } of panel.stocks) {
          const times = priced(events)
            .filter(({ stock }) => stock === code)
            .map(({ timeMs }) => timeMs);
          const trading = times.filter((timeMs) => timeMs > clock(9, 0) && timeMs < clock(13, 25));
          const offset = (trading[0] ?? 0) % 5000;
          expect(trading.every((timeMs) => timeMs % 5000 === offset)).toBe(true);
          expect(new Set(times).size).toBe(times.length);
        }
      }),
      { numRuns: 30 },
    );
  }, 30_000);
  it('is the same, byte for byte, for the same request on every machine', () => {
    const digest = (date: string, seed: number): string => {
      const hash = createHash('sha256');
      for (const { timeMs, stock, kind, priceCents, volume } of intradayDay({
        panel: threeStocks(date),
        date,
        seed,
      }).batches())
        for (const column of [timeMs, stock, kind, priceCents, volume]) hash.update(column);
      return hash.digest('hex');
    };
    expect(digest('2020-03-23', 1)).toBe('d47b5407dd4ee90a1f51d6d367998b6b903409550e9375717054e30a484edb8d');
    expect(digest('2020-03-20', 1)).toBe('497f160daf513c1bba9ef1f18b1dd13ec97ec97c533dddee3240c3deeb335b47');
    expect(digest('2020-03-23', 2)).not.toBe(digest('2020-03-23', 1));
  });
  it('can be generated again from the same day', () => {
    const day = intradayDay({ panel: threeStocks(), date: '2020-03-23', seed: 4 });
    expect([...day.batches()]).toEqual([...day.batches()]);
  });
  it('is busiest after the open, quietest around noon, and rises to the close', () => {
    const panel = threeStocks();
    panel.fields.trades[1] = 20_000;
    const trades = (fromMs: number, toMs: number): number => {
      let count = 0;
      for (const batch of intradayDay({ panel, date: '2020-03-23', seed: 1 }).batches())
        for (const timeMs of batch.timeMs) if (timeMs >= fromMs && timeMs < toMs) count++;
      return count;
    };
    const first = trades(clock(9, 0), clock(9, 30));
    const noon = trades(clock(11, 45), clock(12, 15));
    const last = trades(clock(12, 55), clock(13, 25));
    expect(first).toBeGreaterThan(2 * noon);
    expect(last).toBeGreaterThan(1.2 * noon);
    expect(first).toBeGreaterThan(last);
  });
  it('has one trade, the opening auction, where the panel tells of one', async () => {
    const panel = threeStocks();
    panel.fields.trades[2] = 1;
    const own: IntradayEvent[] = [];
    for await (const event of intradayEvents({ panel, date: '2020-03-23', seed: 1 }))
      if (event.stock === '3008') own.push(event);
    expect(own.map(({ kind, timeMs, volume }) => [kind, timeMs, volume])).toEqual([
      ['auction', clock(9, 0), 41_000],
      ['limit-up', clock(9, 0), 0],
    ]);
  });
  it('announces attention once, when a stock first meets a test of the day', () => {
    const { events } = eventsIn({ panel: threeStocks(), date: '2020-03-23', seed: 4 });
    // Of the three, only 2330 trades 3,000 lots, and its price runs from limit to limit.
    const announced = events.filter(({ kind }) => kind === 'attention');
    expect(announced.map(({ stock }) => stock)).toEqual(['2330']);
    const [{ timeMs, priceTwd, volume }] = announced as [IntradayEvent];
    expect(volume).toBe(0);
    // At that moment by hand: volume, range and change of 2330 beside the mean of the three.
    const reference: Record<string, number> = { 1101: 40, 2330: 270, 3008: 100 };
    const prints = priced(events).filter((event) => event.timeMs <= timeMs);
    const own = prints.filter(({ stock }) => stock === '2330');
    const prices = own.map((event) => event.priceTwd);
    expect(own.reduce((sum, event) => sum + event.volume, 0)).toBeGreaterThanOrEqual(3_000_000);
    expect(priceTwd).toBe(prices.at(-1));
    const changes = Object.entries(reference).map(([stock, base]) => {
      const last = prints.filter((event) => event.stock === stock).at(-1);
      return last ? last.priceTwd / base - 1 : 0;
    });
    const market = changes.reduce((sum, change) => sum + change, 0) / 3;
    const isWide = (Math.max(...prices) - Math.min(...prices)) / 270 > 0.09;
    const isFar = Math.abs(changes[1]!) > 0.06 && Math.abs(changes[1]! - market) >= 0.04;
    expect(isWide || isFar).toBe(true);
  });
  it('announces nothing where all stocks move as one', () => {
    const panel = threeStocks();
    for (const field of ['open', 'high', 'low', 'close'] as const)
      [36.4, 246, 91].forEach((price, i) => {
        panel.fields[field][i] = price;
      });
    panel.fields.volume.fill(9_000_000);
    panel.fields.trades.fill(1);
    const { events } = eventsIn({ panel, date: '2020-03-23', seed: 4 });
    expect(events.filter(({ kind }) => kind === 'attention')).toEqual([]);
    expect(events.length).toBeGreaterThan(2);
  });
  it('puts what is less than a board lot into the odd-lot auction of 14:30', () => {
    const { events } = eventsIn({ panel: threeStocks(), date: '2020-03-23', seed: 1 });
    expect(events.at(-2)).toMatchObject({
      kind: 'odd-lot',
      stock: '1101',
      timeMs: clock(14, 30),
      volume: 123,
      priceTwd: 40,
    });
  });
  it('takes halts: no match in them, an auction at the resumption; before the open, the opening comes with it', () => {
    const halts = [
      { stock: '2330', from: '10:00', to: '11:30' },
      { stock: '1101', from: '08:45', to: '12:00:30' },
    ];
    const { events } = eventsIn({ panel: threeStocks(), date: '2020-03-23', seed: 1, halts });
    const own = (code: string) => events.filter(({ stock }) => stock === code);
    expect(own('1101').slice(0, 3)).toMatchObject([
      { kind: 'halt', timeMs: clock(8, 45) },
      { kind: 'resume', timeMs: clock(12, 0, 30) },
      { kind: 'auction', timeMs: clock(12, 0, 30), priceTwd: 40.1 },
    ]);
    const during = own('2330').filter(({ timeMs }) => timeMs >= clock(10, 0) && timeMs <= clock(11, 30));
    expect(during).toMatchObject([
      { kind: 'halt', timeMs: clock(10, 0) },
      { kind: 'resume', timeMs: clock(11, 30) },
      { kind: 'auction', timeMs: clock(11, 30) },
    ]);
    const prints = priced(own('2330'));
    expect([Math.min(...prints.map((e) => e.priceTwd)), Math.max(...prints.map((e) => e.priceTwd))]).toEqual([
      243, 297,
    ]);
    expect(own('2330').reduce((sum, { volume }) => sum + volume, 0)).toBe(76_963_709);
    expect(() =>
      eventsIn({
        panel: threeStocks(),
        date: '2020-03-23',
        seed: 1,
        halts: [{ stock: '2330', from: '12:00', to: '13:20' }],
      }),
    ).toThrow('at most 13:00');
  });
  it('closes a stock at 13:33 where its close was deferred', () => {
    const { events } = eventsIn({ panel: threeStocks(), date: '2020-03-23', seed: 1, deferredCloses: ['2330'] });
    const last = (code: string) => priced(events).findLast(({ stock }) => stock === code)!;
    expect([last('2330').timeMs, last('1101').timeMs]).toEqual([clock(13, 33), clock(13, 30)]);
    expect(last('2330').priceTwd).toBe(255);
  });
  it('tells the halt of a stock that trades before and after, and leaves out what cannot have happened', () => {
    const one = threeStocks();
    const panel = createPanel(['2020-03-20', '2020-03-23', '2020-03-24'], one.stocks);
    for (let t = 0; t < 3; t++)
      for (const field of ['open', 'high', 'low', 'close', 'reference', 'volume', 'trades'] as const)
        for (let i = 0; i < 3; i++) panel.fields[field][t * 3 + i] = one.fields[field][i]!;
    for (const field of ['open', 'high', 'low', 'close', 'reference', 'volume', 'trades'] as const)
      panel.fields[field][3] = Number.NaN;
    panel.fields.high[5] = 110.03;
    const { events, leftOut } = eventsIn({ panel, date: '2020-03-23', seed: 1 });
    expect(events.filter(({ stock }) => stock === '1101')).toMatchObject([
      { kind: 'halt', timeMs: clock(8, 30), volume: 0 },
    ]);
    expect(leftOut).toEqual([{ stock: '3008', reason: expect.stringContaining('not on the tick grid') }]);
    expect(events.some(({ stock }) => stock === '3008')).toBe(false);
  });
  it('is refused for days without a market', () => {
    expect(() => intradayDay({ panel: threeStocks(), date: '2020-03-24', seed: 1 })).toThrow(
      'there is no session on 2020-03-24',
    );
    expect(() => intradayDay({ panel: threeStocks('2020-03-22'), date: '2020-03-22', seed: 1 })).toThrow(
      'the exchange was closed',
    );
  });
});

it('the five-minute mean is that of the trades of the last 300 seconds', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          gap: fc.integer({ min: 0, max: 400 }),
          cents: fc.integer({ min: 9000, max: 11_000 }),
          volume: fc.integer({ min: 1, max: 50 }),
        }),
        { minLength: 1, maxLength: 60 },
      ),
      (trades) => {
        const mean = createFiveMinuteMean(1);
        const seen: { second: number; cents: number; volume: number }[] = [];
        let second = 32_400;
        for (const { gap, cents, volume } of trades) {
          second += gap;
          const window = seen.filter((one) => one.second > second - 300);
          const shares = window.reduce((sum, one) => sum + one.volume, 0);
          const value = window.reduce((sum, one) => sum + one.volume * one.cents, 0);
          const expected = shares === 0 ? undefined : Math.abs(cents - value / shares) > 0.035 * (value / shares);
          const border = shares > 0 && Math.abs(Math.abs(cents * shares - value) * 1000 - 35 * value) < 1;
          if (!border) expect(mean.isFar(0, second, cents)).toBe(expected);
          mean.add(0, second, cents, volume);
          seen.push({ second, cents, volume });
        }
      },
    ),
  );
});
