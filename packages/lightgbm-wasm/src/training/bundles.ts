import { ZERO_THRESHOLD } from '../model/tree.ts';
import { type BinMapper, binOf } from './bin-mapper.ts';
import { Lcg } from './lcg.ts';

/** A used column's sample, as bundling looks at it. */
export interface BundleColumn {
  readonly mapper: BinMapper;
  /** The sampled values in row order. */
  readonly valueAt: (row: number) => number;
  /** The non-zero values of the sample other than NaN, ascending; asked for only if bundling needs it. */
  readonly sorted: () => Float64Array;
  /** Sampled rows that are not zero (NaN is not). */
  readonly nonZeroRows: number;
}

/** What bundling depends on besides the columns. */
interface BundleSettings {
  readonly sampleRows: number;
  readonly rowCount: number;
  /** `is_enable_sparse`: whether light groups are put together once more. */
  readonly isSparse: boolean;
}

/** Groups that may be searched for a column. */
const MOST_SEARCHED = 100;

/** Groups that fill less of the rows than this are put together. */
const DENSE_SHARE = 0.4;

const isZero = (value: number): boolean => value >= -ZERO_THRESHOLD && value <= ZERO_THRESHOLD;

/** A column as groups see it: how many sampled rows count as used, and which. */
interface Usage {
  readonly count: number;
  readonly rows: () => Uint32Array;
}

function nonZeroRows(column: BundleColumn, sampleRows: number): Uint32Array {
  const rows = new Uint32Array(column.nonZeroRows);
  let size = 0;
  for (let row = 0; row < sampleRows; row++) if (!isZero(column.valueAt(row))) rows[size++] = row;
  return rows;
}

/**
 * Rows outside the most frequent bin, where that is not the bin of zero. LightGBM looks the bins up after it has sorted
 * the values in place, so that the k-th non-zero row has the k-th smallest value, and the last rows (as many as there
 * are NaN) their own. Bundles, and by them models, depend on it.
 */
function unusualRows(column: BundleColumn, sampleRows: number): Uint32Array {
  const { mapper } = column;
  const sorted = column.sorted();
  const rows: number[] = [];
  let seen = 0;
  for (let row = 0; row < sampleRows; row++) {
    const own = column.valueAt(row);
    if (!isZero(own)) {
      const value = seen < sorted.length ? sorted[seen]! : own;
      seen++;
      if (binOf(mapper, value) === mapper.mostFrequentBin) continue;
    }
    rows.push(row);
  }
  return Uint32Array.from(rows);
}

function usageOf(column: BundleColumn, sampleRows: number): Usage {
  const { mapper } = column;
  let known: Uint32Array | undefined;
  const nonZero = (): Uint32Array => {
    known ??= nonZeroRows(column, sampleRows);
    return known;
  };
  if (mapper.defaultBin === mapper.mostFrequentBin) return { count: column.nonZeroRows, rows: nonZero };
  const unusual = unusualRows(column, sampleRows);
  return unusual.length > 0
    ? { count: unusual.length, rows: () => unusual }
    : { count: column.nonZeroRows, rows: nonZero };
}

/** A way to group all columns: how many groups, and those whose columns share bins. */
interface Grouping {
  readonly count: number;
  readonly bundles: readonly (readonly number[])[];
}

/** Columns that share one row of bins. */
class Group {
  readonly columns: number[] = [];
  total = 0;
  used = 0;
  private readonly marks: Uint8Array;

  constructor(sampleRows: number) {
    this.marks = new Uint8Array(sampleRows);
  }

  add(column: number, usage: Usage, conflicts: number): void {
    this.columns.push(column);
    this.total += usage.count;
    this.used += usage.count - conflicts;
    for (const row of usage.rows()) this.marks[row] = 1;
  }

  /** Rows that both use; -1 beyond `most`. */
  conflictsWith(usage: Usage, most: number): number {
    let conflicts = 0;
    for (const row of usage.rows()) {
      conflicts += this.marks[row]!;
      if (conflicts > most) return -1;
    }
    return conflicts;
  }
}

function groupColumns(
  order: readonly number[],
  usages: readonly Usage[],
  { sampleRows, rowCount }: BundleSettings,
): Group[] {
  const mostConflicts = Math.trunc(sampleRows / 10_000);
  const random = new Lcg(rowCount);
  const groups: Group[] = [];
  for (const column of order) {
    const usage = usages[column]!;
    const available = groups.filter(({ total }) => total + usage.count <= sampleRows + mostConflicts);
    const last = available.length - 1;
    const searched =
      last < 0
        ? []
        : [
            available[last]!,
            ...Array.from(random.sample(last, Math.min(last, MOST_SEARCHED - 1)), (index) => available[index]!),
          ];
    let conflicts = 0;
    const found = searched.find((group) => {
      const rest = mostConflicts - group.total + group.used;
      conflicts = group.conflictsWith(usage, rest);
      return conflicts >= 0 && conflicts <= rest && conflicts <= Math.trunc(usage.count / 2);
    });
    if (found) {
      found.add(column, usage, conflicts);
    } else {
      const group = new Group(sampleRows);
      group.add(column, usage, 0);
      groups.push(group);
    }
  }
  return groups;
}

/** Puts the light groups together; if their columns conflict, each keeps bins of its own. */
function joinLight(groups: readonly Group[], usages: readonly Usage[], sampleRows: number): Grouping {
  const isDense = (group: Group): boolean => group.used / sampleRows >= DENSE_SHARE;
  const dense = groups.filter(isDense).map(({ columns }) => columns);
  const light = groups.filter((group) => !isDense(group)).flatMap(({ columns }) => columns);
  if (light.length === 0) return { count: dense.length, bundles: dense };
  const count = dense.length + 1;
  const mostConflicts = Math.trunc(sampleRows / 10_000);
  const joined = new Group(sampleRows);
  let conflicts = 0;
  for (const column of light) {
    const found = joined.conflictsWith(usages[column]!, mostConflicts - conflicts);
    conflicts += found;
    if (found < 0 || conflicts > mostConflicts) return { count, bundles: dense };
    joined.add(column, usages[column]!, found);
  }
  return { count, bundles: [...dense, light] };
}

/**
 * Which columns LightGBM bundles: those that are hardly ever set in the same row share their bins, and where they are
 * both set one of them is lost. That is seen in models, so it has to be done alike
 * (Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, 2017, §4).
 * @returns groups of two and more, as indices into `columns`
 */
export function bundleColumns(
  columns: readonly BundleColumn[],
  settings: BundleSettings,
): readonly (readonly number[])[] {
  const { sampleRows, isSparse } = settings;
  const usages = columns.map((column) => usageOf(column, sampleRows));
  const [least = Number.POSITIVE_INFINITY, next = Number.POSITIVE_INFINITY] = usages
    .map(({ count }) => count)
    .sort((a, b) => a - b);
  // Of dense columns no two fit; nothing has to be searched.
  if (least + next > sampleRows + Math.trunc(sampleRows / 10_000)) return [];
  const inOrder = columns.map((_, column) => column);
  const byCount = inOrder.slice().sort((a, b) => columns[b]!.nonZeroRows - columns[a]!.nonZeroRows || a - b);
  const grouping = (order: readonly number[]): Grouping => {
    const groups = groupColumns(order, usages, settings);
    if (isSparse) return joinLight(groups, usages, sampleRows);
    return { count: groups.length, bundles: groups.map(({ columns: list }) => list) };
  };
  const first = grouping(inOrder);
  const second = grouping(byCount);
  return (first.count > second.count ? second : first).bundles.filter((list) => list.length > 1);
}
