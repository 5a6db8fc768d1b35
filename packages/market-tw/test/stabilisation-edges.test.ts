import { describe, expect, it } from 'vitest';
import { closingDeferral, openingDeferral } from '../src/auction-deferral.ts';
import { tradingCalendar } from '../src/calendar.ts';
import {
  attentionTests,
  dispositionCause,
  dispositionTerms,
  intradayAttentionTests,
  leastAttentionShares,
} from '../src/disposition.ts';
import { beforeOpening, interruptionRule, stabilityBand, stepInterruption } from '../src/interruption.ts';
import { secondsOf } from '../src/sessions.ts';
import { malfunctionMinutes, newsHalt, tradingStatus } from '../src/trading-status.ts';

const date = '2025-04-07';

describe('interruptionRule, at its edges', () => {
  it('as it stands today', () => {
    expect(interruptionRule({ date })).toEqual({
      thresholdPerMille: 35,
      reference: 'five-minute-mean',
      fromSecond: secondsOf('09:00'),
      untilSecond: secondsOf('13:25'),
      durationSeconds: 120,
      basis: 'sourced',
    });
  });
  it.each([
    ['2002-06-30', undefined, undefined],
    ['2002-07-01', 'previous-trade', '13:20'],
    ['2020-03-22', 'previous-trade', '13:20'],
    ['2020-03-23', 'five-minute-mean', '13:20'],
    ['2021-06-27', 'five-minute-mean', '13:20'],
    ['2021-06-28', 'five-minute-mean', '13:25'],
  ] as const)('on %s measures from %s until %s', (day, reference, until) => {
    const rule = interruptionRule({ date: day });
    expect(rule?.reference).toBe(reference);
    expect(rule?.untilSecond).toBe(until && secondsOf(until));
  });
  it('holds for odd lots from their first session, always from the previous trade', () => {
    expect(interruptionRule({ date: '2020-10-25', board: 'odd-lot-intraday' })).toBeUndefined();
    expect(interruptionRule({ date: '2020-10-26', board: 'odd-lot-intraday' })?.reference).toBe('previous-trade');
    expect(interruptionRule({ date, isPeriodic: true })?.reference).toBe('previous-trade');
  });
  it('exempts by what is said alone: a listing with limits, a stock above NT$1, another instrument', () => {
    expect(interruptionRule({ date, isFreeListing: false, referenceCents: 101, instrument: 'etf' })).toBeDefined();
  });
  it('refuses what is no date', () => {
    expect(() => interruptionRule({ date: '2025-04-31' })).toThrow('is no date');
  });
});

describe('stepInterruption, at its edges', () => {
  const rule = interruptionRule({ date })!;
  const at = (time: string, priceCents: number, lots = 1) => ({ second: secondsOf(time), priceCents, lots });
  const after = (...trades: ReturnType<typeof at>[]) => {
    let state = beforeOpening(rule, 10_000);
    for (const trade of trades) state = stepInterruption(state, trade).state;
    return state;
  };
  it('knows nothing of a stock before its first trade', () => {
    expect(beforeOpening(rule, 10_000)).toEqual({
      rule,
      openingCents: 10_000,
      hasOpened: false,
      recent: [],
      lastCents: undefined,
      interruptedUntilSecond: undefined,
    });
  });
  it('measures from the opening base until there is an opening price, and from that until 09:05', () => {
    expect(stabilityBand(beforeOpening(rule, 10_000), secondsOf('09:01'))).toEqual({
      downCents: 9650,
      upCents: 10_350,
    });
    expect(stabilityBand(beforeOpening(rule, 10_000), secondsOf('10:00'))).toEqual({
      downCents: 9650,
      upCents: 10_350,
    });
    const opened = after(at('09:00', 10_900), at('09:02', 11_000));
    expect(stabilityBand(opened, secondsOf('09:04:59'))).toEqual({ downCents: 10_519, upCents: 11_281 });
    // From 09:05 on from the mean of the last five minutes, which the opening at 09:00 has just left.
    expect(stabilityBand(opened, secondsOf('09:05'))).toEqual({ downCents: 10_615, upCents: 11_385 });
    expect(opened.openingCents).toBe(10_900);
  });
  it('tests neither before 09:00 nor from the end on', () => {
    const opened = after(at('08:59:58', 10_000));
    expect(stepInterruption(opened, at('08:59:59', 11_000)).outcome).toBe('traded');
    expect(stepInterruption(opened, at('09:00', 11_000)).outcome).toBe('interrupted');
    const late = after(at('13:20', 10_000));
    expect(stepInterruption(late, at('13:24:59', 11_000)).outcome).toBe('interrupted');
    expect(stepInterruption(late, at('13:25', 11_000)).outcome).toBe('traded');
  });
  it('keeps a trade in its window for less than five minutes', () => {
    const { recent } = after(at('10:00', 10_000), at('10:04:59', 10_000), at('10:05', 10_100));
    expect(recent.map(({ second }) => second)).toEqual([secondsOf('10:04:59'), secondsOf('10:05')]);
    const { recent: both } = after(at('10:00:01', 10_000), at('10:05', 10_100));
    expect(both).toHaveLength(2);
  });
  it('remembers of an interrupted price only until when it waits', () => {
    const before = after(at('10:00', 10_000));
    const { state } = stepInterruption(before, at('10:01', 11_000));
    expect(state).toEqual({ ...before, interruptedUntilSecond: secondsOf('10:03') });
    const resumed = stepInterruption(state, at('10:03', 11_000));
    expect(resumed).toMatchObject({
      outcome: 'resumed',
      state: { lastCents: 11_000, openingCents: 10_000, hasOpened: true },
    });
    expect(resumed.state.interruptedUntilSecond).toBeUndefined();
  });
  it('rounds the band inwards: 3.5 % of 100.10 is 3.5035', () => {
    expect(stabilityBand(after(at('10:00', 10_010)), secondsOf('10:01'))).toEqual({ downCents: 9660, upCents: 10_360 });
  });
});

