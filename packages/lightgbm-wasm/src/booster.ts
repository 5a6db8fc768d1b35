import { BatchPredictor, canPredictBatches } from './batch-predictor.ts';
import { CodedBatch, canPredictByCodes } from './coded-batch.ts';
import { type Columns, checkColumns } from './columns.ts';
import { Dataset } from './dataset.ts';
import { DataError } from './errors.ts';
import { featureImportance, type Model } from './model/model.ts';
import { readModel } from './model/reader.ts';
import { type TreeNode, treeNode } from './model/tree-node.ts';
import { writeModel } from './model/writer.ts';
import { type PredictOptions, type Selection, selectTrees } from './predict-options.ts';
import { RowPredictor } from './row-predictor.ts';
import { type LightGbmParams, resolveParameters } from './training/parameters.ts';
import { type IterationEvent, trainModel, type ValidationTable } from './training/train.ts';
import { type GivenTargets, readTargets } from './training/training-data.ts';

/** What to train on, and how. */
export interface TrainOptions extends GivenTargets {
  /** A table, or one that was binned before; bins cost as much as several iterations. */
  readonly data: Columns | Dataset;
  /** One per row, finite. Classes and relevance labels are whole numbers from 0. */
  readonly label: Float64Array;
  /** One per row, at least 0. */
  readonly weight?: Float64Array | undefined;
  /** Rows of each query, in row order; ranking objectives need it. */
  readonly query?: Int32Array | undefined;
  /** Tables to measure on; `early_stopping_round` stops by them. */
  readonly validation?: readonly ValidationTable[] | undefined;
  readonly params?: LightGbmParams | undefined;
  /** Told after each iteration, with its scores. */
  readonly onIteration?: ((event: IterationEvent) => void) | undefined;
  /** Aborting it rejects the training with its reason, at the latest after the current iteration. */
  readonly signal?: AbortSignal | undefined;
}

/** Fewer rows are walked one by one: laying them out for the batch kernels would take longer. */
const LEAST_BATCH = 4;

/** Fewer rows are followed down the trees: the kernel of codes takes 64 at a time. */
const LEAST_CODED = 32;

/** Rows that are laid out row by row at a time, for what the batch kernels do not compute. */
const BLOCK_ROWS = 256;

/** A loaded model with the ways to walk it. */
interface Content {
  readonly model: Model;
  readonly rows: RowPredictor;
  readonly hasBatches: boolean;
  readonly hasCodes: boolean;
  batch: BatchPredictor | undefined;
  coded: CodedBatch | undefined;
}

/**
 * A gradient-boosted tree model of LightGBM: trained here or read from LightGBM's model text.
 * Holds WebAssembly memory once it has predicted a batch; `dispose()` (or `using`) gives it back at once.
 */
export class Booster {
  private current: Content | undefined;

  private constructor(model: Model) {
    this.current = {
      model,
      rows: new RowPredictor(model),
      hasBatches: canPredictBatches(model),
      hasCodes: canPredictByCodes(model),
      batch: undefined,
      coded: undefined,
    };
  }

  /**
   * Trains a model. The event loop turns after each iteration.
   * @throws DataError, ParameterError; the signal's reason when it was aborted
   */
  static async train(options: TrainOptions): Promise<Booster> {
    const { data, params = {}, validation = [], onIteration, signal } = options;
    const parameters = resolveParameters(params);
    const targets = readTargets(options, data.rowCount, 'train');
    const dataset = data instanceof Dataset ? data : new Dataset(data, params);
    const { featureNames } = dataset;
    const model = await dataset.use(parameters, (content) =>
      trainModel(content, { featureNames, targets, validation, parameters, onIteration, signal }),
    );
    return new Booster(model);
  }

  /**
   * Reads a model text, version 3 or 4.
   * @throws ModelFormatError naming line and field of what is damaged
   */
  static load(modelText: string): Booster {
    return new Booster(readModel(modelText));
  }

  /** Column names, in column order. */
  get featureNames(): readonly string[] {
    return this.model.featureNames;
  }

  /** Iterations in the model; after early stopping, the best one is the last. */
  get bestIteration(): number {
    return this.model.trees.length / this.model.treesPerIteration;
  }

  /** Numbers per row of `response` and `raw`: the classes of a multiclass model, else 1. */
  get outputCount(): number {
    return this.model.treesPerIteration;
  }

