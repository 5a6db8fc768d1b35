/** What is needed of a data frame to read it: danfojs's `DataFrame` has this, in every version. */
export interface FrameLike {
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  /** Rows of cells. */
  readonly values: unknown;
}

/**
 * The part of a danfojs `DataFrame` that this package stands for; danfojs's own types stay out of the published ones.
 * Arithmetic on frames (`add`, `mul` …) needs TensorFlow and is left out of this build: compute on columns.
 */
export interface Frame extends FrameLike {
  readonly shape: number[];
  readonly columns: string[];
  readonly values: unknown;
  readonly dtypes: string[];
  column(name: string): { readonly values: unknown };
  head(rows?: number): Frame;
  loc(selection: { rows?: unknown; columns?: string[] }): Frame;
  groupby(by: string[]): { col(columns: string[]): { mean(): Frame; sum(): Frame } };
  describe(): Frame;
  print(): void;
}
