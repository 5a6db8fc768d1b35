import { type Columns, checkColumns } from './columns.ts';
import { DataError, ParameterError } from './errors.ts';
import { Heap } from './internal/heap.ts';
import { ZERO_THRESHOLD } from './model/tree.ts';
import {
  type BinMapper,
  type BinSettings,
  type ColumnSample,
  categoricalBins,
  numericBins,
} from './training/bin-mapper.ts';
import { type BinnedTable, binTable } from './training/binned-table.ts';
import { type BundleColumn, bundleColumns } from './training/bundles.ts';
import { Lcg } from './training/lcg.ts';
import { type LightGbmParams, type Parameters, resolveParameters } from './training/parameters.ts';

/** What {@link Dataset} holds for training: used columns, their bins, and the memory they lie in. */
export interface DatasetContent {
  readonly heap: Heap;
  readonly table: BinnedTable;
  /** Original index of each used column, ascending. */
  readonly used: readonly number[];
  readonly mappers: readonly BinMapper[];
  readonly featureInfos: readonly string[];
  readonly binning: string;
}

/** Which parameters the bins depend on; a training on a dataset may not ask for others. */
function binningKey(parameters: Parameters): string {
  const { max_bin, max_bin_by_feature, min_data_in_bin, use_missing, zero_as_missing, categorical_feature } =
    parameters;
  const { bin_construct_sample_cnt, data_random_seed, feature_pre_filter, min_data_in_leaf } = parameters;
  return JSON.stringify([
    max_bin,
    max_bin_by_feature,
    min_data_in_bin,
    use_missing,
    zero_as_missing,
    categorical_feature,
    bin_construct_sample_cnt,
    data_random_seed,
    feature_pre_filter ? min_data_in_leaf : null,
    parameters.enable_bundle,
    parameters.is_enable_sparse,
  ]);
}

/** Column indices of `categorical_feature`: `0,3` or `name:a,b`. */
function categoricalColumns(parameters: Parameters, names: readonly string[]): Set<number> {
  const text = parameters.categorical_feature;
  if (text === '') return new Set();
  const byName = text.startsWith('name:');
  const words = (byName ? text.slice(5) : text).split(',');
  return new Set(
    words.map((word) => {
      // A list given as an array may mix names and indices.
      const index = names.includes(word) ? names.indexOf(word) : byName ? -1 : Number(word);
      if (!Number.isInteger(index) || index < 0 || index >= names.length) {
        throw new ParameterError(`categorical_feature names "${word}"; the columns are 0 to ${names.length - 1}.`);
      }
      return index;
    }),
  );
}

/** Six digits of 2048 counters. */
const SORT_COUNTS_BYTES = 6 * 2048 * 4;

/** The rows that bins are found from: all, or a sample drawn as LightGBM draws it. */
function sampleRows(rowCount: number, parameters: Parameters): Uint32Array | undefined {
  const most = parameters.bin_construct_sample_cnt;
  return rowCount <= most ? undefined : new Lcg(parameters.data_random_seed).sample(rowCount, most);
}

/** Takes samples of columns and sorts them, in memory of the heap that each column uses anew. */
class Sampler {
  private readonly heap: Heap;
  private readonly rows: Uint32Array | undefined;
  private readonly count: number;
  private readonly values: number;
  private readonly spare: number;
  private readonly counts: number;

  constructor(heap: Heap, rows: Uint32Array | undefined, count: number) {
    this.heap = heap;
    this.rows = rows;
    this.count = count;
    this.values = heap.reserve(count * 8);
    this.spare = heap.reserve(count * 8);
    this.counts = heap.reserve(SORT_COUNTS_BYTES);
  }

  /** The result is valid until the next call. */
  take(column: Float64Array | Float32Array): ColumnSample {
    const { count, rows } = this;
    const values = this.heap.doubles(this.values, count);
    let size = 0;
    let nanRows = 0;
    for (let i = 0; i < count; i++) {
      const value = column[rows ? rows[i]! : i]!;
      if (value < -ZERO_THRESHOLD || value > ZERO_THRESHOLD) values[size++] = value;
      else if (Number.isNaN(value)) nanRows++;
    }
    this.heap.kernels.sortDoubles(this.values, size, this.spare, this.counts);
    return { sorted: values.subarray(0, size), nanRows, rows: count };
  }
}

