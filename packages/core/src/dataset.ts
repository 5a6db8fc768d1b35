/**
 * The market data that pipelines are given: a folder that any language can read.
 *
 * `dataset.json` names the files; `prices`, `universe` and `calendar` each stand there as `.csv` and as `.parquet`.
 * Columns of `prices`: date (ISO), stock, open, high, low, close (NT$), volume (shares), turnoverTwd, and more where
 * the source has them; one row per stock and day on which it was listed. `universe`: stock, name, market (TWSE | TPEx),
 * sector, listed, delisted. `calendar`: date, open (1 | 0).
 */
export interface Dataset {
  readonly source: 'simulated' | 'files';
  /** Folder that is handed to pipelines. */
  readonly dir: string;
  /** Folder with what pipelines must not see (the oracle's predictions); only for simulated markets. */
  readonly truthDir?: string;
  readonly stocks: number;
  readonly days: number;
  /** `sha256:…` over the contents of the data files. */
  readonly digest: string;
  /** Where it came from: the simulator's parameters, or the files read. */
  readonly origin: string;
  /** Earlier runs that measured a signal on these data, as far as somebody counted. */
  readonly earlierLooks?: number;
}

/** Makes a dataset at the scale of a run; called once, before the first check that needs it. */
export type DatasetSource = (request: {
  readonly dir: string;
  readonly stocks: number;
  readonly days: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}) => Promise<Dataset>;
