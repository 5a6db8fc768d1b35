import { formatSignificant } from '../model/number-format.ts';
import { MISSING } from '../model/tree.ts';
import { rounded } from './doubles.ts';
import { binBounds, type Distinct, distinctValues } from './numeric-bins.ts';

/** How one column's values become bins. */
export interface BinMapper {
  readonly kind: 'numeric' | 'categorical';
  readonly binCount: number;
  /** One of {@link MISSING}. For NaN, a numeric column's last bin and a categorical column's bin 0 hold it. */
  readonly missing: number;
  /** Numeric: upper bound of each bin; the NaN bin's is NaN. */
  readonly bounds: Float64Array;
  /** Categorical: the category of each bin; bin 0 is -1, for missing, unseen and rare ones. */
  readonly categories: Int32Array;
  /** The bin of 0. */
  readonly defaultBin: number;
  /** The fullest bin, if it is the default one or holds most rows; its histogram cell is never summed directly. */
  readonly mostFrequentBin: number;
  /** The column's entry in a model's `feature_infos`. */
  readonly info: string;
}

/** What bins of a column depend on. */
export interface BinSettings {
  readonly maxBins: number;
  readonly minDataInBin: number;
  readonly useMissing: boolean;
  readonly zeroAsMissing: boolean;
  /** A column that cannot be split with so many sample rows on both sides is dropped; 0 keeps all. */
  readonly leastSplitRows: number | undefined;
}

/** A column's sample: its numbers other than 0, ascending, how many NaN there were, and how many rows in all. */
export interface ColumnSample {
  readonly sorted: Float64Array;
  readonly nanRows: number;
  readonly rows: number;
}

const MOST_FREQUENT_SHARE = 0.7;

