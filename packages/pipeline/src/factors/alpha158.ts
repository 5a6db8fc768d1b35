import {
  absolute,
  add,
  change,
  delay,
  divide,
  isAbove,
  larger,
  logarithm,
  multiply,
  positivePart,
  rollingCorrelation,
  rollingExtreme,
  rollingHighest,
  rollingLowest,
  rollingMean,
  rollingMoments,
  rollingQuantile,
  rollingRank,
  rollingTrend,
  scale,
  smaller,
  subtract,
} from '../operators.ts';
import { defineFactor, type Factor } from './factor.ts';
import type { MarketColumns } from './market-columns.ts';

const source = 'Yang et al., Qlib: An AI-oriented Quantitative Investment Platform, 2020, data set Alpha158';
const windows = [5, 10, 20, 30, 60];

type Compute = (market: MarketColumns) => Float64Array;
type Rolling = (market: MarketColumns, days: number) => Float64Array;

/** Qlib keeps denominators from zero with it. */
const tiny = 1e-12;
const over = (a: Float64Array, b: Float64Array): Float64Array => divide(a, scale(b, 1, tiny));
const relativeToClose =
  (compute: Rolling): Rolling =>
  (market, days) =>
    divide(compute(market, days), market.close);

const range = ({ high, low }: MarketColumns): Float64Array => subtract(high, low);
const upper = ({ open, high, close }: MarketColumns): Float64Array => subtract(high, larger(open, close));
const lower = ({ open, low, close }: MarketColumns): Float64Array => subtract(smaller(open, close), low);
const shift = ({ high, low, close }: MarketColumns): Float64Array => subtract(scale(close, 2), add(high, low));
const body = ({ open, close }: MarketColumns): Float64Array => subtract(close, open);

const single: readonly (readonly [string, string, Compute])[] = [
  ['KMID', '(close − open) / open', (m) => divide(body(m), m.open)],
  ['KLEN', '(high − low) / open', (m) => divide(range(m), m.open)],
  ['KMID2', '(close − open) / (high − low)', (m) => over(body(m), range(m))],
  ['KUP', '(high − larger of open and close) / open', (m) => divide(upper(m), m.open)],
  ['KUP2', '(high − larger of open and close) / (high − low)', (m) => over(upper(m), range(m))],
  ['KLOW', '(smaller of open and close − low) / open', (m) => divide(lower(m), m.open)],
  ['KLOW2', '(smaller of open and close − low) / (high − low)', (m) => over(lower(m), range(m))],
  ['KSFT', '(2 · close − high − low) / open', (m) => divide(shift(m), m.open)],
  ['KSFT2', '(2 · close − high − low) / (high − low)', (m) => over(shift(m), range(m))],
  ['OPEN0', 'open / close', (m) => divide(m.open, m.close)],
  ['HIGH0', 'high / close', (m) => divide(m.high, m.close)],
  ['LOW0', 'low / close', (m) => divide(m.low, m.close)],
  ['VWAP0', 'mean traded price / close', (m) => divide(m.vwap, m.close)],
];

/** Change since the session before, of a column that is kept where a stock does not trade. */
const moved = (column: Float64Array, { shape }: MarketColumns): Float64Array =>
  subtract(column, delay(column, shape, 1));
const priceMoved = (m: MarketColumns): Float64Array => subtract(m.close, delay(m.lastClose, m.shape, 1));

const balances = (
  of: (m: MarketColumns) => Float64Array,
): { readonly up: Rolling; readonly down: Rolling; readonly both: Rolling } => {
  const part =
    (pick: (x: Float64Array) => Float64Array): Rolling =>
    (m, days) => {
      const x = of(m);
      // Sums over sums are means over means: both have the same sessions.
      return over(rollingMean(pick(x), m.shape, days), rollingMean(absolute(x), m.shape, days));
    };
  return { up: part(positivePart), down: part((x) => positivePart(scale(x, -1))), both: part((x) => x) };
};
const price = balances(priceMoved);
const volume = balances((m) => moved(m.volume, m));

/** Place of an extreme in its window, 1 is the oldest session, over the window. */
const place =
  (field: 'high' | 'low', side: 'highest' | 'lowest'): Rolling =>
  (m, days) =>
    scale(rollingExtreme(m[field], m.shape, days, side).age, -1 / days, 1);

const movedVolume = (m: MarketColumns): Float64Array =>
  multiply(absolute(change(m.close, delay(m.lastClose, m.shape, 1))), m.volume);
const shareAbove = (m: MarketColumns, days: number, sign: 1 | -1): Float64Array => {
  const x = scale(priceMoved(m), sign);
  return rollingMean(isAbove(x, scale(x, 0)), m.shape, days);
};

