import { dayNumber, isoDate } from '../date.ts';
import type { SimulatedStock } from '../universe.ts';
import { exp } from './deterministic-math.ts';
import type { NormalStream } from './normal-stream.ts';

/** Figures that companies report; amounts in NT$, per share in NT$. */
export const companyFigureNames = [
  'monthlyRevenue',
  'monthlyRevenueYearBefore',
  'revenuePerShare', //    of the last twelve months
  'earningsPerShare', //   of the last four quarters
  'bookValuePerShare',
  'grossProfit', //        of the quarter
  'totalAssets',
  'totalAssetsYearBefore',
] as const;
/** One of `companyFigureNames`. */
export type CompanyFigureName = (typeof companyFigureNames)[number];

/**
 * Reported figures as columns, one row per figure, ascending by publication. Each is public from its publication date on,
 * after the close; the period that it is about ended weeks before, and who takes the one for the other looks ahead.
 */
export interface CompanyFigures {
  /** Number of the stock in the panel. */
  readonly stock: Int32Array;
  /** Place in `companyFigureNames`. */
  readonly figure: Uint8Array;
  /** Last month of the period, as 202003. */
  readonly period: Int32Array;
  /** Days since 1970-01-01. */
  readonly publishedDay: Int32Array;
  readonly value: Float64Array;
}

/**
 * Last day for the reports on a quarter. Monthly revenue: the 10th of the next month, now and then.
 * Source: Securities and Exchange Act Art. 36, since the reports on 2013: 45 days after a quarter, three months after a
 * year; before, Rules Governing Information Reporting (2011) Art. 3: one month, two after the half-year, four after a year.
 */
export function quarterDeadline(year: number, quarter: 1 | 2 | 3 | 4): string {
  const isNew = year >= 2013;
  if (quarter === 1) return `${year}-${isNew ? '05-15' : '04-30'}`;
  if (quarter === 2) return `${year}-${isNew ? '08-14' : '08-31'}`;
  if (quarter === 3) return `${year}-${isNew ? '11-14' : '10-31'}`;
  return `${year + 1}-${isNew ? '03-31' : '04-30'}`;
}

/** Of a month's news in revenue, what the price makes of it on the session after its publication. */
const priceOfSurprise = 0.2;
const monthsBefore = 25;

/**
 * Draws what companies report, and how prices take it: on the session after a month's revenue was published, the price
 * jumps by a fifth of what was new in it.
 * @param jumps `[days × stocks]`, log returns; filled here
 */
export function drawReports(
  universe: readonly SimulatedStock[],
  dates: readonly string[],
  stream: NormalStream,
  jumps: Float32Array,
): CompanyFigures {
  const n = universe.length;
  const { normal, uniform } = stream;
  const [firstYear, firstMonth] = dates[0]!.split('-').map(Number) as [number, number, number];
  const [lastYear, lastMonth] = dates.at(-1)!.split('-').map(Number) as [number, number, number];
  const start = firstYear * 12 + firstMonth - 1 - monthsBefore;
  const months = lastYear * 12 + lastMonth - start;
  const firstDay = dayNumber(dates[0]!);
  const lastDay = dayNumber(dates.at(-1)!);
  const sessionFrom = sessionsFrom(dates, firstDay, lastDay);
  // Days are looked up once per month, not once per company.
  const monthAfter = Int32Array.from({ length: months }, (_, k) => firstOfMonth(start + k + 1));
  const deadline = Int32Array.from({ length: months }, (_, k) => deadlineOf(start + k));
  const most = n * (3 * months + 5 * Math.ceil(months / 3));
  const rows: CompanyFigures = {
    stock: new Int32Array(most),
    figure: new Uint8Array(most),
    period: new Int32Array(most),
    publishedDay: new Int32Array(most),
    value: new Float64Array(most),
  };
  let count = 0;
  const add = (stock: number, figure: CompanyFigureName, month: number, publishedDay: number, value: number): void => {
    if (publishedDay > lastDay) return;
    rows.stock[count] = stock;
    rows.figure[count] = companyFigureNames.indexOf(figure);
    rows.period[count] = Math.floor(month / 12) * 100 + (month % 12) + 1;
    rows.publishedDay[count] = publishedDay;
    rows.value[count++] = value;
  };
  const revenue = new Float64Array(months);
  for (let i = 0; i < n; i++) {
    const { sharesOutstanding, startPriceTwd } = universe[i]!;
    const monthly = (startPriceTwd * sharesOutstanding) / (1.2 * exp(0.5 * normal())) / 12;
    const growth = 0.004 + 0.006 * normal();
    const margin = 0.25 + 0.1 * uniform();
    const netMargin = 0.07 + 0.03 * normal();
    const book = startPriceTwd / (1.7 * exp(0.4 * normal()));
    let level = 0;
    for (let k = 0; k < months; k++) {
      const month = start + k;
      const surprise = 0.06 * normal();
      level = 0.93 * level + surprise;
      // The Lunar New Year takes working days from February.
      const season = month % 12 === 1 ? -0.12 : 0;
      revenue[k] = Math.round((monthly * exp(growth * k + level + season)) / 1000) * 1000;
      const published = monthAfter[k]! + publicationDelay(uniform());
      const day = Math.max(published, firstDay - 60);
      if (published >= firstDay - 62) {
        add(i, 'monthlyRevenue', month, day, revenue[k]!);
        if (k >= 12) add(i, 'monthlyRevenueYearBefore', month, day, revenue[k - 12]!);
        if (k >= 12) add(i, 'revenuePerShare', month, day, sumOf(k, 12) / sharesOutstanding);
        const session = published >= firstDay && published < lastDay ? sessionFrom[published + 1 - firstDay]! : 0;
        if (session > 0) jumps[session * n + i] = priceOfSurprise * surprise;
      }
      if (month % 3 === 2 && k >= 11) reportQuarter(k, month);
    }

    /** A company whose revenue grows needs more of everything, though less than in proportion. */
    function assetsAt(k: number): number {
      return Math.round((book * sharesOutstanding * 1.9 * exp((0.002 + growth / 4) * k)) / 1000) * 1000;
    }
    function sumOf(k: number, span: number): number {
      let sum = 0;
      for (let back = 0; back < span; back++) sum += revenue[k - back]!;
      return sum;
    }
    function reportQuarter(k: number, month: number): void {
      const early = uniform();
      const published = deadline[k]! - Math.floor(15 * early * early);
      if (published < firstDay - 140) return;
      const perShare = sumOf(k, 12) / sharesOutstanding;
      add(i, 'earningsPerShare', month, published, Math.round(perShare * netMargin * 100) / 100);
      add(i, 'bookValuePerShare', month, published, Math.round(book * exp(0.002 * k) * 100) / 100);
      add(i, 'grossProfit', month, published, Math.round((sumOf(k, 3) * margin) / 1000) * 1000);
      add(i, 'totalAssets', month, published, assetsAt(k));
      add(i, 'totalAssetsYearBefore', month, published, assetsAt(k - 12));
    }
  }
  return byPublication(rows, count);
}

