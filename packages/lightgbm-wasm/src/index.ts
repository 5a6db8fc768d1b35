export { Booster, type TrainOptions } from './booster.ts';
export type { Columns, FrameLike, SparseRows } from './columns.ts';
export { columnsFromFrame, columnsFromRows, columnsFromSparseRows } from './columns.ts';
export { Dataset } from './dataset.ts';
export { DataError, ModelFormatError, ParameterError } from './errors.ts';
export { formatSignificant } from './model/number-format.ts';
export type { TreeNode } from './model/tree-node.ts';
export type { EarlyStop, PredictOptions } from './predict-options.ts';
export { parsePredictionTable } from './prediction-table.ts';
export { parseTextTable, type TextTable, type TextTableOptions } from './text-table.ts';
export type { LightGbmParameterValue, LightGbmParams } from './training/parameters.ts';
export type { IterationEvent, ValidationTable } from './training/train.ts';
export {
  type ConfigTrainingOptions,
  parseTrainingConfig,
  type TrainingConfig,
  trainFromConfig,
} from './training-config.ts';
