import type { Panel } from '@preopen/market-tw';
import { combine, delay, demean, map, rolling, rollingCorrelation, type Shape } from './operators.ts';

/** Columns that most factors start from, worked out once. */
export interface FactorInputs {
  readonly shape: Shape;
  readonly panel: Panel;
  /** Return of the day, dividends included: close / reference − 1. */
  readonly returns: Float64Array;
  /** Return of the day less the market's mean. */
  readonly ownReturns: Float64Array;
  /** Close, adjusted so that its changes are the returns; starts at the first close. */
  readonly adjustedClose: Float64Array;
  readonly logVolume: Float64Array;
}

/** A named column that is computed from a panel. */
export interface Factor {
  readonly name: string;
  /** What it is: formula, unit, source. */
  readonly description: string;
  /** Sessions of history that it needs. */
  readonly windowDays: number;
  compute(inputs: FactorInputs): Float64Array;
}

/** Declares a factor. */
export function defineFactor(factor: Factor): Factor {
  return factor;
}

/** Works out what most factors need. */
export function factorInputs(panel: Panel): FactorInputs {
  const shape = { days: panel.dates.length, stocks: panel.stocks.length };
  const { close, reference, volume } = panel.fields;
  const returns = combine(close, reference, (c, r) => c / r - 1);
  const adjustedClose = new Float64Array(close.length).fill(Number.NaN);
  const last = new Float64Array(shape.stocks).fill(Number.NaN);
  for (let at = 0; at < close.length; at++) {
    if (Number.isNaN(close[at]!)) continue;
    const i = at % shape.stocks;
    last[i] = Number.isNaN(last[i]!) ? close[at]! : last[i]! * (1 + returns[at]!);
    adjustedClose[at] = last[i]!;
  }
  return {
    shape,
    panel,
    returns,
    ownReturns: demean(returns, shape),
    adjustedClose,
    logVolume: map(volume, (v) => Math.log1p(v)),
  };
}

const momentum = (days: number): Factor =>
  defineFactor({
    name: `momentum_${days}d`,
    description: `adjusted close / adjusted close ${days} sessions before − 1, a ratio. Jegadeesh & Titman, Journal of Finance 48(1), 1993`,
    windowDays: days + 1,
    compute: ({ adjustedClose, shape }) =>
      combine(adjustedClose, delay(adjustedClose, shape, days), (now, then) => now / then - 1),
  });

const volatility = (days: number): Factor =>
  defineFactor({
    name: `volatility_${days}d`,
    description: `standard deviation of daily returns over ${days} sessions, a ratio per day`,
    windowDays: days,
    compute: ({ returns, shape }) => rolling(returns, shape, days, (w) => w.deviation),
  });

const relativeVolume = (days: number): Factor =>
  defineFactor({
    name: `relative_volume_${days}d`,
    description: `log volume less its mean of ${days} sessions. Gervais, Kaniel & Mingelgrin, Journal of Finance 56(3), 2001`,
    windowDays: days,
    compute: ({ logVolume, shape }) =>
      combine(
        logVolume,
        rolling(logVolume, shape, days, (w) => w.mean),
        (now, mean) => now - mean,
      ),
  });

const foreignFlow = (days: number): Factor =>
  defineFactor({
    name: `foreign_flow_${days}d`,
    description: `mean over ${days} sessions of foreign net buying as a share of volume. Choe, Kho & Stulz, Journal of Financial Economics 54(2), 1999`,
    windowDays: days,
    compute: ({ panel, shape }) => {
      const share = combine(panel.fields.foreignNetBuy, panel.fields.volume, (bought, volume) =>
        volume > 0 ? bought / volume : Number.NaN,
      );
      return days === 1 ? share : rolling(share, shape, days, (w) => w.mean);
    },
  });

const priceToAverage = (days: number): Factor =>
  defineFactor({
    name: `price_to_average_${days}d`,
    description: `adjusted close / its mean of ${days} sessions − 1, a ratio`,
    windowDays: days,
    compute: ({ adjustedClose, shape }) =>
      combine(
        adjustedClose,
        rolling(adjustedClose, shape, days, (w) => w.mean),
        (now, mean) => now / mean - 1,
      ),
  });