function findBins(
  heap: Heap,
  data: Columns,
  names: readonly string[],
  parameters: Parameters,
): { mappers: (BinMapper | undefined)[]; bundles: readonly (readonly number[])[] } {
  const categorical = categoricalColumns(parameters, names);
  const rows = sampleRows(data.rowCount, parameters);
  const sampled = rows ? rows.length : data.rowCount;
  const byFeature = parameters.max_bin_by_feature;
  if (byFeature.length > 0 && byFeature.length !== data.columns.length) {
    throw new ParameterError(`max_bin_by_feature has ${byFeature.length} numbers for ${data.columns.length} columns.`);
  }
  const mark = heap.mark();
  const sampler = new Sampler(heap, rows, sampled);
  const leastSplitRows = Math.trunc((parameters.min_data_in_leaf * sampled) / data.rowCount);
  const nonZeroRows: number[] = [];
  const mappers = data.columns.map((column, index) => {
    const settings: BinSettings = {
      maxBins: byFeature[index] ?? parameters.max_bin,
      minDataInBin: parameters.min_data_in_bin,
      useMissing: parameters.use_missing,
      zeroAsMissing: parameters.zero_as_missing,
      leastSplitRows: parameters.feature_pre_filter ? leastSplitRows : undefined,
    };
    if (settings.maxBins > 65_535 || settings.maxBins < 2) {
      throw new ParameterError(`max_bin is ${settings.maxBins} for column ${index}; from 2 to 65535.`);
    }
    const sample = sampler.take(column);
    nonZeroRows.push(sample.sorted.length + sample.nanRows);
    return categorical.has(index) ? categoricalBins(sample, settings) : numericBins(sample, settings);
  });
  const used = mappers.flatMap((mapper, index): BundleColumn[] => {
    const column = data.columns[index]!;
    const valueAt = (row: number): number => column[rows ? rows[row]! : row]!;
    return mapper
      ? [{ mapper, valueAt, sorted: () => sampler.take(column).sorted, nonZeroRows: nonZeroRows[index]! }]
      : [];
  });
  const settings = { sampleRows: sampled, rowCount: data.rowCount, isSparse: parameters.is_enable_sparse };
  const bundles = parameters.enable_bundle ? bundleColumns(used, settings) : [];
  heap.release(mark);
  return { mappers, bundles };
}

/**
 * A table binned once, to be trained on any number of times. Keeps the bins, not the values.
 * Trainings on one dataset take turns: they share its memory.
 */
export class Dataset {
  readonly rowCount: number;
  readonly featureNames: readonly string[];
  private content: DatasetContent | undefined;
  private lastTurn: Promise<void> = Promise.resolve();

  /**
   * @param params LightGBM's; those that bins depend on are used (`max_bin`, `min_data_in_bin`, `use_missing`,
   * `zero_as_missing`, `categorical_feature`, `max_bin_by_feature`, `bin_construct_sample_cnt`, `data_random_seed`
   * or `seed`, `feature_pre_filter` with `min_data_in_leaf`); `num_threads` above 1 puts the
   * bins where several threads can read them
   * @throws DataError, ParameterError
   */
  constructor(data: Columns, params: LightGbmParams = {}) {
    const parameters = resolveParameters(params);
    checkColumns(data, 'Dataset');
    if (data.rowCount === 0 || data.columns.length === 0) {
      throw new DataError(
        `Dataset: ${data.rowCount} rows, ${data.columns.length} columns; there is nothing to train on.`,
      );
    }
    this.rowCount = data.rowCount;
    const names = data.names ?? data.columns.map((_, index) => `Column_${index}`);
    this.featureNames = names.map((name) => name.replaceAll(' ', '_'));
    const heap = new Heap(parameters.num_threads > 1);
    const { mappers: found, bundles } = findBins(heap, data, this.featureNames, parameters);
    const used = found.flatMap((mapper, index) => (mapper ? [index] : []));
    const mappers = found.filter((mapper) => mapper !== undefined);
    this.content = {
      heap,
      table: binTable(heap, data, { used, mappers, bundles }, true),
      used,
      mappers,
      featureInfos: found.map((mapper) => mapper?.info ?? 'none'),
      binning: binningKey(parameters),
    };
  }

  /**
   * Runs one training at a time on the dataset's content. For the engine's own use.
   * @throws ParameterError if the parameters ask for other bins than the dataset's
   */
  async use<Result>(parameters: Parameters, work: (content: DatasetContent) => Promise<Result>): Promise<Result> {
    const turn = this.lastTurn.then(async () => {
      const content = this.content;
      if (!content) throw new DataError('This dataset was disposed. Make another.');
      if (content.binning !== binningKey(parameters)) {
        throw new ParameterError(
          'params ask for other bins than the dataset was made with. Make it with the same params.',
        );
      }
      const mark = content.heap.mark();
      try {
        return await work(content);
      } finally {
        content.heap.release(mark);
      }
    });
    this.lastTurn = turn.then(
      () => undefined,
      () => undefined,
    );
    return await turn;
  }

  /** Gives the memory back. The dataset cannot be used afterwards. */
  dispose(): void {
    this.content = undefined;
  }

  /** Gives the memory of the dataset back: `using dataset = …` does it at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