describe('deferred auctions, at their edges', () => {
  it('are put off by more than 3.5 % of the price before, up or down', () => {
    const opens = (...trialCents: number[]) => openingDeferral({ date, trialCents });
    expect(opens(10_000, 10_350)).toEqual({ isDeferred: false, auctionSecond: secondsOf('09:00') });
    expect(opens(10_000, 10_351)).toEqual({ isDeferred: true, auctionSecond: secondsOf('09:02') });
    expect(opens(10_000, 9650).isDeferred).toBe(false);
    expect(opens(10_000, 9649).isDeferred).toBe(true);
    // Any of them, and none of nothing.
    expect(opens(10_000, 10_500, 10_400, 10_400).isDeferred).toBe(true);
    expect(opens().isDeferred).toBe(false);
    expect(closingDeferral(date, [10_000, 10_350]).isDeferred).toBe(false);
    expect(closingDeferral(date, [10_000, 10_351])).toEqual({ isDeferred: true, auctionSecond: secondsOf('13:33') });
  });
  it('take no cancels for none, and refuse what is no date', () => {
    expect(openingDeferral({ date, trialCents: [10_000] }).isDeferred).toBe(false);
    expect(() => openingDeferral({ date: 'x', trialCents: [] })).toThrow('is no date');
    expect(() => closingDeferral('x', [])).toThrow('is no date');
  });
});