/** The bin of a value. */
export function binOf(mapper: BinMapper, value: number): number {
  if (mapper.kind === 'categorical') {
    const bin = Number.isNaN(value) ? -1 : mapper.categories.indexOf(Math.trunc(value), 1);
    return bin < 0 ? 0 : bin;
  }
  if (Number.isNaN(value)) {
    if (mapper.missing === MISSING.nan) return mapper.binCount - 1;
    return binOf(mapper, 0);
  }
  let low = 0;
  let high = mapper.binCount - 1 - (mapper.missing === MISSING.nan ? 1 : 0);
  while (low < high) {
    const middle = (low + high - 1) >> 1;
    if (value <= mapper.bounds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function canSplit(counts: readonly number[], rows: number, least: number): boolean {
  let left = 0;
  for (let bin = 0; bin < counts.length - 1; bin++) {
    left += counts[bin]!;
    if (left >= least && rows - left >= least) return true;
  }
  return false;
}

function finish(
  mapper: Omit<BinMapper, 'defaultBin' | 'mostFrequentBin'>,
  counts: readonly number[],
  rows: number,
): BinMapper {
  const partial: BinMapper = { ...mapper, defaultBin: 0, mostFrequentBin: 0 };
  const defaultBin = binOf(partial, 0);
  let fullest = 0;
  counts.forEach((count, bin) => {
    if (count > counts[fullest]!) fullest = bin;
  });
  const isKept = fullest === defaultBin || counts[fullest]! / rows >= MOST_FREQUENT_SHARE;
  return { ...partial, defaultBin, mostFrequentBin: isKept ? fullest : defaultBin };
}

function missingMode(settings: BinSettings, nanCount: number): number {
  if (!settings.useMissing) return MISSING.none;
  if (settings.zeroAsMissing) return MISSING.zero;
  return nanCount > 0 ? MISSING.nan : MISSING.none;
}

function countBins(distinct: Distinct, bounds: readonly number[], binCount: number): number[] {
  const counts = new Array<number>(binCount).fill(0);
  let bin = 0;
  for (let i = 0; i < distinct.values.length; i++) {
    while (distinct.values[i]! > bounds[bin]! && bin < binCount - 1) bin++;
    counts[bin]! += distinct.counts[i]!;
  }
  return counts;
}

/**
 * Bins of a numeric column.
 * @returns `undefined` if the column cannot be split
 */
export function numericBins(sample: ColumnSample, settings: BinSettings): BinMapper | undefined {
  const { sorted } = sample;
  let missing = missingMode(settings, sample.nanRows);
  const nanRows = missing === MISSING.nan ? sample.nanRows : 0;
  const distinct = distinctValues(sorted, sample.rows - sorted.length - nanRows);
  const reserved = missing === MISSING.nan ? 1 : 0;
  const bounds = binBounds(distinct, settings.maxBins - reserved, sample.rows - nanRows, settings.minDataInBin);
  if (missing === MISSING.nan) bounds.push(Number.NaN);
  if (missing === MISSING.zero && bounds.length === 2) missing = MISSING.none;
  const counts = countBins(distinct, bounds, bounds.length);
  if (missing === MISSING.nan) counts[bounds.length - 1] = nanRows;
  if (bounds.length <= 1) return undefined;
  if (settings.leastSplitRows !== undefined && !canSplit(counts, sample.rows, settings.leastSplitRows))
    return undefined;
  const text = (value: number): string => formatSignificant(value, 17);
  const info = `[${text(distinct.values[0]!)}:${text(distinct.values.at(-1)!)}]`;
  return finish(
    {
      kind: 'numeric',
      binCount: bounds.length,
      missing,
      bounds: Float64Array.from(bounds),
      categories: new Int32Array(0),
      info,
    },
    counts,
    sample.rows,
  );
}

/** Categories and their counts, most frequent first; among equals the smaller code. Negative codes are missing. */
function countCategories(distinct: Distinct): { categories: { code: number; count: number }[]; negative: number } {
  const categories: { code: number; count: number }[] = [];
  let negative = 0;
  distinct.values.forEach((value, i) => {
    const code = Math.trunc(value);
    const count = distinct.counts[i]!;
    if (code < 0) negative += count;
    else if (categories.at(-1)?.code === code) categories.at(-1)!.count += count;
    else categories.push({ code, count });
  });
  categories.sort((a, b) => b.count - a.count);
  return { categories, negative };
}

/**
 * Bins of a categorical column: most frequent category first, until 99 % of the rows have one.
 * @returns `undefined` if the column cannot be split
 */
export function categoricalBins(sample: ColumnSample, settings: BinSettings): BinMapper | undefined {
  const { sorted } = sample;
  const nanRows = missingMode(settings, sample.nanRows) === MISSING.nan ? sample.nanRows : 0;
  const distinct = distinctValues(sorted, sample.rows - sorted.length - nanRows);
  const { categories, negative } = countCategories(distinct);
  const missingRows = nanRows + negative;
  const rows = sample.rows - missingRows;
  if (rows <= 0) return undefined;
  // In single precision, as upstream multiplies.
  const enough = rounded(Math.fround(Math.fround(rows) * Math.fround(0.99)));
  const most = Math.min(categories.length + (missingRows > 0 ? 1 : 0), settings.maxBins);
  const kept = [-1];
  const counts = [0];
  let used = 0;
  for (const [rank, { code, count }] of categories.entries()) {
    if (!(used < enough || kept.length < most)) break;
    if (count < settings.minDataInBin && rank > 1) break;
    kept.push(code);
    counts.push(count);
    used += count;
  }
  counts[0] = sample.rows - used;
  if (kept.length <= 1) return undefined;
  const { leastSplitRows } = settings;
  // Many categories can always be put together to something that splits; two bins cannot.
  if (leastSplitRows !== undefined && kept.length <= 2) {
    const left = counts[0]!;
    if (!(left >= leastSplitRows && sample.rows - left >= leastSplitRows)) return undefined;
  }
  const missing = kept.length - 1 === categories.length && missingRows === 0 ? MISSING.none : MISSING.nan;
  return finish(
    {
      kind: 'categorical',
      binCount: kept.length,
      missing,
      bounds: new Float64Array(0),
      categories: Int32Array.from(kept),
      info: kept.join(':'),
    },
    counts,
    sample.rows,
  );
}