/** Days after the first of the month; most companies wait for the 8th to the 10th. */
function publicationDelay(chance: number): number {
  return 9 - Math.floor(8 * chance * chance * chance);
}

/** Day number of the first day of a month that is counted from the year 0. */
function firstOfMonth(month: number): number {
  return dayNumber(`${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`);
}

/** Day by which the quarter that ends with a month is reported. */
function deadlineOf(month: number): number {
  const quarter = Math.floor((month % 12) / 3) + 1;
  return dayNumber(quarterDeadline(Math.floor(month / 12), quarter as 1 | 2 | 3 | 4));
}

/** For each calendar day of the panel, the session on it or the next one after; 0 past the last. */
function sessionsFrom(dates: readonly string[], firstDay: number, lastDay: number): Int32Array {
  const out = new Int32Array(lastDay - firstDay + 2);
  let t = dates.length - 1;
  let before = t > 0 ? dayNumber(dates[t - 1]!) : -1;
  for (let day = lastDay; day >= firstDay; day--) {
    while (t > 0 && before >= day) {
      t--;
      before = t > 0 ? dayNumber(dates[t - 1]!) : -1;
    }
    out[day - firstDay] = t;
  }
  return out;
}

/** The first `count` rows by publication, those of a day in the order in which they came. */
function byPublication(rows: CompanyFigures, count: number): CompanyFigures {
  const days = rows.publishedDay.subarray(0, count);
  const first = days.reduce((least, day) => Math.min(least, day), Number.POSITIVE_INFINITY);
  const last = days.reduce((most, day) => Math.max(most, day), first);
  const starts = new Int32Array(count > 0 ? last - first + 2 : 1);
  for (const day of days) starts[day - first + 1]!++;
  for (let day = 1; day < starts.length; day++) starts[day]! += starts[day - 1]!;
  const out: CompanyFigures = {
    stock: new Int32Array(count),
    figure: new Uint8Array(count),
    period: new Int32Array(count),
    publishedDay: new Int32Array(count),
    value: new Float64Array(count),
  };
  for (let k = 0; k < count; k++) {
    const to = starts[days[k]! - first]!++;
    out.stock[to] = rows.stock[k]!;
    out.figure[to] = rows.figure[k]!;
    out.period[to] = rows.period[k]!;
    out.publishedDay[to] = rows.publishedDay[k]!;
    out.value[to] = rows.value[k]!;
  }
  return out;
}

/** One figure of all companies, as the pipelines' `asOf` takes it. */
export function publishedFigures(
  figures: CompanyFigures,
  name: CompanyFigureName,
  stocks: readonly { readonly code: string }[],
): { stock: string; publishedDate: string; value: number }[] {
  const wanted = companyFigureNames.indexOf(name);
  const out: { stock: string; publishedDate: string; value: number }[] = [];
  for (let k = 0; k < figures.value.length; k++) {
    if (figures.figure[k] !== wanted) continue;
    out.push({
      stock: stocks[figures.stock[k]!]!.code,
      publishedDate: isoDate(figures.publishedDay[k]!),
      value: figures.value[k]!,
    });
  }
  return out;
}
