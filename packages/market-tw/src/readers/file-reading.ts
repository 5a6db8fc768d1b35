import { basename } from 'node:path';
import { InputError } from '@preopen/core';
import type { FileReport, PriceFormat, QuarantinedRow, SkipReason } from './read-report.ts';
import { type RowContext, type RowParser, warrantRow } from './row-parser.ts';
import type { RowTable } from './row-table.ts';
import { pieceDecoder, type TextEncodingName } from './source-bytes.ts';
import type { TitleFacts } from './title-facts.ts';

/** A reference price that an exchange published: of an ex-day, a resumption, or for the next session. */
export interface ReferencePrice {
  /** Day number; for `nextSession` the day after whose close it was published. */
  readonly day: number;
  readonly stock: number;
  readonly priceTwd: number;
}

/** The state of reading one file: what is known of its rows, what became of them. */
export interface FileReading {
  readonly path: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly table: RowTable;
  readonly parser: RowParser;
  readonly context: RowContext;
  readonly report: Pick<FileReport, 'skipped' | 'notes'>;
  readonly references: ReferencePrice[];
  useEncoding(encoding: TextEncodingName): void;
  /** Takes what a title says: the security, the day, the exchange. */
  apply(facts: TitleFacts): void;
  skip(reason: SkipReason, count?: number): void;
  /** Books a row: kept (`undefined`), passed over, or bad: then it is refused or put into quarantine. */
  settle(problem: string | undefined, line: number, text: () => string): void;
  finish(answer: { format: PriceFormat; encoding: FileReport['encoding']; isCompressed: boolean }): FileReport;
}

/** More bad rows than this are no bad rows: the file is another kind of file. */
const mostQuarantined = 100_000;

/** Begins to read a file into a table. */
export function openReading(request: {
  readonly path: string;
  readonly file: number;
  readonly table: RowTable;
  readonly parser: RowParser;
  readonly references: ReferencePrice[];
  readonly quarantine: QuarantinedRow[] | undefined;
  readonly signal: AbortSignal | undefined;
}): FileReading {
  const { path, table, parser, quarantine } = request;
  let decode = pieceDecoder('utf-8');
  const context: RowContext = {
    file: request.file,
    market: undefined,
    stock: -1,
    day: -1,
    decode: (bytes) => decode(bytes),
  };
  const counts = { rows: 0, kept: 0, quarantined: 0 };
  const skipped: Partial<Record<SkipReason, number>> = {};
  const notes: string[] = [];
  const skip = (reason: SkipReason, count = 1): void => {
    skipped[reason] = (skipped[reason] ?? 0) + count;
  };
  return {
    path,
    name: basename(path),
    signal: request.signal,
    table,
    parser,
    context,
    report: { skipped, notes },
    references: request.references,
    useEncoding(encoding) {
      decode = pieceDecoder(encoding);
    },
    apply({ stock, name, market, day }) {
      if (market !== undefined) context.market = market;
      if (day !== undefined) context.day = day;
      if (stock !== undefined) {
        const index = parser.stockOf(stock, context.market);
        if (typeof index === 'number' && index >= 0) context.stock = index;
      }
      if (name !== undefined && context.stock >= 0) table.nameStock(context.stock, name);
    },
    skip,
    settle(problem, line, text) {
      counts.rows++;
      if (problem === undefined) counts.kept++;
      else if (problem === warrantRow) skip('warrant');
      else {
        const shown = text().slice(0, 200);
        if (!quarantine) {
          throw new InputError(`${path}:${line}: ${problem}: “${shown.slice(0, 120)}”.`, {
            code: 'E202',
            at: `${path}:${line}`,
          });
        }
        if (quarantine.length >= mostQuarantined) {
          throw new InputError(
            `${path}:${line}: the ${mostQuarantined + 1}st bad row; so many are no prices. The last: ${problem}.`,
            { code: 'E202', at: path },
          );
        }
        counts.quarantined++;
        quarantine.push({ path, line, reason: problem, text: shown });
      }
    },
    finish: (answer) => ({ path, ...answer, ...counts, skipped, notes }),
  };
}
