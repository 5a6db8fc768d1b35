import type { Unit } from './measurement.ts';

/** What a unit measures; only units of one dimension can be held against each other. */
type Dimension = 'time' | 'size' | 'rate' | 'number';

/** A unit as people write it: the unit it is kept in, and how many of those it is. */
interface WrittenUnit {
  readonly unit: Unit;
  readonly factor: number;
}

/** Units that requirements may be written in. Decimal prefixes are powers of 1000, binary ones of 1024. */
export const writtenUnits: Readonly<Record<string, WrittenUnit>> = {
  ns: { unit: 'ms', factor: 1e-6 },
  us: { unit: 'ms', factor: 1e-3 },
  µs: { unit: 'ms', factor: 1e-3 },
  ms: { unit: 'ms', factor: 1 },
  s: { unit: 's', factor: 1 },
  min: { unit: 's', factor: 60 },
  h: { unit: 's', factor: 3600 },
  B: { unit: 'bytes', factor: 1 },
  kB: { unit: 'bytes', factor: 1e3 },
  MB: { unit: 'bytes', factor: 1e6 },
  GB: { unit: 'bytes', factor: 1e9 },
  TB: { unit: 'bytes', factor: 1e12 },
  KiB: { unit: 'bytes', factor: 2 ** 10 },
  MiB: { unit: 'bytes', factor: 2 ** 20 },
  GiB: { unit: 'bytes', factor: 2 ** 30 },
  TiB: { unit: 'bytes', factor: 2 ** 40 },
  '%': { unit: 'ratio', factor: 0.01 },
  '/s': { unit: '1/s', factor: 1 },
  '/min': { unit: '1/s', factor: 1 / 60 },
};

const dimensions: Readonly<Record<Unit, { dimension: Dimension; inBase: number }>> = {
  ms: { dimension: 'time', inBase: 1e-3 },
  s: { dimension: 'time', inBase: 1 },
  bytes: { dimension: 'size', inBase: 1 },
  '1/s': { dimension: 'rate', inBase: 1 },
  ratio: { dimension: 'number', inBase: 1 },
  count: { dimension: 'number', inBase: 1 },
};

/** What kind of quantity a unit is of. */
export function dimensionOf(unit: Unit): Dimension {
  return dimensions[unit].dimension;
}

/** A value in another unit of the same dimension; `undefined` where the dimensions differ. */
export function convertUnit(value: number, from: Unit, to: Unit): number | undefined {
  if (from === to) return value;
  const source = dimensions[from];
  const target = dimensions[to];
  if (source.dimension !== target.dimension) return undefined;
  // ms and s are the only pair with a factor; dividing by 1000 rounds once, multiplying by 0.001 twice.
  if (from === 'ms') return value / 1000;
  if (from === 's') return value * 1000;
  return value;
}

/** Digits that carry meaning on a page: three, and no more decimals than help; a minus is no hyphen. */
const digits = (value: number): string => `${value < 0 ? '−' : ''}${unsigned(Math.abs(value))}`;

/** As large as it is shown: 999.7 is read as 1,000, and a prefix or a number of decimals is chosen for that. */
const asShown = (size: number): number => (size >= 1000 ? Math.round(size) : Number(size.toPrecision(3)));

function unsigned(size: number): string {
  const shown = asShown(size);
  if (shown >= 1000) return shown.toLocaleString('en-US');
  if (Number.isInteger(size)) return String(size);
  if (shown >= 100) return size.toFixed(0);
  if (shown >= 10) return size.toFixed(1);
  if (shown >= 1) return size.toFixed(2);
  return size.toPrecision(shown >= 0.001 ? 2 : 1);
}

/**
 * A value with its unit for people, in the prefix that suits its size: `61.2 ms`, `7.90 GB`, `1,812 /s`, `0.93 %`.
 * `ratio` values stay plain numbers unless `asPercent`.
 */
export function formatQuantity(value: number, unit: Unit, options: { asPercent?: boolean } = {}): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = asShown(Math.abs(value));
  switch (unit) {
    case 'ms':
      if (size >= 1000) return formatQuantity(value / 1000, 's');
      if (size < 1 && size > 0) return `${digits(value * 1000)} µs`;
      return `${digits(value)} ms`;
    case 's':
      if (size >= 7200) return `${digits(value / 3600)} h`;
      if (size >= 120) return `${digits(value / 60)} min`;
      if (size < 1 && size > 0) return `${digits(value * 1000)} ms`;
      return `${digits(value)} s`;
    case 'bytes':
      for (const [name, factor] of [
        ['TB', 1e12],
        ['GB', 1e9],
        ['MB', 1e6],
        ['kB', 1e3],
      ] as const) {
        if (asShown(size / factor) >= 1) return `${digits(value / factor)} ${name}`;
      }
      return `${digits(value)} B`;
    case '1/s':
      return `${digits(value)} /s`;
    case 'ratio':
      return options.asPercent ? `${digits(value * 100)} %` : digits(value);
    case 'count':
      return digits(value);
  }
}
