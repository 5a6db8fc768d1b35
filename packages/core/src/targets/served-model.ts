/** Named facts: `data_age_sessions` is the header `preopen-data-age-sessions`. */
export type Marks = Readonly<Record<string, string | number | boolean>>;

/** A model that can be served, as a module exports it. */
export interface ServedModel {
  /** Name in the protocol's paths. Default: the name that the config asks for. */
  readonly name?: string;
  /** Which version of the model is in service, as `model_version` of its answers. Asked as `stages` is. */
  version?(): string;
  /** Features per row. */
  readonly features: number;
  /** What the metadata asks clients to send; both are understood. Default FP64. */
  readonly datatype?: 'FP32' | 'FP64';
  /**
   * One prediction per row.
   * @param values `[rows × features]`, row-major; the model may keep or change it
   * @param parameters of the request, as the client wrote them
   * @throws InputError for what the client has to mend; it is answered by 400
   */
  predict(
    values: Float64Array,
    rows: number,
    parameters: Readonly<Record<string, unknown>>,
  ): Float64Array | Promise<Float64Array>;
  /**
   * One prediction per stock, of features that the model holds itself; without it requests by stock code are refused.
   * @throws InputError for a stock that it does not know
   */
  predictStocks?(
    codes: readonly string[],
    parameters: Readonly<Record<string, unknown>>,
  ): Float64Array | Promise<Float64Array>;
  /**
   * Milliseconds that the parts of the last `predict` took, for the `Server-Timing` header. Asked at once after a
   * `predict` that returns no promise, and only then: between others, calls may overlap.
   */
  stages?(): Readonly<Record<string, number>>;
  /**
   * What clients are to know of the last prediction, such as the age of its data: `parameters` of the answer, and headers
   * `preopen-…`. Asked as `stages` is.
   */
  marks?(): Marks;
  /** What it says of itself in `parameters` of the metadata. */
  facts?(): Marks;
}