/** The reference pipeline's factors: price, volume, flow and risk over short windows. */
export const referenceFactors: readonly Factor[] = [
  defineFactor({
    name: 'return_1d',
    description: 'return of the day, a ratio; its reversal is Lehmann, Quarterly Journal of Economics 105(1), 1990',
    windowDays: 1,
    compute: ({ returns }) => returns,
  }),
  defineFactor({
    name: 'own_return_1d',
    description: 'return of the day less the market’s mean, a ratio',
    windowDays: 1,
    compute: ({ ownReturns }) => ownReturns,
  }),
  defineFactor({
    name: 'own_return_scaled_1d',
    description: 'own return of the day over its standard deviation of 20 sessions',
    windowDays: 20,
    compute: ({ ownReturns, shape }) =>
      combine(
        ownReturns,
        rolling(ownReturns, shape, 20, (w) => w.deviation),
        (own, deviation) => (deviation > 0 ? own / deviation : Number.NaN),
      ),
  }),
  ...[2, 3, 5, 10, 20].map(momentum),
  ...[5, 10, 20].map(volatility),
  ...[5, 20].map(relativeVolume),
  ...[1, 3, 5, 10].map(foreignFlow),
  ...[5, 10, 20].map(priceToAverage),
  defineFactor({
    name: 'range_1d',
    description: '(high − low) / reference, a ratio',
    windowDays: 1,
    compute: ({ panel }) =>
      combine(
        combine(panel.fields.high, panel.fields.low, (high, low) => high - low),
        panel.fields.reference,
        (range, reference) => range / reference,
      ),
  }),
  defineFactor({
    name: 'close_location_1d',
    description: '(close − low) / (high − low), 0.5 where they are equal. Accumulation/distribution, Chaikin',
    windowDays: 1,
    compute: ({ panel }) => {
      const { high, low, close } = panel.fields;
      const out = new Float64Array(close.length);
      for (let at = 0; at < out.length; at++)
        out[at] = Number.isNaN(close[at]!)
          ? Number.NaN
          : high[at]! > low[at]!
            ? (close[at]! - low[at]!) / (high[at]! - low[at]!)
            : 0.5;
      return out;
    },
  }),
  defineFactor({
    name: 'gap_1d',
    description: 'open / reference − 1, a ratio',
    windowDays: 1,
    compute: ({ panel }) =>
      combine(panel.fields.open, panel.fields.reference, (open, reference) => open / reference - 1),
  }),
  defineFactor({
    name: 'intraday_1d',
    description: 'close / open − 1, a ratio',
    windowDays: 1,
    compute: ({ panel }) => combine(panel.fields.close, panel.fields.open, (close, open) => close / open - 1),
  }),
  defineFactor({
    name: 'drawdown_20d',
    description:
      'adjusted close / its highest of 20 sessions − 1, a ratio. George & Hwang, Journal of Finance 59(5), 2004',
    windowDays: 20,
    compute: ({ adjustedClose, shape }) =>
      combine(
        adjustedClose,
        rolling(adjustedClose, shape, 20, (w) => w.most),
        (now, most) => now / most - 1,
      ),
  }),
  defineFactor({
    name: 'illiquidity_10d',
    description:
      'mean over 10 sessions of |return| per million NT$ of turnover. Amihud, Journal of Financial Markets 5(1), 2002',
    windowDays: 10,
    compute: ({ returns, panel, shape }) =>
      rolling(
        combine(returns, panel.fields.turnoverTwd, (move, turnover) =>
          turnover > 0 ? (Math.abs(move) * 1e6) / turnover : Number.NaN,
        ),
        shape,
        10,
        (w) => w.mean,
      ),
  }),
  defineFactor({
    name: 'return_volume_correlation_10d',
    description: 'correlation of return and log volume over 10 sessions',
    windowDays: 10,
    compute: ({ returns, logVolume, shape }) => rollingCorrelation(returns, logVolume, shape, 10),
  }),
];