const rolling: readonly (readonly [string, string, Rolling])[] = [
  ['ROC', 'close d sessions before / close', relativeToClose((m, d) => delay(m.lastClose, m.shape, d))],
  ['MA', 'mean of close / close', relativeToClose((m, d) => rollingMean(m.close, m.shape, d))],
  [
    'STD',
    'standard deviation of close / close',
    relativeToClose((m, d) => rollingMoments(m.close, m.shape, d).deviation),
  ],
  ['BETA', 'slope of close on time / close', relativeToClose((m, d) => rollingTrend(m.close, m.shape, d).slope)],
  ['RSQR', 'R² of close on time', (m, d) => rollingTrend(m.close, m.shape, d).rSquared],
  [
    'RESI',
    'close less its line in time, / close',
    relativeToClose((m, d) => rollingTrend(m.close, m.shape, d).residual),
  ],
  ['MAX', 'highest high / close', relativeToClose((m, d) => rollingHighest(m.high, m.shape, d))],
  ['MIN', 'lowest low / close', relativeToClose((m, d) => rollingLowest(m.low, m.shape, d))],
  ['QTLU', '80 % quantile of close / close', relativeToClose((m, d) => rollingQuantile(m.close, m.shape, d, 0.8))],
  ['QTLD', '20 % quantile of close / close', relativeToClose((m, d) => rollingQuantile(m.close, m.shape, d, 0.2))],
  ['RANK', 'rank of close, over the number', (m, d) => rollingRank(m.close, m.shape, d)],
  [
    'RSV',
    '(close − lowest low) / (highest high − lowest low)',
    (m, d) => {
      const lowest = rollingLowest(m.low, m.shape, d);
      return over(subtract(m.close, lowest), subtract(rollingHighest(m.high, m.shape, d), lowest));
    },
  ],
  ['IMAX', 'place of the highest high in the window / d', place('high', 'highest')],
  ['IMIN', 'place of the lowest low in the window / d', place('low', 'lowest')],
  ['IMXD', 'IMAX − IMIN', (m, d) => subtract(place('high', 'highest')(m, d), place('low', 'lowest')(m, d))],
  ['CORR', 'correlation of close and log(volume + 1)', (m, d) => rollingCorrelation(m.close, m.logVolume, m.shape, d)],
  [
    'CORD',
    'correlation of the changes of close and of log(volume ratio + 1)',
    (m, d) => {
      const ratio = divide(m.volume, delay(m.volume, m.shape, 1));
      return rollingCorrelation(
        divide(m.close, delay(m.lastClose, m.shape, 1)),
        logarithm(scale(ratio, 1, 1)),
        m.shape,
        d,
      );
    },
  ],
  ['CNTP', 'share of rises', (m, d) => shareAbove(m, d, 1)],
  ['CNTN', 'share of falls', (m, d) => shareAbove(m, d, -1)],
  ['CNTD', 'share of rises less that of falls', (m, d) => subtract(shareAbove(m, d, 1), shareAbove(m, d, -1))],
  ['SUMP', 'sum of gains / sum of absolute changes', price.up],
  ['SUMN', 'sum of losses / sum of absolute changes', price.down],
  ['SUMD', 'SUMP − SUMN', price.both],
  ['VMA', 'mean of volume / volume', (m, d) => over(rollingMean(m.volume, m.shape, d), m.volume)],
  [
    'VSTD',
    'standard deviation of volume / volume',
    (m, d) => over(rollingMoments(m.volume, m.shape, d).deviation, m.volume),
  ],
  [
    'WVMA',
    'standard deviation of |return| × volume / its mean',
    (m, d) => {
      const { mean, deviation } = rollingMoments(movedVolume(m), m.shape, d);
      return over(deviation, mean);
    },
  ],
  ['VSUMP', 'sum of increases of volume / sum of absolute changes', volume.up],
  ['VSUMN', 'sum of decreases of volume / sum of absolute changes', volume.down],
  ['VSUMD', 'VSUMP − VSUMN', volume.both],
];

/**
 * The 158 factors of Qlib's data set Alpha158, by their names there, on adjusted prices. Windows count sessions of the
 * market, not rows of a stock, and are empty where less than half of them has a value; where a stock trades every day, the
 * values are Qlib's.
 */
export const alpha158: readonly Factor[] = [
  ...single.map(([name, formula, compute]) =>
    defineFactor({ name, group: 'price-volume', formula, unit: 'ratio', source, windowDays: 1, compute }),
  ),
  ...rolling.flatMap(([name, formula, compute]) =>
    windows.map((days) =>
      defineFactor({
        name: `${name}${days}`,
        group: 'technical',
        formula: `${formula}; d = ${days} sessions`,
        unit: 'ratio',
        source,
        windowDays: days + 1,
        compute: (market) => compute(market, days),
      }),
    ),
  ),
];
