import { didYouMean, InputError } from '@preopen/core';
import { tradingCalendar } from '../calendar.ts';
import type { Weights } from '../universe.ts';
import { type PeriodId, taiexCloses } from './taiex-closes.ts';

/** A stretch of the market's history that simulations can follow day by day. */
export interface HistoricalPeriod {
  readonly id: PeriodId;
  readonly title: string;
  readonly story: string;
  readonly source: string;
  /** First and last session. */
  readonly from: string;
  readonly to: string;
  /** The session that it is known for; short simulations are laid around it. */
  readonly eventDate: string;
  /** How TWSE's capitalisation was spread at about that time. */
  readonly weights: Weights;
  /** Closes of the TAIEX: the first is that of the session before `from`, the others those of the period. */
  readonly closes: readonly number[];
}

/**
 * TAIEX closes: github.com/parkson14-taiwan/taiwan-stock-counting-parkson `data/taiex.csv` @728c252, held against
 * github.com/raylia529/market-indicators-dashboard `data/taiex.csv` @23e1b33; figures of TWSE.
 */
const indexSource = 'daily closes of the TAIEX, TWSE';

/** Shares of semiconductors and of TSMC at the year-end before: paid-in capital × close of companies listed to 2022. */
const weights = (semiconductorShare: number, largestShare: number): Weights => ({ semiconductorShare, largestShare });

interface Outline {
  readonly title: string;
  readonly story: string;
  readonly from: string;
  readonly to: string;
  readonly eventDate: string;
  readonly weights: Weights;
  readonly source?: string;
}

const outlines: Readonly<Record<PeriodId, Outline>> = {
  'technology-bubble-2000': {
    title: 'End of the technology bubble, 2000',
    story:
      'From 10,202 on 17 February to below 4,750 at the year’s end; the downside limit was halved to 3.5 % in four stretches, 57 sessions in all, so that falls came in slices and locked whole days.',
    from: '2000-02-09',
    to: '2000-12-30',
    eventDate: '2000-10-19',
    // The oldest year-end that was measured is 2007.
    weights: weights(0.18, 0.09),
  },
  'september-2001': {
    title: 'After 11 September 2001',
    story:
      'Closed on 12 September, then falls of 5.4 and 4.5 %, Typhoon Nari on the 17th and 18th, and three sessions with the downside limit at 3.5 % on which most stocks locked.',
    from: '2001-08-20',
    to: '2001-11-09',
    eventDate: '2001-09-21',
    weights: weights(0.18, 0.09),
  },
  'sars-2003': {
    title: 'SARS, spring 2003',
    story: 'A slow fall into the low of 28 April with a 4.2 % session on the 24th, and the recovery after it.',
    from: '2003-03-03',
    to: '2003-06-30',
    eventDate: '2003-04-28',
    weights: weights(0.18, 0.09),
  },
  'financial-crisis-2008': {
    title: 'Financial crisis, 2008',
    story:
      'From 9,295 in May to 4,090 on 20 November; shorting suspended from October, the downside limit at 3.5 % from 13 to 24 October with four stocks in five closing there on the last day.',
    from: '2008-05-19',
    to: '2008-12-31',
    eventDate: '2008-10-24',
    weights: weights(0.18, 0.09),
  },
  'euro-debt-2011': {
    title: 'Downgrade of the United States and Euro debt, August 2011',
    story: 'Minus 5.6 % on 5 August with three stocks in five closing limit-down, and rough weeks after it.',
    from: '2011-07-01',
    to: '2011-09-30',
    eventDate: '2011-08-05',
    weights: weights(0.16, 0.09),
  },
  'china-2015': {
    title: 'China’s devaluation, August 2015',
    story: 'The first crash under the limit of 10 %: minus 4.8 % on 24 August, more than 7 % during the day.',
    from: '2015-07-01',
    to: '2015-09-30',
    eventDate: '2015-08-24',
    weights: weights(0.23, 0.15),
  },
  'year-2018': {
    title: 'The two breaks of 2018',
    story: 'A calm year broken by minus 5.0 % on 6 February and minus 6.3 % on 11 October, each without warning.',
    from: '2018-01-02',
    to: '2018-12-28',
    eventDate: '2018-10-11',
    weights: weights(0.27, 0.21),
  },
  'covid-2020': {
    title: 'COVID-19, January to May 2020',
    story:
      'Minus 5.8 % on the first session after the Lunar New Year, four weeks of falls to minus 5.8 % on 19 March, plus 6.4 % the next day, and continuous trading from the 23rd.',
    from: '2020-01-02',
    to: '2020-05-29',
    eventDate: '2020-03-19',
    weights: { ...weights(0.33, 0.25), semiconductorTurnover: 0.3416 },
  },
  'covid-wave-2021': {
    title: 'First local COVID-19 wave, May 2021',
    story: 'Minus 3.8, minus 4.1 (8.6 during the day) and minus 3.0 % in four sessions, then plus 5.2 %.',
    from: '2021-04-19',
    to: '2021-06-18',
    eventDate: '2021-05-17',
    weights: weights(0.42, 0.33),
  },
  'bear-2022': {
    title: 'The slow bear market of 2022',
    story: 'From 18,526 to 12,666 in 196 sessions, none of them worse than minus 4.4 %.',
    from: '2022-01-03',
    to: '2022-12-30',
    eventDate: '2022-10-25',
    weights: weights(0.42, 0.3),
  },
  'august-2024': {
    title: 'Unwinding of the yen trade, 5 August 2024',
    story: 'Minus 4.4 and minus 8.4 % in two sessions, half of all stocks at their limit, then a fast recovery.',
    from: '2024-07-01',
    to: '2024-08-30',
    eventDate: '2024-08-05',
    // Between the year-end 2022 and what TSMC's fall of 2025-04-07 tells of its weight.
    weights: weights(0.42, 0.32),
  },
  'tariffs-2025': {
    title: 'Tariffs, 7 to 10 April 2025',
    story:
      'After four closed days minus 9.7 %, the worst session on record, with 1,702 stocks closing limit-down and most of them locked all day; minus 4.0 and minus 5.8 %, then plus 9.2 %.',
    from: '2025-03-03',
    to: '2025-05-29',
    eventDate: '2025-04-07',
    // TSMC at its limit took 750 of 2,066 points: 35 %.
    weights: { ...weights(0.45, 0.35), semiconductorTurnover: 0.2831 },
    source: `${indexSource}; 1,702 stocks: Hong Kong China News Agency, 2025-04-07`,
  },
};

/** The sourced periods, oldest first. */
export const historicalPeriods: readonly HistoricalPeriod[] = (Object.keys(outlines) as PeriodId[]).map((id) => ({
  source: indexSource,
  ...outlines[id],
  id,
  closes: taiexCloses[id].split(' ').map(Number),
}));

/** A period by its id. @throws InputError for an unknown one */
export function historicalPeriod(id: string): HistoricalPeriod {
  const found = historicalPeriods.find((period) => period.id === id);
  if (found) return found;
  const ids = historicalPeriods.map((period) => period.id);
  throw new InputError(`unknown period “${id}”. Known are ${ids.join(', ')}.${didYouMean(id, ids)}`, { code: 'E109' });
}

/** Dates of a period and the TAIEX's change on each, as a ratio. */
export function periodReturns({ from, to, closes }: HistoricalPeriod): { dates: string[]; returns: Float64Array } {
  return {
    dates: tradingCalendar().sessionsBetween(from, to),
    returns: Float64Array.from(closes.slice(1), (close, k) => close / closes[k]! - 1),
  };
}