describe('attentionTests, at their edges', () => {
  const calm = {
    market: 'TWSE' as const,
    sixSessionChange: 0,
    marketSixSessionChange: 0,
    industrySixSessionChange: 0,
    firstToLastTwd: 0,
    volumeRatio: 1,
    sixSessionTurnover: 0,
    todayTurnover: 0,
  };
  const otc = { ...calm, market: 'TPEx' as const };
  it('ask for more than 32 % (TPEx: 30 %), 20 points away from market and industry', () => {
    expect(attentionTests({ ...calm, sixSessionChange: 0.32 })).toEqual([]);
    expect(attentionTests({ ...otc, sixSessionChange: 0.3 })).toEqual([]);
    expect(attentionTests({ ...otc, sixSessionChange: 0.301 })).toEqual(['cumulative-change']);
    expect(attentionTests({ ...calm, sixSessionChange: -0.33 })).toEqual(['cumulative-change']);
    const both = { marketSixSessionChange: 0.2, industrySixSessionChange: 0.2 };
    expect(attentionTests({ ...calm, sixSessionChange: 0.4, ...both })).toEqual(['cumulative-change']);
    expect(attentionTests({ ...calm, sixSessionChange: 0.39, ...both })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionChange: 0.4, industrySixSessionChange: 0.21 })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionChange: 0.4, marketSixSessionChange: 0.21 })).toEqual([]);
  });
  it('ask for more than 25 % (TPEx: 23 %) with 50 dollars (40)', () => {
    expect(attentionTests({ ...calm, sixSessionChange: 0.26, firstToLastTwd: 50 })).toEqual(['change-and-price']);
    expect(attentionTests({ ...calm, sixSessionChange: 0.26, firstToLastTwd: -49.9 })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionChange: 0.25, firstToLastTwd: 60 })).toEqual([]);
    expect(attentionTests({ ...otc, sixSessionChange: 0.24, firstToLastTwd: -40 })).toEqual(['change-and-price']);
    expect(attentionTests({ ...otc, sixSessionChange: 0.23, firstToLastTwd: 40 })).toEqual([]);
    expect(attentionTests({ ...otc, sixSessionChange: 0.24, firstToLastTwd: 39 })).toEqual([]);
  });
  it('ask for more than 25 % with five times the volume, and for half of all shares with a tenth today', () => {
    expect(attentionTests({ ...calm, sixSessionChange: 0.25, volumeRatio: 9 })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionChange: 0.26, volumeRatio: 4.9 })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionTurnover: 0.5, todayTurnover: 0.2 })).toEqual([]);
    expect(attentionTests({ ...calm, sixSessionTurnover: 0.6, todayTurnover: 0.09 })).toEqual([]);
  });
  it('all hold at once where all are met, the first of the rules first', () => {
    const wild = { ...calm, sixSessionChange: 0.5, firstToLastTwd: 90, volumeRatio: 9 };
    expect(attentionTests({ ...wild, sixSessionTurnover: 0.6, todayTurnover: 0.2 })).toEqual([
      ...['cumulative-change', 'change-and-price', 'change-and-volume', 'turnover'],
    ]);
  });
});

describe('intradayAttentionTests, at their edges', () => {
  const still = { volumeShares: leastAttentionShares, range: 0, marketRange: 0, change: 0, marketChange: 0 };
  it('announce nothing below 3,000 lots', () => {
    expect(leastAttentionShares).toBe(3000 * 1000);
    const wild = { ...still, range: 0.2, change: 0.1 };
    expect(intradayAttentionTests(wild)).toEqual(['intraday-range', 'intraday-change']);
    expect(intradayAttentionTests({ ...wild, volumeShares: leastAttentionShares - 1 })).toEqual([]);
  });
  it('ask for more than 9 % and 5 points, or more than 6 % and 4 points, however floats come out', () => {
    expect(intradayAttentionTests({ ...still, range: 0.091, marketRange: 0.041 })).toEqual(['intraday-range']);
    expect(intradayAttentionTests({ ...still, range: 0.2, marketRange: 0.151 })).toEqual([]);
    // In floating point 0.12 − 0.08 is a little less than 4 points, 0.07 − 0.03 a little more.
    expect(intradayAttentionTests({ ...still, change: 0.12, marketChange: 0.08 })).toEqual(['intraday-change']);
    expect(intradayAttentionTests({ ...still, change: 0.07, marketChange: 0.03 })).toEqual(['intraday-change']);
    expect(intradayAttentionTests({ ...still, change: 0.07, marketChange: 0.031 })).toEqual([]);
    expect(intradayAttentionTests({ ...still, change: -0.06, marketChange: 0.02 })).toEqual([]);
  });
});

describe('dispositionCause, at its edges', () => {
  const first = ['cumulative-change' as const];
  const other = ['turnover' as const];
  const none: never[] = [];
  const times = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);
  it('needs the first test on each of the last three sessions, whatever came with it', () => {
    expect(dispositionCause([first, other, first])).toBeUndefined();
    expect(dispositionCause([first, [...other, ...first], first])).toBe('first-test-3-running');
    expect(dispositionCause([none, first, first, first])).toBe('first-test-3-running');
    expect(dispositionCause([first, first, first, none])).toBeUndefined();
    expect(dispositionCause([])).toBeUndefined();
  });
  it('looks at no more sessions than each rule says', () => {
    // Six of the last eleven, and five of the last ten.
    expect(dispositionCause([other, ...times(4, none), ...times(4, other), none, other])).toBeUndefined();
    expect(dispositionCause([...times(5, none), other, other, other, none, other])).toBeUndefined();
    // Twelve of the last thirty, and of thirty-one.
    const two = [other, other, none, none, none];
    expect(dispositionCause(times(6, two).flat())).toBe('any-12-of-30');
    expect(dispositionCause([...times(6, two).flat(), none])).toBeUndefined();
  });
});

