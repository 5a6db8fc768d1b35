/** Formats that the readers tell apart. */
export type PriceFormat =
  | 'twse-stock-day' //   one stock by day: TWSE STOCK_DAY, TPEx monthly quotes; CSV or JSON
  | 'exchange-daily' //   one day by stock: TWSE MI_INDEX and STOCK_DAY_ALL, TPEx daily quotes; CSV or JSON
  | 'exchange-reference' // ex-dividend, capital-reduction and split tables: reference prices alone; JSON
  | 'finmind' //          FinMind TaiwanStockPrice; CSV or JSON
  | 'open-data' //        the exchanges’ open data: a JSON list of records
  | 'crawler-csv' //      twstock and tsec crawlers: no header, years of the Republic
  | 'csv' //              a header with usual names
  | 'parquet'
  | 'no-data'; //         an answer that says there is nothing

/** Kinds of row that are passed over, counted: none of them is a price of the panel. */
export type SkipReason = 'warrant' | 'remark' | 'otherTable' | 'repeatedInAnotherFile';

/** What was read of a file: `rows` = `kept` + `quarantined` + the sum of `skipped` (but for remarks and other tables). */
export interface FileReport {
  readonly path: string;
  readonly format: PriceFormat;
  readonly encoding: 'utf-8' | 'big5' | 'binary';
  readonly isCompressed: boolean;
  /** Rows of prices, good or bad. */
  rows: number;
  kept: number;
  quarantined: number;
  readonly skipped: Partial<Record<SkipReason, number>>;
  /** What a reader should know: a stock's code taken from the file's name, a last line without its end … */
  readonly notes: string[];
}

/** A row that could not be used, with its place. */
export interface QuarantinedRow {
  readonly path: string;
  /** Line of a text, row of a table, counted from 1; 0 for a file as a whole. */
  readonly line: number;
  readonly reason: string;
  /** The row as it stands there, cut after 200 characters. */
  readonly text: string;
}
