import type { Columns } from '../columns.ts';
import { checkColumns } from '../columns.ts';
import type { DatasetContent } from '../dataset.ts';
import { DataError, ParameterError } from '../errors.ts';
import type { Model } from '../model/model.ts';
import { outputTransform } from '../model/objective-output.ts';
import type { Tree } from '../model/tree.ts';
import { binTable } from './binned-table.ts';
import { EPSILON } from './doubles.ts';
import { EarlyStopping } from './early-stopping.ts';
import { createMetrics, type Metric } from './metric.ts';
import { createObjective, type Objective } from './objective.ts';
import { type Parameters, parametersText } from './parameters.ts';
import { createRowSampler } from './row-sampler.ts';
import { RowSet } from './row-set.ts';
import { type GivenTargets, readTargets, type Targets } from './training-data.ts';
import { constantTree } from './tree-builder.ts';
import { type GrownTree, TreeGrower } from './tree-grower.ts';

/** A table beside the training rows that metrics are computed on. */
export interface ValidationTable extends GivenTargets {
  readonly data: Columns;
  /** `valid_1`, `valid_2` … where absent. */
  readonly name?: string | undefined;
}

/** What a training needs besides the dataset's content. */
export interface TrainingInput {
  readonly featureNames: readonly string[];
  readonly targets: Targets;
  readonly validation: readonly ValidationTable[];
  readonly parameters: Parameters;
  readonly onIteration: ((event: IterationEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Told after each iteration. */
export interface IterationEvent {
  /** From 1. */
  readonly iteration: number;
  /** By table and metric, such as `valid_1 l2`; `training …` if `is_provide_training_metric` is set. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A table whose scores follow the growing model: rows kept by leaf, scores by output. */
interface ScoredTable {
  readonly name: string;
  readonly rows: RowSet;
  readonly scores: number;
  readonly metrics: readonly Metric[];
}

/** Lets the event loop turn: signals, servers and timers go on during a training. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

class Training {
  private readonly content: DatasetContent;
  private readonly input: TrainingInput;
  private readonly objective: Objective;
  private readonly grower: TreeGrower;
  private readonly training: ScoredTable;
  private readonly validation: readonly ScoredTable[];
  private readonly sampler: ReturnType<typeof createRowSampler>;
  private readonly pairs: number;
  private readonly labels: number;
  private readonly bag: Uint32Array;
  private readonly outOfBag: RowSet | undefined;
  private bagRows: number;
  readonly trees: Tree[] = [];

  constructor(content: DatasetContent, input: TrainingInput) {
    const { parameters, targets } = input;
    const { heap, table, mappers } = content;
    this.content = content;
    this.input = input;
    this.objective = createObjective(parameters, targets);
    const { outputs } = this.objective;
    input.validation.forEach((given, index) => {
      checkValidation(given, content, index);
    });
    const mostRows = Math.max(table.rowCount, ...input.validation.map(({ data }) => data.rowCount));
    const mostBins = Math.max(1, ...mappers.map(({ binCount }) => binCount));
    const spare = heap.reserve(mostRows * 4);
    const sides = heap.reserve(mostBins);
    const transform = outputTransform(this.objective.text)!;
    const scored = (
      name: string,
      tableOf: ScoredTable['rows']['table'],
      measured: Targets | undefined,
    ): ScoredTable => {
      const rows = new RowSet(heap, tableOf, parameters.num_leaves, spare, sides);
      const scores = heap.reserve(tableOf.rowCount * outputs * 8);
      heap.doubles(scores, tableOf.rowCount * outputs).fill(0);
      return { name, rows, scores, metrics: measured ? createMetrics(parameters, measured, transform) : [] };
    };
    this.training = scored('training', table, parameters.is_provide_training_metric ? targets : undefined);
    this.validation = input.validation.map((given, index) => {
      const name = given.name ?? `valid_${index + 1}`;
      // LightGBM bundles the columns of training data only.
      const binned = binTable(heap, given.data, { ...content, bundles: [] }, false);
      return scored(name, binned, readTargets(given, given.data.rowCount, name));
    });
    this.sampler = createRowSampler(parameters, targets.label, outputs, this.objective.positiveRows);
    this.bag = new Uint32Array(this.sampler ? table.rowCount : 0);
    this.bagRows = table.rowCount;
    this.outOfBag = this.sampler ? new RowSet(heap, table, parameters.num_leaves, spare, sides) : undefined;
    this.pairs = heap.reserve(table.rowCount * outputs * 8);
    heap.floats(this.pairs, table.rowCount * outputs * 2).fill(0);
    const { squaredErrorLabels } = this.objective;
    this.labels = squaredErrorLabels ? heap.reserve(table.rowCount * 4) : 0;
    if (squaredErrorLabels) heap.floats(this.labels, table.rowCount).set(squaredErrorLabels);
    this.grower = new TreeGrower(content, parameters);
  }

  get scoredTables(): readonly ScoredTable[] {
    return [this.training, ...this.validation];
  }

  /**
   * Adds one iteration's trees.
   * @returns whether any of them has a split
   */
  iterate(iteration: number): boolean {
    const { outputs } = this.objective;
    const initial = Array.from({ length: outputs }, (_, output) => (iteration === 0 ? this.startFrom(output) : 0));
    this.writePairs();
    this.drawRows(iteration);
    let hasSplit = false;
    for (let output = 0; output < outputs; output++) {
      hasSplit = this.addTree(output, initial[output]!, iteration === 0) || hasSplit;
    }
    if (!hasSplit && iteration > 0) this.trees.length -= outputs;
    return hasSplit;
  }

  /** Ends the threads. */
  async end(): Promise<void> {
    await this.grower.end();
  }

  /** Metrics of all measured tables. */
  evaluate(): { table: ScoredTable; metric: Metric; values: number[] }[] {
    const { outputs } = this.objective;
    return this.scoredTables.flatMap((table) => {
      const scores = this.content.heap.doubles(table.scores, table.rows.table.rowCount * outputs);
      return table.metrics.map((metric) => ({ table, metric, values: metric.evaluate(scores) }));
    });
  }

  toModel(): Model {
    const { content, input, objective } = this;
    const { parameters } = input;
    return {
      classCount: parameters.num_class,
      treesPerIteration: objective.outputs,
      labelIndex: 0,
      featureCount: content.featureInfos.length,
      objective: objective.text,
      averageOutput: false,
      featureNames: input.featureNames,
      monotoneConstraints: parameters.monotone_constraints.length > 0 ? parameters.monotone_constraints : undefined,
      featureInfos: content.featureInfos,
      trees: this.trees,
      importances: undefined,
      parameters: parametersText(parameters),
      trailer: '',
    };
  }

  private startFrom(output: number): number {
    if (!this.input.parameters.boost_from_average && this.content.used.length > 0) return 0;
    const initial = this.objective.initialScore(output);
    if (!(Math.abs(initial) > EPSILON)) return 0;
    this.addToScores(output, initial);
    return initial;
  }

  private addToScores(output: number, value: number): void {
    for (const { rows, scores } of this.scoredTables) {
      const { rowCount } = rows.table;
      const part = this.content.heap.doubles(scores + output * rowCount * 8, rowCount);
      for (let row = 0; row < rowCount; row++) part[row]! += value;
    }
  }

  private writePairs(): void {
    const { heap, table } = this.content;
    const { objective } = this;
    if (objective.squaredErrorLabels) {
      heap.kernels.squaredErrorPairs(this.training.scores, this.labels, table.rowCount, this.pairs);
      return;
    }
    const cells = table.rowCount * objective.outputs;
    objective.writePairs(heap.doubles(this.training.scores, cells), heap.floats(this.pairs, 2 * cells));
  }

  private drawRows(iteration: number): void {
    const { heap, table } = this.content;
    if (!this.sampler) return;
    const pairs = heap.floats(this.pairs, 2 * table.rowCount * this.objective.outputs);
    this.bagRows = this.sampler.draw(iteration, pairs, this.bag) ?? this.bagRows;
  }

  /** Puts the drawn rows into leaf 0 of the training rows, and the others into leaf 0 of the rest. */
  private holdRows(): void {
    const { heap, table } = this.content;
    const { rows } = this.training;
    if (!this.outOfBag || this.bagRows === table.rowCount) {
      rows.holdAll();
      this.outOfBag?.hold(0);
      return;
    }
    const inBag = this.bag.subarray(0, this.bagRows);
    heap.words(rows.list, this.bagRows).set(inBag);
    const rest = heap.words(this.outOfBag.list, table.rowCount);
    let at = 0;
    let count = 0;
    for (let row = 0; row < table.rowCount; row++) {
      if (at < inBag.length && inBag[at] === row) at++;
      else rest[count++] = row;
    }
    rows.hold(this.bagRows);
    this.outOfBag.hold(count);
  }

  private addTree(output: number, initial: number, isFirst: boolean): boolean {
    const { content, objective } = this;
    const { parameters } = this.input;
    const isTrained = objective.isTrained(output) && content.used.length > 0;
    const pairs = this.pairs + output * content.table.rowCount * 8;
    this.holdRows();
    const grown = isTrained ? this.grower.grow(this.training.rows, pairs) : undefined;
    if (!grown || grown.splits.length === 0) {
      this.trees.push(constantTree(isFirst ? this.constantStart(output, initial) : 0));
      return false;
    }
    const { builder } = grown;
    this.renewLeaves(grown, output);
    builder.shrink(parameters.learning_rate);
    this.addScores(grown, output);
    if (Math.abs(initial) > EPSILON) builder.addBias(initial);
    this.trees.push(builder.toTree());
    return true;
  }

  /** A first tree without a split is the score to start from, whether or not the training was to start from it. */
  private constantStart(output: number, initial: number): number {
    if (this.input.parameters.boost_from_average) return initial;
    const start = this.objective.initialScore(output);
    this.addToScores(output, start);
    return start;
  }

  private renewLeaves({ builder }: GrownTree, output: number): void {
    const { renewLeaf } = this.objective;
    if (!renewLeaf) return;
    const { heap, table } = this.content;
    const scores = heap.doubles(this.training.scores + output * table.rowCount * 8, table.rowCount);
    const { rows } = this.training;
    for (let leaf = 0; leaf < builder.leafCount; leaf++) {
      builder.leafValue[leaf] = renewLeaf(heap.words(rows.rowsOf(leaf), rows.count[leaf]!), scores);
    }
  }

  private addScores({ builder, splits }: GrownTree, output: number): void {
    const add = (rows: RowSet, scores: number): void =>
      rows.addValues(scores + output * rows.table.rowCount * 8, builder.leafValue);
    add(this.training.rows, this.training.scores);
    if (this.outOfBag) {
      for (const split of splits) this.outOfBag.split(split);
      add(this.outOfBag, this.training.scores);
    }
    for (const { rows, scores } of this.validation) {
      rows.holdAll();
      for (const split of splits) rows.split(split);
      add(rows, scores);
    }
  }
}

function checkValidation({ data, name }: ValidationTable, content: DatasetContent, index: number): void {
  const what = name ?? `valid_${index + 1}`;
  checkColumns(data, what);
  if (data.columns.length !== content.featureInfos.length) {
    throw new DataError(
      `${what}: ${data.columns.length} columns; the training data has ${content.featureInfos.length}.`,
    );
  }
  if (data.rowCount === 0) throw new DataError(`${what}: no rows to validate on.`);
}

function checkTraining(content: DatasetContent, { parameters, targets, validation }: TrainingInput): void {
  const width = content.featureInfos.length;
  const { monotone_constraints: signs, early_stopping_round } = parameters;
  if (targets.rowCount !== content.table.rowCount) throw new DataError('train: labels and data differ in rows.');
  if (signs.length > 0 && signs.length !== width) {
    throw new ParameterError(`monotone_constraints has ${signs.length} signs for ${width} columns.`);
  }
  if (early_stopping_round > 0 && (validation.length === 0 || parameters.metric.length === 0)) {
    throw new ParameterError(
      'early_stopping_round stops by a metric on validation data. Pass validation and a metric.',
    );
  }
}

/**
 * Trains a model.
 * @throws DataError, ParameterError; the signal's reason when it was aborted
 */
export async function trainModel(content: DatasetContent, input: TrainingInput): Promise<Model> {
  input.signal?.throwIfAborted();
  checkTraining(content, input);
  const training = new Training(content, input);
  try {
    await iterate(training, input);
    return training.toModel();
  } finally {
    await training.end();
  }
}

async function iterate(training: Training, { parameters, onIteration, signal }: TrainingInput): Promise<void> {
  const stopping = parameters.early_stopping_round > 0 ? new EarlyStopping(parameters) : undefined;
  for (let iteration = 0; iteration < parameters.num_iterations; iteration++) {
    await turn();
    signal?.throwIfAborted();
    if (!training.iterate(iteration)) break;
    const measured = onIteration || stopping ? training.evaluate() : [];
    const metrics: Record<string, number> = {};
    for (const { table, metric, values } of measured) {
      metric.names.forEach((name, k) => {
        metrics[`${table.name} ${name}`] = values[k]!;
      });
    }
    onIteration?.({ iteration: iteration + 1, metrics });
    const onValidation = measured.filter(({ table }) => table.name !== 'training');
    if (stopping?.isOver(iteration + 1, onValidation)) {
      const outputs = training.toModel().treesPerIteration;
      training.trees.length -= parameters.early_stopping_round * outputs;
      break;
    }
  }
}