describe('dispositionTerms, at their edges', () => {
  it('of a first disposition ask for large orders to be paid beforehand, of others for all', () => {
    expect(dispositionTerms({ date })).toEqual({
      auctionMinutes: 5,
      sessions: 10,
      prepaid: { singleOrderLots: 10, dayLots: 30 },
      basis: 'sourced',
    });
    expect(dispositionTerms({ date, isRepeated: true })).toMatchObject({ auctionMinutes: 20, prepaid: 'all' });
    expect(dispositionTerms({ date, announcedMinutes: 10 })).toMatchObject({ auctionMinutes: 10, prepaid: 'all' });
  });
  it('last twelve sessions where day trading was among the causes, since 2021-08-27', () => {
    expect(dispositionTerms({ date: '2021-08-27', isDayTraded: true }).sessions).toBe(12);
    expect(dispositionTerms({ date: '2021-08-26', isDayTraded: true }).sessions).toBe(10);
    expect(dispositionTerms({ date: '2021-08-27' }).sessions).toBe(10);
  });
  it.each([0, -5, Number.NaN])('refuse %d announced minutes', (announcedMinutes) => {
    expect(() => dispositionTerms({ date, announcedMinutes })).toThrow(
      `dispositionTerms: expected announced minutes above 0, got ${announcedMinutes}.`,
    );
  });
});

describe('tradingStatus, at its edges', () => {
  it('is trading on the last session, and for ever where no end is known', () => {
    expect(tradingStatus({ delistedAfter: date, stops: [] }, date)).toBe('trading');
    expect(tradingStatus({ listedOn: date, stops: [] }, date)).toBe('trading');
    expect(tradingStatus({ stops: [] }, date)).toBe('trading');
  });
  it('is stopped from the first session without trading until one with it, or until nobody knows', () => {
    const stop = { kind: 'suspension', from: '2025-04-08', resumes: undefined, reason: 'x' } as const;
    expect(tradingStatus({ stops: [stop] }, date)).toBe('trading');
    expect(tradingStatus({ stops: [stop] }, '2025-04-08')).toBe('suspended');
    expect(tradingStatus({ stops: [stop] }, '2026-04-08')).toBe('suspended');
    expect(tradingStatus({ stops: [{ ...stop, kind: 'halt' }] }, '2025-04-09')).toBe('halted');
  });
  it('follows its caller’s calendar', () => {
    const typhoon = tradingCalendar({ closures: [{ date, reason: 'a typhoon' }] });
    expect(tradingStatus({ stops: [] }, date, typhoon)).toBe('market-closed');
    expect(newsHalt({ from: '2025-04-02', reason: 'x' }, typhoon).resumes).toBe('2025-04-08');
    expect(newsHalt({ from: '2025-04-02', reason: 'x' }).resumes).toBe('2025-04-07');
  });
  it('knows halts pending news of one to three sessions, since 2016-01-15', () => {
    expect(newsHalt({ from: '2016-01-15', reason: 'news' })).toEqual({
      kind: 'halt',
      from: '2016-01-15',
      resumes: '2016-01-18',
      reason: 'news',
    });
    expect(() => newsHalt({ from: '2016-01-14', reason: 'x' })).toThrow(
      'in force since January 2016, not on 2016-01-14',
    );
    for (const sessions of [0, 4, 1.5] as unknown as (1 | 2 | 3)[])
      expect(() => newsHalt({ from: date, sessions, reason: 'x' })).toThrow(
        `newsHalt: expected 1 to 3 sessions and a whole prolongation, got ${sessions} and 0.`,
      );
    for (const prolongedBy of [-1, 0.5])
      expect(() => newsHalt({ from: date, prolongedBy, reason: 'x' })).toThrow(`got 1 and ${prolongedBy}.`);
    expect(() => newsHalt({ from: '2025-04-05', reason: 'x' })).toThrow('newsHalt: there is no session on 2025-04-05.');
  });
  it('has the exchange’s own deadlines in minutes', () => {
    expect(malfunctionMinutes).toEqual({ announceConfirmed: 20, findOut: 40, announceSuspension: 20 });
  });
});