  /**
   * Predicts a table.
   * @param data as many columns as the model has features, in the same order
   * @returns row-major, rows × outputs (see {@link PredictOptions.kind})
   * @throws DataError if the table's shape does not fit the model
   */
  predict(data: Columns, options: PredictOptions = {}): Float64Array {
    const { model, rows } = this.open();
    checkColumns(data, 'predict');
    this.checkWidth(data.columns.length);
    const selection = selectTrees(model, options);
    const out = new Float64Array(data.rowCount * selection.outputs);
    const batch = this.batchFor(selection, data.rowCount);
    if (batch) {
      batch.addColumns(selection, data, out);
    } else {
      const width = model.featureCount;
      const block = new Float64Array(Math.min(BLOCK_ROWS, data.rowCount) * width);
      for (let start = 0; start < data.rowCount; start += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, data.rowCount - start);
        for (let feature = 0; feature < width; feature++) {
          const column = data.columns[feature]!;
          for (let row = 0, at = feature; row < count; row++, at += width) block[at] = column[start + row]!;
        }
        rows.predictBlock(selection, block, 0, count, out, start * selection.outputs);
      }
    }
    rows.finish(selection, out);
    return out;
  }

  /**
   * Predicts a row-major matrix.
   * @param matrix `[rowCount × features]`, row after row
   * @returns row-major, rows × outputs
   * @throws DataError if the length does not fit
   */
  predictRows(matrix: Float64Array | Float32Array, rowCount: number, options: PredictOptions = {}): Float64Array {
    const { model, rows } = this.open();
    if (!Number.isInteger(rowCount) || rowCount < 0 || matrix.length !== rowCount * model.featureCount) {
      throw new DataError(
        `predictRows: ${matrix.length} values are not ${rowCount} rows of the model's ${model.featureCount} features.`,
      );
    }
    const selection = selectTrees(model, options);
    const out = new Float64Array(rowCount * selection.outputs);
    const batch = this.batchFor(selection, rowCount);
    if (batch) batch.addRows(selection, matrix, rowCount, out);
    else rows.predictBlock(selection, matrix, 0, rowCount, out, 0);
    rows.finish(selection, out);
    return out;
  }

  /**
   * Predicts one row: the response, as a number or, for a model of several outputs, one number each.
   * @throws DataError if the row's length is not the model's number of features
   */
  predictRow(row: Float64Array): number | Float64Array {
    const { rows } = this.open();
    this.checkWidth(row.length);
    return rows.predictRow(row);
  }

  /** The model as LightGBM 4's text; LightGBM reads it. */
  toModelText(): string {
    return writeModel(this.model);
  }

  /** How often each feature splits, or the gains of its splits summed; one number per feature. */
  featureImportance(kind: 'split' | 'gain'): Float64Array {
    return featureImportance(this.model, kind);
  }

  /** How many trees the model has: iterations × outputs. */
  get treeCount(): number {
    return this.model.trees.length;
  }

  /** The `objective` line of the model text, such as `binary sigmoid:1`; `undefined` for a custom objective. */
  get objective(): string | undefined {
    return this.model.objective;
  }

  /**
   * One tree as nested nodes.
   * @throws DataError if there is no such tree
   */
  tree(index: number): TreeNode {
    const found = this.model.trees[index];
    if (!found) throw new DataError(`tree ${index}: the model has trees 0 to ${this.treeCount - 1}.`);
    return treeNode(found, this.featureNames);
  }

  /** Gives the model's memory back. The booster cannot be used afterwards. */
  dispose(): void {
    this.current = undefined;
  }

  /** Gives the memory of the model back: `using booster = …` does it at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  private get model(): Model {
    return this.open().model;
  }

  private batchFor(selection: Selection, rowCount: number): BatchPredictor | CodedBatch | undefined {
    const content = this.open();
    const isScore = selection.kind === 'response' || selection.kind === 'raw';
    if (!isScore || selection.earlyStop || !content.hasBatches || rowCount < LEAST_BATCH) return undefined;
    if (content.hasCodes && rowCount >= LEAST_CODED) {
      content.coded ??= new CodedBatch(content.model);
      return content.coded;
    }
    content.batch ??= new BatchPredictor(content.model);
    return content.batch;
  }

  private open(): Content {
    if (!this.current) throw new DataError('This booster was disposed. Load or train another.');
    return this.current;
  }

  private checkWidth(columns: number): void {
    const expected = this.model.featureCount;
    if (columns !== expected) {
      throw new DataError(`predict: ${columns} columns; the model was trained on ${expected}.`);
    }
  }
}
