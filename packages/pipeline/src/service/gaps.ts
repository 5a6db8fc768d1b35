/** What is missing from rows of features. */
export interface Gaps {
  /** Rows of which a feature is missing: what they get is a guess from the rest. */
  readonly rows: number;
  /** Features that no row has, by their place: the model works without them. */
  readonly features: readonly number[];
}

/** @param values `[rows × features]`, row-major; `NaN` is missing */
export function gapsOf(values: Float64Array, rows: number): Gaps {
  const width = rows === 0 ? 0 : values.length / rows;
  let features: number[] = [];
  for (let f = 0; f < width; f++) if (Number.isNaN(values[f]!)) features.push(f);
  let count = features.length > 0 ? 1 : 0;
  for (let row = 1; row < rows; row++) {
    const from = row * width;
    if (features.length > 0) features = features.filter((f) => Number.isNaN(values[from + f]!));
    for (let at = from; at < from + width; at++) {
      if (!Number.isNaN(values[at]!)) continue;
      count++;
      break;
    }
  }
  return { rows: count, features };
}
