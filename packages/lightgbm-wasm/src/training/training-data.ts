import { DataError } from '../errors.ts';

/** Labels, weights and query groups of a table, in the single precision that LightGBM keeps them in. */
export interface Targets {
  readonly rowCount: number;
  readonly label: Float32Array;
  readonly weight: Float32Array | undefined;
  /** Where each query's rows begin, and the row count last; `undefined` without queries. */
  readonly queryStart: Uint32Array | undefined;
}

/** Labels, weights and queries as given; see `TrainOptions`. */
export interface GivenTargets {
  readonly label: Float64Array;
  readonly weight?: Float64Array | undefined;
  readonly query?: Int32Array | undefined;
}

function queryStarts(query: Int32Array, rowCount: number, what: string): Uint32Array {
  const starts = new Uint32Array(query.length + 1);
  let sum = 0;
  query.forEach((rows, index) => {
    if (rows <= 0) throw new DataError(`${what}: query ${index} has ${rows} rows; each query needs at least one.`);
    sum += rows;
    starts[index + 1] = sum;
  });
  if (sum !== rowCount) throw new DataError(`${what}: the queries hold ${sum} rows, the table ${rowCount}.`);
  return starts;
}

/**
 * Checks labels, weights and queries against the table.
 * @throws DataError
 */
export function readTargets(given: GivenTargets, rowCount: number, what: string): Targets {
  const { label, weight, query } = given;
  if (label.length !== rowCount) throw new DataError(`${what}: ${label.length} labels for ${rowCount} rows.`);
  const bad = label.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new DataError(`${what}: label ${bad} is ${label[bad]}. Leave rows without a label out.`);
  if (weight && weight.length !== rowCount)
    throw new DataError(`${what}: ${weight.length} weights for ${rowCount} rows.`);
  const badWeight = weight ? weight.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY)) : -1;
  if (badWeight >= 0) throw new DataError(`${what}: weight ${badWeight} is ${weight![badWeight]}; at least 0.`);
  return {
    rowCount,
    label: new Float32Array(label),
    weight: weight && new Float32Array(weight),
    queryStart: query && queryStarts(query, rowCount, what),
  };
}
