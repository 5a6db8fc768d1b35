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
  /** A column by its name. */
  column(name: string): { readonly values: unknown };
  /** The first rows; 5 unless said otherwise. */
  head(rows?: number): Frame;
  /** Rows and columns by their labels. */
  loc(selection: { rows?: unknown; columns?: string[] }): Frame;
  /** Rows in groups of equal values. */
  groupby(by: string[]): {
    /** The columns that are to be summed up by group. */
    col(columns: string[]): {
      /** Means by group. */
      mean(): Frame;
      /** Sums by group. */
      sum(): Frame;
    };
  };
  /** Count, mean, spread and quartiles of each column of numbers. */
  describe(): Frame;
  /** Prints the frame as a table on standard output. */
  print(): void;
}
