import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingDeferral, openingDeferral } from '../src/auction-deferral.ts';
import { attentionTests, dispositionCause, dispositionTerms, intradayAttentionTests } from '../src/disposition.ts';
import { hypotheticalIndexHalts } from '../src/index-breaker.ts';
import {
  beforeOpening,
  type InterruptionOutcome,
  type InterruptionState,
  interruptionReferenceCents,
  interruptionRule,
  stabilityBand,
  stepInterruption,
  type TimedTrade,
} from '../src/interruption.ts';
import { secondsOf } from '../src/sessions.ts';
import { newsHalt, tradingStatus } from '../src/trading-status.ts';

const at = (time: string, priceCents: number, lots = 1): TimedTrade => ({ second: secondsOf(time), priceCents, lots });

/** Steps through possible trades. */
function run(date: string, base: number, trades: TimedTrade[], isPeriodic = false) {
  let state: InterruptionState = beforeOpening(interruptionRule({ date, isPeriodic })!, base);
  const outcomes: InterruptionOutcome[] = [];
  for (const trade of trades) {
    const step = stepInterruption(state, trade);
    state = step.state;
    outcomes.push(step.outcome);
  }
  return { state, outcomes };
}

describe('the intraday interruption', () => {
  it('measures from the five-minute mean since 2020-03-23, not from the last trade', () => {
    // Mean of 100.00 × 9 and 103.00 × 1 is 100.30: 3.5 % above is 103.81, though 3.5 % above the last trade is 106.60.
    const trades = [at('10:00', 10_000, 9), at('10:01', 10_300, 1), at('10:02', 10_400)];
    expect(run('2025-04-07', 10_000, trades).outcomes).toEqual(['traded', 'traded', 'interrupted']);
    expect(run('2020-03-20', 10_000, trades).outcomes).toEqual(['traded', 'traded', 'traded']);
    // Disposed stocks still measure from the last trade.
    expect(run('2025-04-07', 10_000, trades, true).outcomes).toEqual(['traded', 'traded', 'traded']);
    const { state } = run('2025-04-07', 10_000, trades.slice(0, 2));
    expect(interruptionReferenceCents(state, secondsOf('10:02'))).toBe(10_030);
    expect(stabilityBand(state, secondsOf('10:02'))).toEqual({ downCents: 9679, upCents: 10_381 });
  });
  it('lasts two minutes and ends with an auction that is not tested again', () => {
    const trades = [
      ...[at('10:00', 10_000), at('10:01', 10_500), at('10:02:59', 10_500), at('10:03', 10_900)],
      at('10:03:01', 10_900),
    ];
    expect(run('2025-04-07', 10_000, trades).outcomes).toEqual([
      ...['traded', 'interrupted', 'waiting', 'resumed'],
      // The mean of 100.00 and 109.00 is 104.50: 109.00 is 4.3 % above it.
      'interrupted',
    ]);
  });
  it('is tripped by more than 3.5 %, not by 3.5 %', () => {
    expect(run('2025-04-07', 10_000, [at('10:00', 10_000), at('10:00:05', 10_350)]).outcomes[1]).toBe('traded');
    expect(run('2025-04-07', 10_000, [at('10:00', 10_000), at('10:00:05', 10_351)]).outcomes[1]).toBe('interrupted');
    expect(run('2025-04-07', 10_000, [at('10:00', 10_000), at('10:00:05', 9650)]).outcomes[1]).toBe('traded');
    expect(run('2025-04-07', 10_000, [at('10:00', 10_000), at('10:00:05', 9649)]).outcomes[1]).toBe('interrupted');
  });
  it('measures from the opening price until 09:05, and does not test the opening itself', () => {
    const trades = [at('09:00', 10_900), at('09:01', 11_000), at('09:04:59', 10_500), at('09:04:59', 11_300)];
    // 105.00 is 3.7 % below the opening price of 109.00.
    expect(run('2025-04-07', 10_000, trades).outcomes).toEqual(['traded', 'traded', 'interrupted', 'waiting']);
  });
  it('measured from the last trade before 2020-03-23, and from the opening price where there was none', () => {
    const trades = [at('10:00', 10_000), at('10:01', 10_340), at('10:02', 10_690), at('10:03', 11_070)];
    // 106.90 is 3.4 % above 103.40; 110.70 is 3.6 % above 106.90.
    expect(run('2020-03-20', 10_000, trades).outcomes).toEqual(['traded', 'traded', 'traded', 'interrupted']);
    const { state } = run('2020-03-20', 10_000, trades.slice(0, 2));
    expect(stabilityBand(state, secondsOf('10:02'))).toEqual({ downCents: 9979, upCents: 10_701 });
    expect(interruptionReferenceCents(run('2020-03-20', 10_000, []).state, secondsOf('10:00'))).toBe(10_000);
  });
  it('forgets trades of more than five minutes ago', () => {
    const trades = [at('10:00', 10_000, 100), at('10:04', 10_300), at('10:05:30', 10_600)];
    // The first trade has left the window: 106.00 is 2.9 % above 103.00.
    expect(run('2025-04-07', 10_000, trades).outcomes).toEqual(['traded', 'traded', 'traded']);
    // After five minutes of silence the last trade counts.
    const quiet = [at('10:00', 10_000), at('11:00', 10_340), at('12:00', 10_710)];
    expect(run('2025-04-07', 10_000, quiet).outcomes).toEqual(['traded', 'traded', 'interrupted']);
  });
  it.each([
    ['2021-06-25', '13:19:59', 'interrupted'],
    ['2021-06-25', '13:20', 'traded'],
    ['2021-06-28', '13:24:59', 'interrupted'],
  ])('on %s at %s a jump is %s', (date, time, outcome) => {
    expect(run(date, 10_000, [at('13:18', 10_000), at(time, 10_800)]).outcomes[1]).toBe(outcome);
  });
  it('does not exist before 2002-07-01, for warrants, for NT$1 and less, and for free listings', () => {
    expect(interruptionRule({ date: '2002-06-28' })).toBeUndefined();
    expect(interruptionRule({ date: '2025-04-07', instrument: 'warrant' })).toBeUndefined();
    expect(interruptionRule({ date: '2025-04-07', referenceCents: 100 })).toBeUndefined();
    expect(interruptionRule({ date: '2025-04-07', referenceCents: 101 })).toBeDefined();
    expect(interruptionRule({ date: '2025-04-07', isFreeListing: true })).toBeUndefined();
    expect(interruptionRule({ date: '2020-10-23', board: 'odd-lot-intraday' })).toBeUndefined();
    expect(interruptionRule({ date: '2025-04-07', board: 'odd-lot-intraday' })).toMatchObject({
      reference: 'previous-trade',
      untilSecond: secondsOf('13:25'),
    });
  });
  it('agrees with the rule worked out trade by trade from the whole history (property)', () => {
    const steps = fc.array(
      fc.record({
        gap: fc.integer({ min: 1, max: 200 }),
        price: fc.integer({ min: 9000, max: 11_000 }),
        lots: fc.nat(50),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (moves) => {
        let second = secondsOf('09:00');
        const possible = moves.map(({ gap, price, lots }): TimedTrade => {
          second += gap;
          return { second, priceCents: price, lots: lots + 1 };
        });
        const { outcomes } = run('2025-04-07', 10_000, possible);
        const done: TimedTrade[] = [];
        let until = 0;
        possible.forEach((trade, i) => {
          if (trade.second < until) {
            expect(outcomes[i]).toBe('waiting');
            return;
          }
          const window = done.filter((past) => past.second > trade.second - 300);
          const weight = window.reduce((total, { lots }) => total + lots, 0);
          const value = window.reduce((total, { lots, priceCents }) => total + lots * priceCents, 0);
          const early = trade.second < secondsOf('09:05');
          // Numerator and denominator of the reference: the opening price, the mean, or the last trade.
          const [top, bottom] =
            early || weight === 0 ? [(early ? done[0] : done.at(-1))?.priceCents, 1] : [value, weight];
          const isBeyond = top !== undefined && Math.abs(trade.priceCents * bottom - top) * 1000 > 35 * top;
          if (until === 0 && isBeyond) {
            expect(outcomes[i]).toBe('interrupted');
            until = trade.second + 120;
            return;
          }
          expect(outcomes[i]).toBe(until > 0 ? 'resumed' : 'traded');
          done.push(trade);
          until = 0;
        });
      }),
    );
  });
});

describe('deferred auctions', () => {
  it('open two minutes late after a jump of the trial price, since 2015-06-29', () => {
    const trialCents = [10_000, 10_100, 10_460];
    expect(openingDeferral({ date: '2015-06-26', trialCents }).isDeferred).toBe(false);
    expect(openingDeferral({ date: '2015-06-29', trialCents })).toEqual({ isDeferred: true, auctionSecond: 32_520 });
    // Each step is measured from the one before it, not from the first.
    expect(openingDeferral({ date: '2015-06-29', trialCents: [10_000, 10_350, 10_700] }).isDeferred).toBe(false);
  });
  it('open late after cancels of 30 % of the orders, since 2023-03-20', () => {
    const minute = { trialCents: [10_000], cancelledRatio: 0.3 };
    expect(openingDeferral({ date: '2023-03-17', ...minute }).isDeferred).toBe(false);
    expect(openingDeferral({ date: '2023-03-20', ...minute }).isDeferred).toBe(true);
    expect(openingDeferral({ date: '2023-03-20', trialCents: [10_000], cancelledRatio: 0.29 }).isDeferred).toBe(false);
  });
  it('close at 13:33 instead of 13:30, since 2012-02-20', () => {
    expect(closingDeferral('2012-02-17', [10_000, 9_600])).toEqual({
      isDeferred: false,
      auctionSecond: secondsOf('13:30'),
    });
    expect(closingDeferral('2012-02-20', [10_000, 9_600])).toEqual({
      isDeferred: true,
      auctionSecond: secondsOf('13:33'),
    });
    expect(closingDeferral('2025-04-07', [10_000])).toMatchObject({ isDeferred: false });
  });
});

describe('tradingStatus', () => {
  const life = {
    listedOn: '2020-03-02',
    delistedAfter: '2025-06-30',
    stops: [
      newsHalt({ from: '2024-02-05', reason: 'news to come' }),
      { kind: 'suspension', from: '2024-08-19', resumes: '2024-08-30', reason: 'capital reduction' } as const,
    ],
  };
  it.each([
    ['2020-02-27', 'not-listed'],
    ['2020-03-02', 'trading'],
    ['2024-02-05', 'halted'],
    ['2024-02-14', 'market-closed'], // one session of halt lasts over the whole Lunar New Year break
    ['2024-02-15', 'trading'],
    ['2024-08-29', 'suspended'],
    ['2024-08-30', 'trading'],
    ['2025-07-01', 'delisted'],
  ])('on %s is %s', (date, status) => {
    expect(tradingStatus(life, date)).toBe(status);
  });
  it('counts a halt in sessions, prolonged ones too, and refuses what the rules do not know', () => {
    expect(newsHalt({ from: '2024-10-30', sessions: 1, reason: 'x' }).resumes).toBe('2024-11-01'); // a typhoon between
    expect(newsHalt({ from: '2024-10-30', sessions: 3, prolongedBy: 2, reason: 'x' }).resumes).toBe('2024-11-07');
    expect(() => newsHalt({ from: '2015-06-01', reason: 'x' })).toThrow('since January 2016');
    expect(() => newsHalt({ from: '2024-10-31', reason: 'x' })).toThrow('no session');
  });
});

describe('attention and disposition', () => {
  const calm = {
    market: 'TWSE' as const,
    sixSessionChange: 0.05,
    marketSixSessionChange: 0.02,
    industrySixSessionChange: 0.02,
    firstToLastTwd: 2,
    volumeRatio: 1,
    sixSessionTurnover: 0.05,
    todayTurnover: 0.01,
  };
  it('pays attention during trading to wide ranges and moves that the index does not share', () => {
    const still = { volumeShares: 3_000_000, range: 0, marketRange: 0, change: 0, marketChange: 0 };
    expect(intradayAttentionTests(still)).toEqual([]);
    expect(intradayAttentionTests({ ...still, range: 0.12, marketRange: 0.07 })).toEqual(['intraday-range']);
    // Not above 9 %; not 5 points wider than the index's.
    expect(intradayAttentionTests({ ...still, range: 0.09 })).toEqual([]);
    expect(intradayAttentionTests({ ...still, range: 0.12, marketRange: 0.08 })).toEqual([]);
    expect(intradayAttentionTests({ ...still, change: -0.07, marketChange: -0.03 })).toEqual(['intraday-change']);
    expect(intradayAttentionTests({ ...still, change: 0.06 })).toEqual([]);
    expect(intradayAttentionTests({ ...still, change: -0.07, marketChange: -0.04 })).toEqual([]);
    // A rise of 7 % in a market that falls by 5 is twelve points away from it.
    expect(intradayAttentionTests({ ...still, range: 0.1, change: 0.07, marketChange: -0.05 })).toEqual([
      'intraday-range',
      'intraday-change',
    ]);
    expect(intradayAttentionTests({ ...still, volumeShares: 2_999_000, range: 0.12, change: 0.09 })).toEqual([]);
  });
  it('pays attention by the thresholds of each exchange', () => {
    expect(attentionTests(calm)).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionChange: 0.33 })).toEqual(['cumulative-change']);
    expect(attentionTests({ ...calm, sixSessionChange: 0.31 })).toEqual([]);
    expect(attentionTests({ ...calm, market: 'TPEx', sixSessionChange: 0.31 })).toEqual(['cumulative-change']);
    // A rise that the whole market shares draws no attention.
    expect(attentionTests({ ...calm, sixSessionChange: 0.33, marketSixSessionChange: 0.2 })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionChange: -0.26, firstToLastTwd: -60 })).toEqual(['change-and-price']);
    expect(attentionTests({ ...calm, sixSessionChange: 0.26, volumeRatio: 5 })).toEqual(['change-and-volume']);
    expect(attentionTests({ ...calm, sixSessionTurnover: 0.51, todayTurnover: 0.1 })).toEqual(['turnover']);
  });
  it('disposes after 3 running of the first test, 5 running, 6 of 10 or 12 of 30', () => {
    const first = ['cumulative-change' as const];
    const other = ['turnover' as const];
    const none: never[] = [];
    expect(dispositionCause([first, first])).toBeUndefined();
    expect(dispositionCause([first, first, first])).toBe('first-test-3-running');
    expect(dispositionCause([other, other, other, other])).toBeUndefined();
    expect(dispositionCause([other, other, other, other, other])).toBe('any-5-running');
    expect(dispositionCause([none, other, none, other, none, other, other, none, other, other])).toBe('any-6-of-10');
    const sparse = Array.from({ length: 30 }, (_, i) => (i % 5 < 2 ? other : none));
    expect(dispositionCause(sparse)).toBe('any-12-of-30');
    expect(dispositionCause(sparse.slice(2))).toBeUndefined();
  });
  it('trades every 5 minutes the first time, every 20 if repeated, or as announced', () => {
    expect(dispositionTerms({ date: '2026-01-09' })).toMatchObject({ auctionMinutes: 5, sessions: 10 });
    expect(dispositionTerms({ date: '2026-01-09', isRepeated: true, isDayTraded: true })).toMatchObject({
      auctionMinutes: 20,
      sessions: 12,
      prepaid: 'all',
    });
    expect(dispositionTerms({ date: '2021-08-26', isDayTraded: true }).sessions).toBe(10);
    expect(dispositionTerms({ date: '2021-05-10', announcedMinutes: 60 }).auctionMinutes).toBe(60);
  });
});

describe('a hypothetical index breaker', () => {
  it('halts once per threshold, is labelled, and looks at nothing while it halts', () => {
    const index = [
      { second: 32_400, level: 99 },
      { second: 33_000, level: 96 },
      { second: 33_100, level: 92 },
      { second: 34_000, level: 96 },
      { second: 35_000, level: 94 },
    ];
    expect(hypotheticalIndexHalts({ thresholdsPerMille: [35, 50, 70], haltSeconds: 900 }, 100, index)).toEqual([
      { hypothetical: true, fromSecond: 33_000, toSecond: 33_900, thresholdPerMille: 35 },
      { hypothetical: true, fromSecond: 35_000, toSecond: 35_900, thresholdPerMille: 50 },
    ]);
    expect(hypotheticalIndexHalts({ thresholdsPerMille: [200], haltSeconds: 900 }, 100, index)).toEqual([]);
  });
});
