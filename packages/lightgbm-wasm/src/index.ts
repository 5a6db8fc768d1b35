export { Booster } from './booster.ts';
export type { Columns, FrameLike, SparseRows } from './columns.ts';
export { columnsFromFrame, columnsFromRows, columnsFromSparseRows } from './columns.ts';
export { DataError, ModelFormatError, ParameterError } from './errors.ts';
export type { PredictOptions } from './predict-options.ts';
