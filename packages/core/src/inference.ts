/** Feature rows to be scored in one request. */
export interface InferenceBatch {
  /** Number of rows, one per stock. */
  readonly rows: number;
  /** Number of features per row. */
  readonly features: number;
  /** `[rows × features]`, row-major. */
  readonly values: Float64Array;
  /** Stock codes, one per row, for codecs that send them. */
  readonly stocks?: readonly string[];
}

/** A request as it goes on the wire; encoded before any clock runs. */
export interface EncodedRequest {
  readonly method: 'POST' | 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Path below the service's base address, with a leading `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Predictions that a right answer holds; 0 where answers are not read. */
  readonly predictions: number;
}

/** An answer as it came off the wire. */
export interface Reply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** How a request ended. Everything but `ok` is a failure of the target or of the way to it. */
export type OutcomeKind =
  | 'ok'
  | 'connect' //      no connection, or it broke before a whole answer
  | 'timeout' //      no whole answer within the time-out
  | 'status' //       an answer that is not 2xx
  | 'protocol' //     an answer the codec cannot read
  | 'wrong-shape' //  another number of predictions than rows
  | 'non-finite' //   NaN or infinite predictions
  | 'aborted'; //     cut off by us at the end of a run

/** Another JSON or binary API than the Open Inference Protocol is one such object in the config. */
export interface InferenceCodec {
  readonly name: string;
  /** Encodes a batch for a model. */
  encode(batch: InferenceBatch, model: string): EncodedRequest;
  /**
   * Predictions of a 2xx answer, one per row.
   * @throws Error if the answer is not of the protocol; its message is kept as evidence
   */
  decode(reply: Reply): Float64Array;
}

/** What a model takes and gives, as far as the service says. */
export interface ModelMetadata {
  readonly name: string;
  /** Features per row; `undefined` where the service leaves it open. */
  readonly features: number | undefined;
  readonly inputName: string;
  readonly datatype: 'FP32' | 'FP64';
}
